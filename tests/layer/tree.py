"""What `make install` and its like lay out, into a directory that is gone afterwards. Programs are stand-ins: only
where files go is looked at."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path

from boards import TOP

# Written when the test image is made.
FILES_OF_IMAGE = TOP / "target/image/files"


@contextlib.contextmanager
def installed(*arguments):
    """make ARGUMENTS into a new root."""
    with tempfile.TemporaryDirectory() as directory:
        programs, root = Path(directory, "programs"), Path(directory, "root")
        programs.mkdir()
        root.mkdir()
        for name in ("signage-player", "signage-provisioner"):
            (programs / name).write_text("#!/bin/sh\n")
        command = ["make", "--no-print-directory", "-C", str(TOP), *arguments, f"DESTDIR={root}", f"BIN={programs}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, preexec_fn=lambda: os.umask(0o022))
        yield root


def keyring(directory):
    path = Path(directory) / "ca.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\n")
    return path


def of_image():
    """Path to kind, mode, where a link goes and owner, for everything in the test image."""
    found = {}
    for line in FILES_OF_IMAGE.read_text().splitlines():
        kind, mode, owner, path, *link = line.split(" ")
        found[path] = (kind, mode, link[0] if link else "", owner)
    return found


def listing(root):
    """Path to kind, mode and where a link goes, for everything below a root."""
    found = {}
    for directory, names, files in os.walk(root):
        for name in names + files:
            path = Path(directory, name)
            shown = str(path.relative_to(root))
            if path.is_symlink():
                found[shown] = ("l", "777", os.readlink(path))
            else:
                found[shown] = ("d" if path.is_dir() else "f", f"{path.lstat().st_mode & 0o7777:o}", "")
    return found
