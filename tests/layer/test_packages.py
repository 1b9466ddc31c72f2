"""The packages that BitBake made hold what `make install` lays out and what the test image has, and nothing else.
PACKAGES=directory, as build/tmp/deploy/ipk or deb; without it there is nothing to look at."""

import os
import subprocess
import tarfile
import unittest
from pathlib import Path

import boards
import tree
from test_tree import Tree, tempdir

PACKAGES = os.environ.get("PACKAGES", "")
# systemd's package makes the same link; test_tree sees to that.
NOT_PACKAGED = {"etc/resolv.conf"}


def packages(recipe):
    """The packages of a recipe, one for each architecture that was built."""
    return sorted(path for path in Path(PACKAGES).rglob(f"{recipe}_*") if path.suffix in (".deb", ".ipk"))


def contents(package):
    """As tree.listing, with the owner, and the bytes of each file."""
    found, data = {}, {}
    # Both formats are the same archive.
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", package], stdout=subprocess.PIPE) as process:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            for entry in archive:
                path = os.path.normpath(entry.name)
                if path == ".":
                    continue
                kind = "l" if entry.issym() else "d" if entry.isdir() else "f"
                mode = "777" if kind == "l" else f"{entry.mode:o}"
                found[path] = (kind, mode, entry.linkname, f"{entry.uid}:{entry.gid}")
                data[path] = archive.extractfile(entry).read() if kind == "f" else b""
    if process.returncode:
        raise ValueError(f"{package} is no package")
    return found, data


@unittest.skipUnless(PACKAGES, "no PACKAGES given")
class Packages(unittest.TestCase):
    maxDiff = None

    def compare(self, package, root, own=()):
        """A package and a root: the same names, kinds, modes and links, all of root, with the same content. Not the
        content of programs, which are compiled, nor of what is the builder's own."""
        found, data = contents(package)
        expected = {p: (*v, "0:0") for p, v in tree.listing(root).items() if p not in NOT_PACKAGED}
        self.assertEqual(found, expected, package)
        for path, (kind, *_) in expected.items():
            if kind == "f" and not path.startswith("usr/bin/") and path not in own:
                self.assertEqual(data[path], (root / path).read_bytes(), f"{package}: {path}")

    def test_programs_and_configuration(self):
        for recipe, arguments in Tree.RECIPES.items():
            found = packages(recipe)
            self.assertTrue(found, f"{PACKAGES} has no package of {recipe}")
            for package in found:
                with self.subTest(str(package)), tree.installed(*arguments) as root:
                    self.compare(package, root)

    def test_update(self):
        found = packages("signage-update")
        self.assertTrue(found, f"{PACKAGES} has no package of signage-update")
        machines = {name.replace("-", "_"): name for name in boards.names()}
        for package in found:
            machine = machines[package.parent.name]
            key = tree.keyring(self.enterContext(tempdir()))
            make = ("install-update", f"BOOT={boards.method(machine)}", f"MACHINE={machine}", f"KEYRING={key}")
            with self.subTest(str(package)), tree.installed(*make) as root:
                self.compare(package, root, own=("usr/lib/rauc/keyring.pem",))

    @unittest.skipUnless(tree.FILES_OF_IMAGE.exists(), "no test image here")
    def test_the_test_image_has_the_same_files(self):
        image = tree.of_image()
        for package in [path for recipe in Tree.RECIPES for path in packages(recipe)]:
            found, _ = contents(package)
            other = {path: image.get(path) for path in found if image.get(path) != found[path]}
            # Modes and owners of directories are those of the package that has them first.
            self.assertEqual([path for path in other if found[path][0] != "d"], [], package)
