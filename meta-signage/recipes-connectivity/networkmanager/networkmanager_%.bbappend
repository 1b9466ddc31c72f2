require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "networkmanager_signage.inc", "", d)}
