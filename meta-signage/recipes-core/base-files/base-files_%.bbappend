require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "base-files_signage.inc", "", d)}
