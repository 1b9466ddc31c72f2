require ${@bb.utils.contains("DISTRO_FEATURES", "signage", "gstreamer1.0-plugins-base_signage.inc", "", d)}
