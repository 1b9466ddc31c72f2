require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "systemd_signage.inc", "", d)}
