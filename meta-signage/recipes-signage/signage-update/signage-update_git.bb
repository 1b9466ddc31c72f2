SUMMARY = "How a screen is updated: RAUC's slots, its keyring, the way to the bootloader"
DESCRIPTION = "RAUC's configuration for one board, from images/update of the repository: which partitions are slots, \
who may sign an update, how the bootloader is told which slot to start, and the unit that marks a good slot."

inherit signage_source systemd

do_configure[noexec] = "1"
do_compile[noexec] = "1"
do_install[file-checksums] += "${@'${SIGNAGE_UPDATE_CA}:True' if d.getVar('SIGNAGE_UPDATE_CA') else ''}"

do_install() {
    signage_install install-update BOOT=${SIGNAGE_BOOT} MACHINE=${MACHINE} KEYRING=${SIGNAGE_UPDATE_CA} \
        DEVELOPMENT=${SIGNAGE_DEVELOPMENT}
}

PACKAGE_ARCH = "${MACHINE_ARCH}"
SYSTEMD_SERVICE:${PN} = "signage-mark-good.service"
SYSTEMD_AUTO_ENABLE = "preset"
FILES:${PN} += "${nonarch_libdir}/rauc ${nonarch_libdir}/signage ${nonarch_libdir}/systemd"
# With what RAUC itself tells the bootloader which slot to start.
BOOT_TOOL = "${@{'uboot': 'libubootenv-bin', 'grub': 'grub-editenv'}.get(d.getVar('SIGNAGE_BOOT'), '')}"
RDEPENDS:${PN} += "${BOOT_TOOL} rauc"
RPROVIDES:${PN} += "virtual-rauc-conf"
