# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_signage_provisioner_global_optspecs
    string join \n h/help V/version
end

function __fish_signage_provisioner_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_signage_provisioner_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_signage_provisioner_using_subcommand
    set -l cmd (__fish_signage_provisioner_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -s h -l help -d 'Print help'
complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -s V -l version -d 'Print version'
complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -f -a "run" -d 'Run the daemon (what the system service does)'
complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -f -a "status" -d 'Show where this screen stands'
complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -f -a "stick" -d 'Make a stick: format a removable device or a new image file, write the provisioning file, verify it'
complete -c signage-provisioner -n "__fish_signage_provisioner_needs_command" -f -a "check" -d 'Check a provisioning file or a stick, on any Linux machine'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -l state -d 'Where the key and the state are kept' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -l runtime -d 'Where sticks are mounted' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -l boot -d 'Where the boot partition is mounted; a provisioning file there counts like one on a stick' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -l provisionToken -d 'Token that enrols this screen. Others see arguments: prefer a file, a variable or a credential' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -l provisionFile -d 'Provisioning file' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand status" -l json -d 'Machine-readable'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand status" -s h -l help -d 'Print help'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l device -d 'Removable device to format, such as /dev/sdb; everything on it is lost' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l image -d 'New image file to make instead' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l size -d 'Size of the image in MiB' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l file -d 'Provisioning file to put on it, as the hub makes it; `-` reads standard input' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l signature -d 'Signature of that file, as `signage-hub account sign` makes it: for screens that are locked' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l token-file -d 'File that holds the token; `-` reads standard input. (Not the token itself: others see arguments.)' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l hub -d 'Address of the hub' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l ca -d 'File with the hub\'s CA certificate (PEM)' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l name -d 'Name of the screen' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l location -d 'Where it hangs' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l hostname -d 'Its host name' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l timezone -d 'Its time zone, such as Europe/Berlin' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l tag -d 'A label; may be given several times' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l only -d 'Serial number of a screen that the stick is for; may be given several times' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l expires -d 'Moment after which a screen does not take the stick any more, such as 2026-12-31T23:59:59Z' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l address -d 'Connection by cable with this address, such as 192.168.1.20/24, instead of DHCP' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l gateway -d 'Default gateway, with `--address`' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l dns -d 'Name server, with `--address`; may be given several times' -r
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l yes -d 'Do not ask before formatting a device'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -l replace -d 'Let screens of another account leave it for this one'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand stick" -s h -l help -d 'Print help'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand check" -l stick -d 'A stick with the file on it, or an image of one, in place of the file' -r -F
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand check" -l json -d 'Machine-readable'
complete -c signage-provisioner -n "__fish_signage_provisioner_using_subcommand check" -s h -l help -d 'Print help'
