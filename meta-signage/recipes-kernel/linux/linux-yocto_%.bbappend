require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "linux-yocto_signage.inc", "", d)}
