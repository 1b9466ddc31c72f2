SUMMARY = "Owns the display of a screen from its first second: status, then content"
DESCRIPTION = "Daemon of a Signage screen that draws by DRM and decodes with GStreamer. It runs without privileges."

DEPENDS = "gstreamer1.0 gstreamer1.0-plugins-base"

inherit signage_program useradd

# The same as player/system/signage-player.sysusers.conf: here for the image's /etc/passwd, there for everybody else.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system --gid 880 signage-player; --system video; --system render; --system audio"
USERADD_PARAM:${PN} = "--system --uid 880 --gid signage-player --groups video,render,audio --no-create-home \
                       --home-dir / --shell /sbin/nologin --comment 'Signage player' signage-player"

RDEPENDS:${PN} += "packagegroup-signage-media"
