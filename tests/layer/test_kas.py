"""The kas files: by kas's own schema, every layer by commit, one board a file."""

import json
import re
import unittest
from pathlib import Path

import jsonschema
import kas
import yaml

import boards

SCHEMA = json.loads((Path(kas.__file__).parent / "schema-kas.json").read_text())


class Kas(unittest.TestCase):
    def test_files_are_valid(self):
        for path in boards.IMAGES.glob("*.yml"):
            with self.subTest(path.name):
                jsonschema.validate(yaml.safe_load(path.read_text()), SCHEMA)

    def test_boards_are_the_five(self):
        wanted = ["qemuarm64", "qemux86-64", "raspberrypi3-64", "raspberrypi4-64", "raspberrypi5"]
        self.assertEqual(boards.names(), wanted)

    def test_a_file_has_the_name_of_its_machine(self):
        for name in boards.names():
            self.assertEqual(boards.load(name)["machine"], name)

    def test_every_layer_is_pinned(self):
        for name in boards.names():
            for repository, entry in boards.load(name)["repos"].items():
                if repository != "signage":
                    with self.subTest(f"{name}: {repository}"):
                        self.assertRegex(entry["commit"], "^[0-9a-f]{40}$")
                        self.assertIn(entry["branch"], ("wrynose", "2.18"))

    def test_every_board_says_how_it_boots_and_where_its_console_is(self):
        for name in boards.names():
            text = boards.local_conf(boards.load(name))
            with self.subTest(name):
                self.assertRegex(text, r'SIGNAGE_BOOT = "(tryboot|uboot|grub)"')
                self.assertRegex(text, r'SIGNAGE_CMDLINE = "console=\w+,\d+')

    def test_grub_has_the_commands_of_its_script(self):
        """It cannot load any from the disk: there are none."""
        built_in = re.search('GRUB_BUILDIN = "(.*)"', boards.local_conf(boards.load("qemux86-64")))[1].split()
        script = (boards.IMAGES / "boot/grub/first/EFI/BOOT/grub.cfg").read_text()
        commands = set(re.findall(r"^ *([a-z_]+)\b", script, re.MULTILINE)) - {"set", "if", "elif", "else", "fi", "for", "done"}
        self.assertIn("linux", commands)
        for command in commands:
            self.assertIn({"load_env": "loadenv", "save_env": "loadenv"}.get(command, command), built_in)

    def test_variables_are_known(self):
        known = (boards.TOP / "meta-signage/conf/distro/include/signage_variables.inc").read_text()
        for path in boards.IMAGES.glob("*.yml"):
            for variable in re.findall(r"^\s*(SIGNAGE_\w+)", path.read_text(), re.MULTILINE):
                self.assertIn(f"{variable}[doc]", known, path.name)

    def test_only_the_file_for_developers_allows_development_keys(self):
        for path in boards.IMAGES.glob("*.yml"):
            if path.name != "dev.yml":
                self.assertNotIn("SIGNAGE_DEVELOPMENT", path.read_text(), path.name)
