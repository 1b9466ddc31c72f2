SUMMARY = "The boot partitions of a board, as file systems"
DESCRIPTION = "What the firmware reads before there is a kernel. The same files go to the factory's disk and into \
updates."

DEPENDS = "dosfstools-native mtools-native u-boot-mkimage-native"

inherit signage_source deploy nopackages
B = "${WORKDIR}/build"

INHIBIT_DEFAULT_DEPS = "1"
PACKAGE_ARCH = "${MACHINE_ARCH}"

do_configure[noexec] = "1"
do_install[noexec] = "1"

export CMDLINE = "${SIGNAGE_CMDLINE}"
do_compile[depends] += "${SIGNAGE_BOOT_DEPENDS}"
do_compile() {
    ${S}/images/boot/build ${SIGNAGE_BOOT} ${DEPLOY_DIR_IMAGE} ${B} ${@' '.join("'%s'" % f for f in d.getVar('SIGNAGE_BOOT_FILES').split())}
}

do_deploy() {
    for name in boot slot bootenv; do
        if [ -e ${B}/$name.vfat ]; then
            install -m 0644 ${B}/$name.vfat ${DEPLOYDIR}/signage-$name-${MACHINE}.vfat
        fi
    done
}
addtask deploy after do_compile before do_build
