# Python of the layer, for its classes and for `make check-layer`.
BBIMPORTS = ["lockfile", "source"]
