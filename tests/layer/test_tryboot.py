"""RAUC's way to the bootloader of the Pi: what it answers, and what is in autoboot.txt when the power fails."""

import subprocess
import tempfile
import unittest
from pathlib import Path

from boards import TOP

SCRIPT = TOP / "images/update/tryboot/usr/lib/signage/tryboot"
# What OpenEmbedded's configuration of BusyBox leaves out of programs that the script uses or might.
BUSYBOX = {
    "dd": 'for a; do case $a in if=*|of=*|bs=*|count=*|skip=*|seek=*) ;; *) exit 1 ;; esac; done; exec /usr/bin/dd "$@"',
    "head": 'case $1 in -c*) exit 1 ;; esac; exec /usr/bin/head "$@"',
    "truncate": "exit 127",
}


class Tryboot(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.root = Path(directory.name)
        for name in ("boot", "proc", "bin"):
            (self.root / name).mkdir()
        for name, text in BUSYBOX.items():
            (self.root / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
            (self.root / "bin" / name).chmod(0o755)
        text = (TOP / "images/boot/tryboot/first/autoboot.txt").read_bytes()
        (self.root / "boot/autoboot.txt").write_bytes(text.ljust(512, b"\0"))
        self.running("A")

    def running(self, slot):
        (self.root / "proc/cmdline").write_text(f"console=tty1 root=PARTUUID=x rauc.slot={slot} quiet\n")

    def call(self, *arguments, fails=False):
        environment = {"ROOT": str(self.root), "PATH": f"{self.root}/bin:/usr/bin:/bin"}
        done = subprocess.run(["sh", SCRIPT, *arguments], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode != 0, fails, done.stderr)
        return done.stderr.strip() if fails else done.stdout.strip()

    def firmware(self, tryboot=False):
        """The slot that the board would start."""
        text = (self.root / "boot/autoboot.txt").read_bytes()
        self.assertEqual(len(text), 512)
        sections = text.rstrip(b"\0").decode().split("[tryboot]")
        self.assertIn("tryboot_a_b=1", sections[0])
        return {"2": "A", "3": "B"}[sections[tryboot].split("boot_partition=")[1].split()[0]]

    def test_a_new_card_starts_a(self):
        self.assertEqual((self.call("get-primary"), self.call("get-current"), self.firmware()), ("A", "A", "A"))
        self.assertEqual((self.call("get-state", "A"), self.call("get-state", "B")), ("good", "good"))

    def test_an_update_is_tried_and_kept_only_when_it_is_good(self):
        self.call("set-state", "B", "bad")
        self.call("set-primary", "B")
        self.call("set-state", "B", "good")
        self.assertEqual(self.call("get-primary"), "B")
        self.assertEqual((self.firmware(), self.firmware(tryboot=True)), ("A", "B"))
        self.running("B")
        self.call("set-state", "B", "good")
        self.assertEqual((self.firmware(), self.firmware(tryboot=True), self.call("get-primary")), ("B", "A", "B"))

    def test_a_failed_try_returns(self):
        self.call("set-primary", "B")
        self.call("set-state", "B", "bad")
        self.assertEqual((self.firmware(), self.call("get-primary"), self.call("get-state", "B")), ("A", "A", "bad"))

    def test_the_slot_to_return_to_is_not_overwritten_during_a_try(self):
        self.call("set-primary", "B")
        self.running("B")
        self.assertIn("still on trial", self.call("set-state", "A", "bad", fails=True))
        self.assertEqual(self.firmware(), "A")

    def test_a_running_slot_that_turns_out_bad_gives_way(self):
        self.call("set-state", "A", "bad")
        self.assertEqual((self.firmware(), self.call("get-primary")), ("B", "B"))

    def test_two_bad_slots_change_nothing(self):
        self.call("set-state", "B", "bad")
        self.call("set-state", "A", "bad")
        self.assertEqual(self.firmware(), "A")

    def test_taking_a_try_back(self):
        self.call("set-primary", "B")
        self.call("set-primary", "A")
        self.assertEqual((self.call("get-primary"), self.firmware()), ("A", "A"))

    def test_nonsense_is_refused(self):
        self.assertIn("no slot is called 'C'", self.call("set-primary", "C", fails=True))
        self.assertIn("not 'fine'", self.call("set-state", "A", "fine", fails=True))
        self.assertIn("unknown command", self.call("dance", fails=True))
