SUMMARY = "An update: the system of a screen, signed, as one file"
DESCRIPTION = "What RAUC writes into the slot that is not running, with the signature it insists on."
LICENSE = "MIT"
LIC_FILES_CHKSUM = "file://${COMMON_LICENSE_DIR}/MIT;md5=0835ade698e0bcf8506ecda2f7b4f302"

require conf/distro/include/signage_variables.inc
inherit bundle features_check
REQUIRED_DISTRO_FEATURES = "signage rauc"

PV = "${DISTRO_VERSION}"
RAUC_BUNDLE_COMPATIBLE = "signage-${MACHINE}"
RAUC_BUNDLE_FORMAT = "verity"

# Where the kernel is not part of the root, the slot of the bootloader goes along.
RAUC_BUNDLE_SLOTS = "rootfs ${@'boot' if d.getVar('SIGNAGE_BOOT') == 'tryboot' else ''}"
RAUC_SLOT_rootfs = "signage-image"
RAUC_SLOT_rootfs[fstype] = "ext4"
RAUC_SLOT_rootfs[adaptive] = "block-hash-index"
RAUC_SLOT_boot = "signage-bootfiles"
RAUC_SLOT_boot[type] = "file"
RAUC_SLOT_boot[file] = "signage-slot-${MACHINE}.vfat"
RAUC_SLOT_boot[adaptive] = "block-hash-index"
