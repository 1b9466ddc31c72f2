SUMMARY ?= "The system of a screen"
DESCRIPTION = "Read-only root with the player, the provisioner and what they need, and the disk around it."
LICENSE = "MIT"

require conf/distro/include/signage_variables.inc
require conf/signage-partitions.conf
inherit core-image features_check
REQUIRED_DISTRO_FEATURES = "signage rauc systemd"

IMAGE_INSTALL = "packagegroup-core-boot packagegroup-signage ${@'' if d.getVar('SIGNAGE_BOOT') == 'tryboot' else \
                 'kernel-image kernel-devicetree'} ${CORE_IMAGE_EXTRA_INSTALL}"
BAD_RECOMMENDATIONS += "rauc-mark-good u-boot-default-env u-boot-env"
IMAGE_LINGUAS = ""

# The root is read-only; a layer in memory over /etc is empty at every start, so it never outlasts an update.
IMAGE_FEATURES = "read-only-rootfs overlayfs-etc"
OVERLAYFS_ETC_MOUNT_POINT = "/run"
OVERLAYFS_ETC_DEVICE = "tmpfs"
OVERLAYFS_ETC_FSTYPE = "tmpfs"
OVERLAYFS_ETC_MOUNT_OPTIONS = "mode=0755,nosuid,nodev"
OVERLAYFS_ETC_CREATE_MOUNT_DIRS = "0"

# Exactly as large as its slot, made of whole blocks: what a factory writes is what an update compares with.
IMAGE_FSTYPES = "ext4 wic.zst wic.bmap"
IMAGE_TYPEDEP:wic = "ext4"
IMAGE_ROOTFS_SIZE = "${@int(d.getVar('SIGNAGE_ROOTFS_SIZE')) * 1024}"
IMAGE_OVERHEAD_FACTOR = "1.0"
IMAGE_ROOTFS_EXTRA_SPACE = "0"
EXTRA_IMAGECMD:ext4 = "-i 8192 -U ${SIGNAGE_ROOTFS_A_ID} -L rootfs -E hash_seed=${SIGNAGE_DISK_ID}"
WKS_FILE = "signage-${SIGNAGE_BOOT}.wks.in"
WKS_FILE_DEPENDS = "signage-bootfiles wic-native bmaptool-native e2fsprogs-native"
do_image_wic[depends] += "signage-bootfiles:do_deploy"

ROOTFS_POSTPROCESS_COMMAND += "signage_check_root"
signage_check_root() {
    ${SIGNAGE_TOP}/images/check-root --budget ${SIGNAGE_ROOTFS_BUDGET} ${@bb.utils.contains('SIGNAGE_DEVELOPMENT', '1', '--development', '', d)} ${IMAGE_ROOTFS}
}
