"""The form of the layer: short recipes, no patches, nothing that acts before it is asked to, no finding of oelint."""

import re
import subprocess
import unittest

from boards import TOP

LAYER = TOP / "meta-signage"
SUPPRESSED = (
    # It would ask the network.
    "oelint.vars.homepageping",
    "oelint.var.mandatoryvar.HOMEPAGE", "oelint.var.suggestedvar.BUGTRACKER", "oelint.var.suggestedvar.CVE_PRODUCT",
    "oelint.var.bbclassextend",
    # Images and bundles have neither versions nor sources.
    "oelint.file.underscores", "oelint.var.mandatoryvar.SRC_URI", "oelint.var.licenseremotefile",
    # What changes recipes of others is read only with the feature: another test here sees to that.
    "oelint.vars.noncoreoverride",
    # IMAGE_TYPEDEP and EXTRA_IMAGECMD are set for a type of image.
    "oelint.vars.specific",
    # Names of our own variables: test_variables_have_a_meaning knows them all.
    "oelint.vars.mispell",
)


def lines(path):
    return len(path.read_text().splitlines())


class Style(unittest.TestCase):
    def test_recipes_are_short(self):
        for path in LAYER.rglob("*.bb"):
            self.assertLessEqual(lines(path), 40, path)
        for path in list(LAYER.rglob("*.bbappend")) + list(LAYER.rglob("*_signage.inc")):
            self.assertLessEqual(lines(path), 15, path)
        self.assertLessEqual(len(list(LAYER.rglob("*.bbclass"))), 2)

    def test_nothing_is_patched(self):
        self.assertEqual([p for p in LAYER.rglob("*") if p.suffix in (".patch", ".diff")], [])

    def test_recipes_of_others_change_only_with_the_feature(self):
        for path in LAYER.rglob("*.bbappend"):
            self.assertFalse(path.name.startswith(("core-image", "packagegroup")), path)
            name = path.name.removesuffix("_%.bbappend")
            wanted = f'require ${{@bb.utils.contains("DISTRO_FEATURES", "signage", "{name}_signage.inc", "", d)}}\n'
            self.assertEqual(path.read_text(), wanted, path)
            self.assertTrue(path.with_name(f"{name}_signage.inc").exists(), path)

    def test_own_recipes_exist_only_with_the_feature(self):
        for path in LAYER.rglob("*.bb"):
            text = path.read_text()
            needs = "inherit signage_" in text or "require signage-image.bb" in text
            self.assertTrue(needs or re.search('REQUIRED_DISTRO_FEATURES = "signage', text), path)

    def test_variables_have_a_meaning(self):
        text = (LAYER / "conf/distro/include/signage_variables.inc").read_text()
        documented = set(re.findall(r"^(SIGNAGE_\w+)\[doc\]", text, re.MULTILINE))
        defaults = set(re.findall(r"^(SIGNAGE_\w+) \?\?=", text, re.MULTILINE))
        partitions = set(re.findall(r"^(SIGNAGE_\w+) =", (LAYER / "conf/signage-partitions.conf").read_text(), re.MULTILINE))
        local = set()
        used = set()
        for path in LAYER.rglob("*"):
            if path.is_file() and path.suffix in (".bb", ".inc", ".bbclass", ".conf", ".in"):
                content = path.read_text()
                used |= set(re.findall(r"\b(SIGNAGE_[A-Z_]+)\b", content))
                if path.suffix == ".bb":
                    local |= set(re.findall(r"^(SIGNAGE_\w+) = ", content, re.MULTILINE))
        self.assertEqual(documented, defaults)
        self.assertEqual(used - documented - partitions - local, {"SIGNAGE_"} & used)

    def test_has_what_a_layer_must_have(self):
        conf = (LAYER / "conf/layer.conf").read_text()
        self.assertIn('LAYERSERIES_COMPAT_signage = "wrynose"', conf)
        readme = (LAYER / "README.md").read_text()
        for word in ("maintainer", "patch", "../README.md"):
            self.assertIn(word, readme, "yocto-check-layer looks for who maintains the layer, and how it is changed")
        for name in ("README.md", "SECURITY.md", "COPYING.MIT"):
            self.assertTrue((LAYER / name).exists(), name)

    def test_oelint_finds_nothing(self):
        files = [str(p) for pattern in ("*.bb", "*.bbappend") for p in sorted(LAYER.rglob(pattern))]
        command = ["oelint-adv", "--release=wrynose", "--quiet", "--hide", "info", "--nobackup", f"--constantmods=+{TOP}/tests/layer/oelint.json"]
        command += [f"--suppress={rule}" for rule in SUPPRESSED]
        command += ["--extra-layer", "rauc", "openembedded-layer", "networking-layer", "--", *files]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(done.returncode, 0, done.stdout)
