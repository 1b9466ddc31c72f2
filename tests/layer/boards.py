"""The kas files of images/, merged as kas merges them, as far as the checks need it."""

import re
from pathlib import Path

import yaml

TOP = Path(__file__).resolve().parents[2]
IMAGES = TOP / "images"
# Files that are no board by themselves.
PARTS = ("common", "raspberrypi", "dev", "uncommitted")


def names():
    return sorted(path.stem for path in IMAGES.glob("*.yml") if path.stem not in PARTS)


def _merge(into, other):
    for key, value in other.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value


def load(name):
    """Everything that a file says, with what it includes."""
    with open(IMAGES / f"{name}.yml", encoding="utf-8") as file:
        own = yaml.safe_load(file)
    merged = {}
    for path in own["header"].get("includes", []):
        _merge(merged, load(Path(path).stem))
    _merge(merged, own)
    return merged


def local_conf(board):
    lines = [f'MACHINE = "{board["machine"]}"', f'DISTRO = "{board["distro"]}"']
    return "\n".join(lines + [text for _, text in sorted(board["local_conf_header"].items())])


def method(name):
    """How a board starts and falls back."""
    return re.search('SIGNAGE_BOOT = "(.*)"', local_conf(load(name)))[1]


def layers(board, root):
    """Directories of the layers, with the repositories below `root`."""
    found = []
    for name, repository in board["repos"].items():
        place = TOP if name == "signage" else Path(root) / name
        for layer, state in (repository.get("layers") or {".": None}).items():
            if state != "disabled":
                found.append((place / layer).resolve())
    return found
