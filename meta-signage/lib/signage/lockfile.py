"""Cargo.lock as BitBake's fetcher wants it. Reads line by line: tomllib is missing from older Pythons that BitBake
still supports, and cargo writes this file in one form only."""

REGISTRY = "registry+https://github.com/rust-lang/crates.io-index"


def packages(text):
    """Every package of a lock file, as a dictionary of its plain fields."""
    found = []
    for line in text.splitlines():
        if line == "[[package]]":
            found.append({})
        elif found and " = \"" in line:
            key, value = line.split(" = ", 1)
            found[-1][key] = value.strip('"')
    return found


def uris(text):
    """A crate:// address with its checksum for each package that comes from crates.io, in the order of the file."""
    result = []
    for package in packages(text):
        source = package.get("source")
        if source is None:
            continue
        if source != REGISTRY:
            raise ValueError("%(name)s comes from %(source)s: only crates.io can be fetched" % package)
        result.append("crate://crates.io/%(name)s/%(version)s;sha256sum=%(checksum)s" % package)
    return result
