require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "u-boot_signage.inc", "", d)}
