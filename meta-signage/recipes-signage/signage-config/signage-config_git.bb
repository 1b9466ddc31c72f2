SUMMARY = "Configuration of the operating system of a screen"
DESCRIPTION = "What runs, what is mounted, where settings are kept, what the journal may use: images/rootfs of the \
repository. Programs come with their own units and have recipes of their own."

inherit signage_source allarch useradd

do_configure[noexec] = "1"
do_compile[noexec] = "1"

do_install() {
    signage_install install-rootfs
    # systemd's package makes the same link, by RESOLV_CONF in conf/distro/signage.conf.
    rm ${D}${sysconfdir}/resolv.conf
}

# The same as images/rootfs/usr/lib/sysusers.d/signage-os.conf.
USERADD_PACKAGES = "${PN}"
GROUPADD_PARAM:${PN} = "--system --gid 881 service"
USERADD_PARAM:${PN} = "--system --uid 881 --gid service --no-create-home --home-dir /run/service \
                       --shell /bin/sh --comment 'Maintenance' service"

FILES:${PN} += "${nonarch_libdir} /data"
