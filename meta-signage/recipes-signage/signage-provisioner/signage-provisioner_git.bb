SUMMARY = "Gets a screen from unpacked to playing"
DESCRIPTION = "Daemon of a Signage screen that owns the device key, the sources of settings and the session with \
the hub. It talks to NetworkManager, hostnamed, timedated and udev."

DEPENDS = "udev"

inherit signage_program

RRECOMMENDS:${PN} += "kernel-module-vfat kernel-module-exfat kernel-module-nls-iso8859-1 kernel-module-nls-utf8"
