# For our Rust programs, one recipe each: program, crate, unit and recipe share one name. Which crates cargo may
# use is read from Cargo.lock at parse time, with their checksums, so there is no second list that could differ.
inherit signage_source cargo pkgconfig systemd

SRC_URI += "${@signage.source.crates(d)}"
CARGO_BUILD_FLAGS:append = " --package ${BPN} --bin ${BPN}"
SYSTEMD_SERVICE:${PN} = "${BPN}.service"
# What is started is decided in one file, images/rootfs/usr/lib/systemd/system-preset/50-signage-os.preset.
SYSTEMD_AUTO_ENABLE = "preset"

# Crates with C and assembler of their own lie beside S, where nothing else hides the path of the build.
CFLAGS:append = " -ffile-prefix-map=${CARGO_HOME}=${TARGET_DBGSRC_DIR}/crates"

do_install() {
    signage_install install DEVICE=${@d.getVar('BPN').replace('signage-', '', 1)} BIN=${B}/target/${CARGO_TARGET_SUBDIR}
}

FILES:${PN} += "${nonarch_libdir}/sysusers.d ${nonarch_libdir}/tmpfiles.d ${datadir}/dbus-1/system.d \
                ${datadir}/licenses"
