"""The list of crates that the recipes fetch is that of Cargo.lock."""

import sys
import tomllib
import unittest

from boards import TOP

sys.path.insert(0, str(TOP / "meta-signage/lib"))
from signage import lockfile  # noqa: E402

LOCK = (TOP / "Cargo.lock").read_text()


class Crates(unittest.TestCase):
    def test_are_exactly_those_of_the_lock_file(self):
        expected = {
            f'crate://crates.io/{p["name"]}/{p["version"]};sha256sum={p["checksum"]}'
            for p in tomllib.loads(LOCK)["package"]
            if "source" in p
        }
        found = lockfile.uris(LOCK)
        self.assertEqual(set(found), expected)
        self.assertEqual(len(found), len(expected))
        self.assertGreater(len(found), 100)

    def test_of_other_places_are_refused_by_name(self):
        text = LOCK.replace(lockfile.REGISTRY, "git+https://example.org/x#abc", 1)
        with self.assertRaisesRegex(ValueError, "only crates.io"):
            lockfile.uris(text)

    def test_need_no_newer_compiler_than_the_release_has(self):
        version = tomllib.loads((TOP / "Cargo.toml").read_text())["workspace"]["package"]["rust-version"]
        self.assertLessEqual(tuple(map(int, version.split("."))), (1, 94))
