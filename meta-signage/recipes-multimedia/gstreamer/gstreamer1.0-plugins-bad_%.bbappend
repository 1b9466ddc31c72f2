require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "gstreamer1.0-plugins-bad_signage.inc", "", d)}
