require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "linux-raspberrypi_signage.inc", "", d)}
