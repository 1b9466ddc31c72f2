"""Units, users, directories and bus policies, by the programs that read them on a device."""

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import tree
from boards import TOP

# The exposure that systemd-analyze gives a unit, 0 to 10, times ten, at most. The player needs displays, sound and a
# view of later mounts; the provisioner mounts sticks and sets the clock.
EXPOSURE = {"signage-player.service": 34, "signage-provisioner.service": 35, "signage-mark-good.service": 15}
# Settings that a systemd of this version does not know yet; the devices have 257 and 259.
NEWER = {"WantsMountsFor": 256, "ImportCredential": 254}
OWN = ("*/system/*.service", "images/update/*/usr/lib/systemd/system/*", "images/rootfs/etc/systemd/system/*.target")


def run(*command, **options):
    done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    return done.returncode, done.stdout


def newer(line):
    version = int(run("systemd-analyze", "--version")[1].split()[1])
    return any(f"Unknown key '{key}'" in line and version < since for key, since in NEWER.items())


class Units(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A root with our files, what systemd itself brings, and stand-ins for the programs of others."""
        context = tree.installed("install", "install-rootfs")
        cls.root = cls.enterClassContext(context)
        units = cls.root / "usr/lib/systemd/system"
        for path in Path("/usr/lib/systemd/system").glob("*"):
            if not (units / path.name).exists() and path.suffix in (".target", ".slice", ".mount", ".socket", ".service"):
                shutil.copy(path, units / path.name, follow_symlinks=True) if path.is_file() else None
        for method in ("common", "grub"):
            shutil.copytree(TOP / f"images/update/{method}/usr/lib/systemd/system", units, dirs_exist_ok=True)
        for name in ("NetworkManager.service", "rauc.service", "dbus.service"):
            (units / name).write_text("[Service]\nExecStart=/bin/sh\n")
        (units / "dbus.socket").write_text("[Socket]\nListenStream=/run/dbus/system_bus_socket\n")
        for name in ("sh", "rauc"):
            (cls.root / "usr/bin" / name).write_text("#!/bin/sh\n")
            (cls.root / "usr/bin" / name).chmod(0o755)
        (cls.root / "bin").symlink_to("usr/bin")

    def own(self):
        return sorted({path.name for pattern in OWN for path in TOP.glob(pattern) if "hub" not in path.name and "target" not in path.parts[:-3]})

    def test_are_understood_by_systemd(self):
        for unit in self.own():
            with self.subTest(unit):
                _, output = run("systemd-analyze", "verify", "--man=no", f"--root={self.root}", "--recursive-errors=no", unit)
                lines = [line for line in output.splitlines() if (unit in line or "signage" in line) and not newer(line)]
                self.assertEqual(lines, [])

    def test_a_mistake_is_noticed(self):
        path = self.root / "usr/lib/systemd/system/signage-mistake.service"
        path.write_text("[Service]\nExecStart=/usr/bin/rauc\nProtectSytem=strict\n")
        self.addCleanup(path.unlink)
        _, output = run("systemd-analyze", "verify", "--man=no", f"--root={self.root}", "--recursive-errors=no", path.name)
        self.assertIn("ProtectSytem", output)

    def test_are_hardened(self):
        for unit, limit in EXPOSURE.items():
            with self.subTest(unit):
                status, output = run("systemd-analyze", "security", "--offline=true", f"--root={self.root}", f"--threshold={limit}", "--no-pager", unit)
                self.assertEqual(status, 0, output[-300:])

    def test_services_of_the_device_all_have_a_limit(self):
        services = {name for name in self.own() if name.endswith(".service")}
        self.assertEqual(services, set(EXPOSURE))

    def test_say_what_for(self):
        for pattern in OWN:
            for path in TOP.glob(pattern):
                if path.is_file() and not path.is_symlink() and "target" not in path.relative_to(TOP).parts[:1]:
                    self.assertTrue(path.read_text().startswith("# "), path)

    def test_presets_enable_only_what_exists(self):
        for path in (self.root / "usr/lib/systemd/system-preset").glob("*signage*"):
            for line in path.read_text().splitlines():
                if line.startswith("enable signage-"):
                    self.assertTrue((self.root / "usr/lib/systemd/system" / line.split()[1]).exists(), line)


class Accounts(unittest.TestCase):
    def setUp(self):
        self.root = self.enterContext(tree.installed("install", "install-rootfs"))
        (self.root / "etc/group").write_text("root:x:0:\nvideo:x:44:\nrender:x:106:\naudio:x:29:\n")
        (self.root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")

    @unittest.skipUnless(os.getuid() == 0, "needs root to write a root")
    def test_users_are_made_as_described(self):
        status, output = run("systemd-sysusers", f"--root={self.root}")
        self.assertEqual(status, 0, output)
        users = {line.split(":")[0]: line.split(":") for line in (self.root / "etc/passwd").read_text().splitlines()}
        self.assertEqual(users["signage-player"][2:4], ["880", "880"])
        self.assertEqual(users["service"][2:4], ["881", "881"])
        for line in (self.root / "etc/shadow").read_text().splitlines():
            self.assertTrue(line.split(":")[1].startswith("!") or line.startswith("root:"), line)
        groups = (self.root / "etc/group").read_text()
        for group in ("video", "render", "audio"):
            self.assertRegex(groups, f"(?m)^{group}:.*signage-player")

    def test_recipes_make_the_same_users(self):
        recipes = TOP / "meta-signage/recipes-signage"
        for name, recipe, number in (("signage-player", "signage-player", 880), ("service", "signage-config", 881)):
            text = (recipes / recipe / f"{recipe}_git.bb").read_text().replace("\\\n", " ")
            (line,) = [line for line in text.splitlines() if line.startswith("USERADD_PARAM")]
            words = line.rstrip('"').split()
            self.assertEqual(words[-1], name)
            self.assertEqual(words[words.index("--uid") + 1], str(number))
            (conf,) = [p for p in self.root.glob("usr/lib/sysusers.d/*") if f"u {name} " in p.read_text()]
            fields = [line for line in conf.read_text().splitlines() if line.startswith("u ")][0].split()
            self.assertEqual(fields[2], str(number))
            members = [line.split()[2] for line in conf.read_text().splitlines() if line.startswith("m ")]
            given = words[words.index("--groups") + 1].split(",") if "--groups" in words else []
            self.assertEqual(sorted(given), sorted(members))

    @unittest.skipUnless(os.getuid() == 0, "needs root to write a root")
    def test_directories_are_made_as_described(self):
        run("systemd-sysusers", f"--root={self.root}")
        names = [path.name for path in self.root.glob("usr/lib/tmpfiles.d/signage*")]
        status, output = run("systemd-tmpfiles", "--create", f"--root={self.root}", *names)
        self.assertEqual(status, 0, output)
        store = (self.root / "var/lib/signage-player").stat()
        self.assertEqual((store.st_mode & 0o7777, store.st_uid, store.st_gid), (0o700, 880, 880))
        network = (self.root / "data/network").stat()
        self.assertEqual((network.st_mode & 0o7777, network.st_uid), (0o700, 0))


class Bus(unittest.TestCase):
    def test_policies_are_accepted_by_the_bus(self):
        with tree.installed("install") as root, tempfile.TemporaryDirectory() as directory:
            config = Path(directory, "bus.conf")
            config.write_text(
                '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" '
                '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd"><busconfig><type>system</type>'
                f"<listen>unix:path={directory}/bus</listen><includedir>{root}/usr/share/dbus-1/system.d</includedir></busconfig>"
            )
            command = ["dbus-daemon", f"--config-file={config}", "--nofork", "--nosyslog", "--print-address"]
            bus = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            try:
                self.assertIn("unix:path=", bus.stdout.readline())
            finally:
                bus.terminate()
                _, errors = bus.communicate()
            # The users of a device do not exist here, nor may everybody who tests raise limits.
            wrong = [line for line in errors.splitlines() if "Unknown username" not in line and "fd limit" not in line]
            self.assertEqual(wrong, [])
