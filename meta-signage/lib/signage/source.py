"""The checkout that the layer lies in: its commit, its version, its lock file."""

import os
import subprocess

from . import lockfile


def _git(top, *arguments):
    try:
        done = subprocess.run(["git", "-C", top, *arguments], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = (getattr(error, "stderr", None) or str(error)).strip()
        raise RuntimeError(
            "%s is no git checkout that can be read (%s): set SIGNAGE_SOURCE and SRCREV, or clone the repository" % (top, why)
        ) from error
    return done.stdout.strip()


def _read(d, name):
    """A file of the checkout. What depends on it is parsed again when it changes."""
    import bb.parse

    path = os.path.join(d.getVar("SIGNAGE_TOP"), name)
    bb.parse.mark_dependency(d, path)
    with open(path, encoding="utf-8") as file:
        return file.read()


def commit(d):
    import bb.parse

    top = d.getVar("SIGNAGE_TOP")
    # Written by every commit and every switch of branch.
    log = os.path.join(top, _git(top, "rev-parse", "--git-path", "logs/HEAD"))
    if os.path.exists(log):
        bb.parse.mark_dependency(d, log)
    return _git(top, "rev-parse", "HEAD")


def version(d):
    """The workspace's version, which every part shares."""
    for line in _read(d, "Cargo.toml").splitlines():
        if line.startswith("version = "):
            return line.split('"')[1]
    raise RuntimeError("Cargo.toml has no version")


def crates(d):
    return " ".join(lockfile.uris(_read(d, "Cargo.lock")))
