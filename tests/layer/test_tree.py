"""The recipes' packages and the test image hold the same files: both come from `make install`, and nothing is left
out of a package or added by one."""

import fnmatch
import re
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree
from boards import TOP

LAYER = TOP / "meta-signage"
# What every package takes by itself (FILES in bitbake.conf), for what is ours; systemd's class adds the units that
# SYSTEMD_SERVICE names.
DEFAULT = ("usr/bin/*", "etc", "etc/*", "usr/lib/udev/*")
PLACES = {"nonarch_libdir": "usr/lib", "datadir": "usr/share", "sysconfdir": "etc"}


def patterns(recipe):
    """What the package of a recipe takes: paths below the root, directories with all that is in them."""
    text = (LAYER / f"recipes-signage/{recipe}/{recipe}_git.bb").read_text()
    if "inherit signage_program" in text:
        text += (LAYER / "classes-recipe/signage_program.bbclass").read_text()
    text = text.replace("\\\n", " ").replace("${BPN}", recipe)
    found = list(DEFAULT)
    for line in text.splitlines():
        match = re.match(r'(FILES|SYSTEMD_SERVICE):\$\{PN\} \+?= "(.*)"', line)
        for word in match[2].split() if match else []:
            word = re.sub(r"\$\{(\w+)\}", lambda place: PLACES[place[1]], word).lstrip("/")
            found.append(f"usr/lib/systemd/system/{word}" if match[1] == "SYSTEMD_SERVICE" else word)
    return [pattern for path in found for pattern in (path, f"{path}/*")]


def taken(path, wanted):
    return any(fnmatch.fnmatch(path, pattern) for pattern in wanted)


class Tree(unittest.TestCase):
    RECIPES = {
        "signage-player": ("install", "DEVICE=player"),
        "signage-provisioner": ("install", "DEVICE=provisioner"),
        "signage-config": ("install-rootfs",),
    }

    def test_a_package_takes_everything_that_is_installed(self):
        for recipe, arguments in self.RECIPES.items():
            with self.subTest(recipe), tree.installed(*arguments) as root:
                files = [path for path, (kind, _, _) in tree.listing(root).items() if kind != "d"]
                left = [path for path in files if not taken(path, patterns(recipe))]
                self.assertEqual(left, [])
                self.assertTrue(files)

    def test_units_of_the_update_too(self):
        for method in ("tryboot", "uboot", "grub"):
            key = tree.keyring(self.enterContext(tempdir()))
            with tree.installed("install-update", f"BOOT={method}", "MACHINE=raspberrypi5", f"KEYRING={key}") as root:
                files = tree.listing(root)
                left = [path for path, (kind, _, _) in files.items() if kind != "d" and not taken(path, patterns("signage-update"))]
                self.assertEqual(left, [])
                self.assertIn("compatible=signage-raspberrypi5\n", (root / "usr/lib/rauc/system.conf").read_text())
                self.assertEqual(files["usr/lib/rauc/keyring.pem"][1], "644")

    def test_only_the_link_that_systemd_makes_too_is_left_out(self):
        removed = []
        for path in LAYER.glob("recipes-signage/**/*.bb*"):
            removed += re.findall(r"^\s*rm (.*)$", path.read_text(), re.MULTILINE)
        self.assertEqual(removed, ["${D}${sysconfdir}/resolv.conf"])
        self.assertIn('RESOLV_CONF = "stub-resolv"', (LAYER / "conf/distro/signage.conf").read_text())
        link = (TOP / "images/rootfs/etc/resolv.conf").readlink()
        self.assertEqual(str(link), "../run/systemd/resolve/stub-resolv.conf")

    def test_packages_together_are_the_device(self):
        together = {}
        for arguments in self.RECIPES.values():
            with tree.installed(*arguments) as root:
                listing = tree.listing(root)
                both = [p for p in together.keys() & listing.keys() if listing[p][0] != "d"]
                self.assertEqual(both, [], "two packages have the same file")
                together |= listing
        with tree.installed("install", "install-rootfs") as root:
            self.assertEqual(tree.listing(root), together)

    def test_every_unit_with_an_install_section_is_decided_by_a_preset(self):
        with tree.installed("install", "install-rootfs") as root:
            presets = "".join(path.read_text() for path in (root / "usr/lib/systemd/system-preset").glob("*"))
            for path in (root / "usr/lib/systemd/system").glob("signage-*"):
                if "[Install]" in path.read_text():
                    self.assertIn(f"enable {path.name}\n", presets)

    def test_modes(self):
        with tree.installed("install", "install-rootfs") as root:
            for path, (kind, mode, _) in tree.listing(root).items():
                program = path.startswith("usr/bin/")
                self.assertEqual(mode, {"d": "755", "l": "777"}.get(kind, "755" if program else "644"), path)

    @unittest.skipUnless(tree.FILES_OF_IMAGE.exists(), "no test image here")
    def test_the_test_image_has_the_same_files(self):
        image = tree.of_image()
        with tree.installed("install", "install-rootfs") as root:
            for path, expected in tree.listing(root).items():
                with self.subTest(path):
                    self.assertIn(path, image)
                    *found, owner = image[path]
                    if expected[0] != "d":
                        self.assertEqual(tuple(found), expected)
                    self.assertEqual(owner, "0:0")

    @unittest.skipUnless(tree.FILES_OF_IMAGE.exists(), "no test image here")
    def test_units_enabled_in_the_test_image(self):
        links = {line.split(" ")[3] for line in tree.FILES_OF_IMAGE.read_text().splitlines() if line.startswith("l ")}
        for unit, target in (("signage-player", "sysinit"), ("signage-provisioner", "multi-user")):
            self.assertIn(f"etc/systemd/system/{target}.target.wants/{unit}.service", links)


class Root(unittest.TestCase):
    """images/check-root, which looks at every root before it becomes an image."""

    def check(self, change=lambda root: None, *arguments):
        with tree.installed("install", "install-rootfs") as root:
            (root / "etc/shadow").write_text("root:*:1::::::\nservice:!*:1::::::\n")
            (root / "etc/passwd").write_text("root:x:0:0::/:/bin/sh\nservice:x:881:881::/:/bin/sh\nx:x:9:9::/:/sbin/nologin\n")
            change(root)
            command = [TOP / "images/check-root", *arguments, root]
            done = subprocess.run(list(map(str, command)), capture_output=True, text=True)
            self.assertEqual(done.returncode != 0, bool(done.stderr))
            return done.stderr

    def test_ours_is_accepted(self):
        self.assertEqual(self.check(), "")

    def test_accounts(self):
        def set_password(root, password):
            (root / "etc/shadow").write_text(f"root:{password}:1::::::\n")

        self.assertIn("root can log in without a password", self.check(lambda root: set_password(root, "")))
        self.assertIn("root can log in by a password", self.check(lambda root: set_password(root, "$6$x$y")))
        self.assertEqual(self.check(lambda root: set_password(root, ""), "--development"), "")

        def add(root):
            with (root / "etc/passwd").open("a") as file:
                file.write("toor:x:0:0::/:/bin/sh\n")

        self.assertIn("toor is root by another name", self.check(add))

    def test_modes(self):
        self.assertIn("written by everybody", self.check(lambda root: (root / "etc/fstab").chmod(0o666)))
        self.assertIn("setuid", self.check(lambda root: (root / "usr/bin/signage-player").chmod(0o4755)))

    def test_what_is_started(self):
        def start(root):
            wants = root / "etc/systemd/system/multi-user.target.wants"
            wants.mkdir()
            (wants / "telnetd.service").symlink_to("/usr/lib/systemd/system/telnetd.service")

        self.assertIn("telnetd.service is started", self.check(start))
        self.assertIn("lets somebody in", self.check(start, "--may-start", "telnetd.service"))

    def test_what_is_missing_and_what_is_too_large(self):
        self.assertIn("/etc/fstab is missing", self.check(lambda root: (root / "etc/fstab").unlink()))
        self.assertIn("of 0", self.check(lambda root: None, "--budget", "8"))


class Keys(unittest.TestCase):
    def make(self, keyring, **variables):
        root = self.enterContext(tempdir())
        command = ["make", "-C", str(TOP), "install-update", f"DESTDIR={root}", "BOOT=grub", "MACHINE=x", f"KEYRING={keyring}"]
        return subprocess.run(command + [f"{k}={v}" for k, v in variables.items()], capture_output=True, text=True)

    def test_an_image_without_a_keyring_is_not_made(self):
        self.assertIn("SIGNAGE_UPDATE_CA", self.make("").stderr)

    def test_development_keys_are_refused_in_a_release(self):
        top = Path(self.enterContext(tempdir()))
        (top / "tools").mkdir()
        shutil.copy(TOP / "tools/development-keys", top / "tools")
        subprocess.run([top / "tools/development-keys"], check=True, capture_output=True)
        development, good = top / "target/keys/ca.pem", tree.keyring(top)
        self.assertEqual(self.make(good).returncode, 0)
        both = top / "both.pem"
        both.write_text(good.read_text() + development.read_text())
        for key in (development, both):
            self.assertIn("is for development", self.make(key).stderr)
            self.assertEqual(self.make(key, DEVELOPMENT=1).returncode, 0)


def tempdir():
    return tempfile.TemporaryDirectory()
