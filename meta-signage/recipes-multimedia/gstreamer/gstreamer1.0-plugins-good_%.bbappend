require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "gstreamer1.0-plugins-good_signage.inc", "", d)}
