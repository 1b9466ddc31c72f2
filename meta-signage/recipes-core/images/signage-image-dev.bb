SUMMARY = "The system of a screen with a shell, for developers only"

require signage-image.bb

# nooelint: oelint.task.noanonpython - nothing else can keep this image out of a build for the field
python () {
    if d.getVar("SIGNAGE_DEVELOPMENT") != "1":
        raise bb.parse.SkipRecipe("this image lets anybody in; add images/dev.yml to build it")
}

# That is what this image is for.
# nooelint: oelint.var.badimagefeature.allow-empty-password,oelint.var.badimagefeature.allow-root-login,oelint.var.badimagefeature.empty-root-password,oelint.var.badimagefeature.serial-autologin-root
IMAGE_FEATURES += "allow-empty-password empty-root-password allow-root-login serial-autologin-root"
IMAGE_INSTALL += "gstreamer1.0-plugins-base-apps iproute2 less networkmanager-nmcli openssh strace"
