# For every recipe whose files come from this repository: where they are, at which commit, under which licence.
# A recipe's do_install calls `make install...`, the only place that knows where a file belongs on a device.
#
#   inherit signage_source
#   do_install() {
#       signage_install install-rootfs
#   }
require conf/distro/include/signage_variables.inc

LICENSE = "MIT | Apache-2.0"
LIC_FILES_CHKSUM = "file://LICENSE-MIT;md5=33f3d5aa2b181b60c470b13f289987e7 \
                    file://LICENSE-APACHE;md5=22a53954e4e0ec258dfce4391e905dac"

PV = "${@signage.source.version(d)}"
SRC_URI = "${SIGNAGE_SOURCE}"
SRCREV ?= "${@signage.source.commit(d)}"

inherit features_check
REQUIRED_DISTRO_FEATURES = "signage systemd"

signage_install() {
    oe_runmake -C ${S} "$@" DESTDIR=${D}
}
