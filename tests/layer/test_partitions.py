"""Everything that repeats a number of the description of the partitions repeats it right."""

import os
import re
import shlex
import subprocess
import tempfile
import unittest
from pathlib import Path

import boards
from boards import TOP

LAYER, UPDATE = TOP / "meta-signage", TOP / "images/update"
DESCRIPTION = (LAYER / "conf/signage-partitions.conf").read_text()
VALUES = dict(re.findall(r'^SIGNAGE_(\w+) = "(.*)"$', DESCRIPTION, re.MULTILINE))
MIB = 1 << 20
LAYOUTS = {
    "tryboot": ["boot", "boot_a", "boot_b", "rootfs_a", "rootfs_b", "data"],
    "uboot": ["boot", "bootenv", "rootfs_a", "rootfs_b", "data"],
    "grub": ["boot", "bootenv", "rootfs_a", "rootfs_b", "data"],
}
SIZES = {
    "boot": "BOOT_SIZE", "boot_a": "BOOT_SLOT_SIZE", "boot_b": "BOOT_SLOT_SIZE", "bootenv": "BOOTENV_SIZE",
    "rootfs_a": "ROOTFS_SIZE", "rootfs_b": "ROOTFS_SIZE", "data": "DATA_SIZE",
}


def identifier(name):
    return VALUES[f"{name.upper()}_ID"]


def layout(method):
    """The partitions of a wic layout, each as a dictionary of its options, with what it begins at in MiB."""
    start, found = int(VALUES["ALIGN"]), []
    for line in (LAYER / f"files/wic/signage-{method}.wks.in").read_text().splitlines():
        line = re.sub(r"\$\{SIGNAGE_(\w+)\}", lambda match: VALUES[match[1]], line)
        words = shlex.split(line, comments=True)
        if not words:
            continue
        options = {}
        for word in words[1:]:
            if word.startswith("--"):
                name = word[2:]
                name, _, value = name.partition("=")
                options[name] = value or True
            else:
                options[name] = word
        if words[0] == "part":
            options["start"] = start
            start += int(options["fixed-size"].removesuffix("M"))
        found.append((words[0], options))
    return found


class Partitions(unittest.TestCase):
    def parts(self, method):
        return [options for kind, options in layout(method) if kind == "part"]

    def test_bash_reads_what_bitbake_reads(self):
        script = f'. "{TOP}/tools/partitions"; set | grep ^SIGNAGE_'
        output = subprocess.run(["bash", "-c", script], check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}).stdout
        self.assertEqual(dict(line[8:].split("=", 1) for line in output.splitlines()), VALUES)

    def test_identifiers_are_unique_and_well_formed(self):
        ids = [value for name, value in VALUES.items() if name.endswith("_ID")]
        self.assertEqual(len(ids), len(set(ids)))
        for value in ids:
            self.assertRegex(value, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

    def test_wic_lays_out_what_is_described(self):
        for method, names in LAYOUTS.items():
            with self.subTest(method):
                parts = self.parts(method)
                self.assertEqual([part["part-name"] for part in parts], names)
                for part in parts:
                    name = part["part-name"]
                    kind = "BOOT" if name.startswith("boot") and name != "bootenv" else "DATA" if name == "data" else "LINUX"
                    self.assertEqual(part["uuid"], identifier(name))
                    self.assertEqual(part["fixed-size"], VALUES[SIZES[name]] + "M")
                    self.assertEqual(part["part-type"], VALUES[f"TYPE_{kind}"])
                self.assertEqual(int(parts[0]["align"]), int(VALUES["ALIGN"]) * 1024)
                loader = layout(method)[0]
                self.assertEqual((loader[0], loader[1]["diskid"]), ("bootloader", VALUES["DISK_ID"]))

    def test_every_layout_is_of_a_way_to_boot(self):
        for name in boards.names():
            method = re.search(r'SIGNAGE_BOOT = "(\w+)"', boards.local_conf(boards.load(name)))[1]
            self.assertIn(method, LAYOUTS)
        self.assertEqual({path.name for path in (LAYER / "files/wic").iterdir()}, {f"signage-{m}.wks.in" for m in LAYOUTS})

    def test_only_the_rom_of_old_boards_sees_an_old_table(self):
        for method, ptable in (("tryboot", "gpt"), ("uboot", "gpt-hybrid"), ("grub", "gpt")):
            self.assertEqual(layout(method)[0][1]["ptable"], ptable)
            marked = [part["part-name"] for part in self.parts(method) if part.get("mbr")]
            self.assertEqual(marked, ["boot"] if ptable == "gpt-hybrid" else [])

    def test_firmware_can_read_its_partitions(self):
        self.assertLessEqual(int(VALUES["BOOT_SIZE"]), 128)
        self.assertLessEqual(int(VALUES["BOOT_SLOT_SIZE"]), 128)

    def test_fits_a_card_of_8_gb(self):
        for method in LAYOUTS:
            last = self.parts(method)[-1]
            self.assertLess((last["start"] + int(last["fixed-size"][:-1])) * MIB, 7.2e9)

    def test_fstab(self):
        mounts = {}
        for line in (TOP / "images/rootfs/etc/fstab").read_text().splitlines():
            if line and not line.startswith("#"):
                what, where, kind, options, *_ = line.split()
                mounts[where] = (what, kind, options)
        self.assertEqual(mounts["/data"][0], f"PARTUUID={identifier('data')}")
        self.assertIn("x-systemd.growfs", mounts["/data"][2])
        self.assertEqual(mounts["/boot"][0], f"PARTUUID={identifier('boot')}")
        for where, (_, _, options) in mounts.items():
            self.assertTrue(where == "/var/lib" or "nosuid" in options and "nodev" in options, where)

    def test_growing_means_the_data_only(self):
        text = (TOP / "images/rootfs/usr/lib/repart.d/50-data.conf").read_text()
        self.assertIn(f"\nType={VALUES['TYPE_DATA']}\n", text)
        for method in LAYOUTS:
            of_type = [part for part in self.parts(method) if part["part-type"] == VALUES["TYPE_DATA"]]
            self.assertEqual([part["part-name"] for part in of_type], ["data"])
            # Only the last one can grow.
            self.assertEqual(self.parts(method)[-1]["part-name"], "data")

    def test_slots_of_rauc(self):
        for method, names in LAYOUTS.items():
            text = (UPDATE / method / "usr/lib/rauc/system.conf").read_text()
            slots = re.findall(r"^\[slot\.(\w+)\.(\d)\]\ndevice=/dev/disk/by-partuuid/(\S+)", text, re.MULTILINE)
            expected = {("rootfs", "0", identifier("rootfs_a")), ("rootfs", "1", identifier("rootfs_b"))}
            if "boot_a" in names:
                expected |= {("boot", "0", identifier("boot_a")), ("boot", "1", identifier("boot_b"))}
            self.assertEqual(set(slots), expected, method)
            self.assertIn("bundle-formats=verity", text)
            self.assertIn("compatible=signage-@MACHINE@", text)

    def test_only_the_bootloader_differs_between_the_boards(self):
        heads = set()
        for method in LAYOUTS:
            text = (UPDATE / method / "usr/lib/rauc/system.conf").read_text()
            keys = set(re.sub(r"^(bootloader|grubenv)=.*\n", "", text.split("[slot.")[0], flags=re.MULTILINE).splitlines())
            heads.add(frozenset(keys))
        self.assertEqual(len(heads), 1)

    def test_environment_of_u_boot(self):
        (start,) = [part["start"] * MIB for part in self.parts("uboot") if part["part-name"] == "bootenv"]
        board = (LAYER / "recipes-bsp/u-boot/files/environment-mmc.cfg").read_text()
        lines = [line.split() for line in (UPDATE / "uboot/etc/fw_env.config").read_text().splitlines() if line[0] != "#"]
        for (device, offset, size), name in zip(lines, ("ENV_OFFSET", "ENV_OFFSET_REDUND"), strict=True):
            self.assertEqual(device, f"/dev/disk/by-partuuid/{identifier('bootenv')}")
            self.assertIn(f"CONFIG_{name}=0x{start + int(offset, 16):x}\n", board)
            self.assertIn(f"CONFIG_ENV_SIZE=0x{int(size, 16):x}\n", board)
            self.assertLessEqual(int(offset, 16) + int(size, 16), int(VALUES["BOOTENV_SIZE"]) * MIB)
        flash = (LAYER / "recipes-bsp/u-boot/files/environment-flash.cfg").read_text()
        base = int(re.search("ENV_ADDR=(0x\\w+)", flash)[1], 16)
        second = int(re.search("ENV_ADDR_REDUND=(0x\\w+)", flash)[1], 16)
        lines = [line.split() for line in (UPDATE / "boards/qemuarm64/etc/fw_env.config").read_text().splitlines() if line[0] != "#"]
        self.assertEqual([int(line[1], 16) for line in lines], [0, second - base])

    def test_environment_of_grub(self):
        unit = (UPDATE / "grub/usr/lib/systemd/system/run-bootenv.mount").read_text()
        self.assertIn(f"What=/dev/disk/by-partuuid/{identifier('bootenv')}\n", unit)
        script = (TOP / "images/boot/grub/first/EFI/BOOT/grub.cfg").read_text()
        self.assertIn(f"gpt{LAYOUTS['grub'].index('bootenv') + 1})/grubenv", script)

    def test_scripts_of_bootloaders_name_the_partition_of_the_slot(self):
        a, b = (LAYOUTS["uboot"].index(name) + 1 for name in ("rootfs_a", "rootfs_b"))
        script = (TOP / "images/boot/uboot/boot.cmd").read_text()
        self.assertEqual(re.findall(r'part (\d)\n\s*setenv bootargs "@CMDLINE_(.)@"', script), [(str(a), "A"), (str(b), "B")])
        script = (TOP / "images/boot/grub/first/EFI/BOOT/grub.cfg").read_text()
        self.assertEqual(re.findall(r'gpt(\d)\)/boot/bzImage" @CMDLINE_(.)@', script), [(str(a), "A"), (str(b), "B")])
        a, b = (LAYOUTS["tryboot"].index(name) + 1 for name in ("boot_a", "boot_b"))
        config = (TOP / "images/boot/tryboot/config-slots.txt").read_text()
        self.assertEqual(re.findall(r"boot_partition=(\d)\]\ncmdline=cmdline-(.)", config), [(str(a), "a"), (str(b), "b")])
        script = (UPDATE / "tryboot/usr/lib/signage/tryboot").read_text()
        self.assertEqual(re.findall(r"^    (A|B)\) echo (\d) ;;", script, re.MULTILINE), [("A", str(a)), ("B", str(b))])

    def test_kernel_leaves_the_display_to_the_player_on_every_board(self):
        tested = set(re.search(r'const KERNEL: &str = "(.*?)";', (TOP / "tests/src/vm/command.rs").read_text(), re.DOTALL)[1].split())
        boards_have = set((TOP / "images/boot/cmdline").read_text().split())
        own = {"root=PARTLABEL=rootfs_a", "console=ttyS0", "\\", "systemd.condition_needs_update=no"}
        self.assertEqual(tested - own - boards_have, set())
        self.assertEqual(boards_have - tested, {"rootfstype=ext4", "rootwait", "ro"})

    @unittest.skipUnless((TOP / "target/image/disk.img").exists(), "no test image here")
    def test_disk_of_the_test_image(self):
        output = subprocess.run(["/sbin/sfdisk", "--dump", TOP / "target/image/disk.img"], check=True, capture_output=True, text=True).stdout
        self.assertIn(VALUES["DISK_ID"].upper(), output.upper())
        for name in ("boot", "rootfs_a", "rootfs_b", "data"):
            (line,) = [line for line in output.splitlines() if f'name="{name}"' in line]
            self.assertIn(identifier(name).upper(), line.upper())
            if name != "data":
                self.assertIn(f"size={int(VALUES[SIZES[name]]) * 2048},", line.replace(" ", ""))


class BootPartitions(unittest.TestCase):
    def build(self, method, files):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        deploy, out = Path(directory.name, "deploy"), Path(directory.name, "out")
        (deploy / "bootfiles").mkdir(parents=True)
        (deploy / "bootfiles/config.txt").write_text("arm_64bit=1\n")
        (deploy / "bootfiles/start4.elf").write_bytes(b"firmware")
        for name in ("Image", "u-boot.bin", "grub-efi-bootx64.efi", "overlay.dtbo"):
            (deploy / name).write_bytes(name.encode())
        out.mkdir()
        command = [TOP / "images/boot/build", method, deploy, out, *files]
        done = subprocess.run(command, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "CMDLINE": "console=tty9"})
        return out, done

    def content(self, image, path):
        return subprocess.run(["mtype", "-i", image, f"::/{path}"], check=True, capture_output=True).stdout

    def test_tryboot(self):
        out, done = self.build("tryboot", ["bootfiles/*", "Image;kernel8.img", "overlay.dtbo;overlays/x.dtbo"])
        self.assertEqual(done.returncode, 0, done.stderr)
        autoboot = self.content(out / "boot.vfat", "autoboot.txt")
        self.assertEqual(len(autoboot), 512)
        self.assertTrue(autoboot.startswith(b"[all]\ntryboot_a_b=1\nboot_partition=2\n[tryboot]\nboot_partition=3\n"))
        for slot in "ab":
            line = self.content(out / "slot.vfat", f"cmdline-{slot}.txt").decode()
            self.assertIn(f"root=PARTUUID={identifier('rootfs_' + slot)} rauc.slot={slot.upper()}\n", line)
            self.assertTrue(line.startswith("console=tty9 ") and line.count("\n") == 1, line)
        self.assertEqual(self.content(out / "slot.vfat", "kernel8.img"), b"Image")
        self.assertEqual(self.content(out / "slot.vfat", "overlays/x.dtbo"), b"overlay.dtbo")
        config = self.content(out / "slot.vfat", "config.txt").decode()
        self.assertTrue(config.startswith("arm_64bit=1\n") and "[boot_partition=3]\ncmdline=cmdline-b.txt" in config)

    def test_grub(self):
        out, done = self.build("grub", ["grub-efi-bootx64.efi;EFI/BOOT/bootx64.efi"])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.content(out / "boot.vfat", "EFI/BOOT/bootx64.efi"), b"grub-efi-bootx64.efi")
        config = self.content(out / "boot.vfat", "EFI/BOOT/grub.cfg").decode()
        self.assertIn(f"root=PARTUUID={identifier('rootfs_b')}", config)
        self.assertNotIn("@", config)
        environment = self.content(out / "bootenv.vfat", "grubenv")
        self.assertEqual((len(environment), environment[:25]), (1024, b"# GRUB Environment Block\n"))

    @unittest.skipUnless(Path("/usr/bin/mkimage").exists(), "u-boot-tools is not installed")
    def test_uboot(self):
        out, done = self.build("uboot", ["bootfiles/*", "u-boot.bin;kernel8.img"])
        self.assertEqual(done.returncode, 0, done.stderr)
        script = self.content(out / "boot.vfat", "boot.scr")
        self.assertIn(f"root=PARTUUID={identifier('rootfs_a')}".encode(), script)
        self.assertEqual(self.content(out / "boot.vfat", "kernel8.img"), b"u-boot.bin")

    def test_a_missing_file_stops_it(self):
        _, done = self.build("tryboot", ["bootfiles/*", "none.dtb"])
        self.assertIn("nothing is called none.dtb", done.stderr)
        self.assertNotEqual(done.returncode, 0)
