SUMMARY = "What a screen consists of"
SUMMARY:${PN}-media = "GStreamer plugins that the player uses"
DESCRIPTION = "The programs and the system of a screen, and the GStreamer plugins that the player uses."

PACKAGE_ARCH = "${MACHINE_ARCH}"

inherit packagegroup features_check
REQUIRED_DISTRO_FEATURES = "signage"

PACKAGES = "${PN} ${PN}-media"

RDEPENDS:${PN} = "ca-certificates dbus e2fsprogs-e2fsck networkmanager-daemon networkmanager-wifi \
                  networkmanager-wwan rauc-service signage-config signage-player signage-provisioner \
                  signage-update tzdata util-linux-mount"
# What plays the files that the hub accepts; images/qemu/dpkg.cfg names the same for the test image.
RDEPENDS:${PN}-media = " \
    gstreamer1.0 gstreamer1.0-libav gstreamer1.0-plugins-bad-mpegtsdemux gstreamer1.0-plugins-bad-v4l2codecs \
    gstreamer1.0-plugins-bad-videoparsersbad gstreamer1.0-plugins-base-alsa gstreamer1.0-plugins-base-app \
    gstreamer1.0-plugins-base-audioconvert gstreamer1.0-plugins-base-audiomixer gstreamer1.0-plugins-base-audiorate \
    gstreamer1.0-plugins-base-audioresample gstreamer1.0-plugins-base-audiotestsrc gstreamer1.0-plugins-base-ogg \
    gstreamer1.0-plugins-base-opus gstreamer1.0-plugins-base-playback gstreamer1.0-plugins-base-typefindfunctions \
    gstreamer1.0-plugins-base-videoconvertscale gstreamer1.0-plugins-base-videorate \
    gstreamer1.0-plugins-base-videotestsrc gstreamer1.0-plugins-base-volume gstreamer1.0-plugins-base-vorbis \
    gstreamer1.0-plugins-good-audioparsers gstreamer1.0-plugins-good-autodetect \
    gstreamer1.0-plugins-good-deinterlace gstreamer1.0-plugins-good-id3demux gstreamer1.0-plugins-good-isomp4 \
    gstreamer1.0-plugins-good-matroska gstreamer1.0-plugins-good-mpg123 gstreamer1.0-plugins-good-video4linux2 \
    gstreamer1.0-plugins-good-videofilter gstreamer1.0-plugins-good-vpx gstreamer1.0-plugins-good-wavparse \
"
RRECOMMENDS:${PN} = "kernel-modules linux-firmware-license wireless-regdb-static"
