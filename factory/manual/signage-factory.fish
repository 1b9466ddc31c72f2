# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_signage_factory_global_optspecs
    string join \n json h/help V/version
end

function __fish_signage_factory_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_signage_factory_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_signage_factory_using_subcommand
    set -l cmd (__fish_signage_factory_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c signage-factory -n "__fish_signage_factory_needs_command" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -s h -l help -d 'Print help'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -s V -l version -d 'Print version'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -f -a "run" -d 'Make a card for every unit of a list; goes on where an earlier run ended'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -f -a "check" -d 'Look through an image and its block map, and find the place for the settings'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -f -a "label" -d 'Make the labels of the units that are done, a page for each'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -f -a "status" -d 'Show which units are done'
complete -c signage-factory -n "__fish_signage_factory_needs_command" -f -a "os-list" -d 'Make the list from which Raspberry Pi Imager offers the image'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l image -d 'Image of a whole disk: plain, zstd or gzip' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l bmap -d 'Its block map, as bmaptool makes it; by default the file beside it that ends with .bmap, if there is one' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l units -d 'The units, as the hub makes them: an archive (ZIP) with a provisioning file for each, or a table (CSV with a head) with `name` and where wanted `token` and `serial`' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l config -d 'Provisioning file with what all units of a table have in common' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l journal -d 'Where it is written down which units are done; begun if it is not there. One for each run' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l to -d 'Card reader, such as /dev/sdb; all cards in it are overwritten. May be given several times' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l into -d 'Folder that gets an image file for each unit instead' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l writers -d 'How many image files are made at once' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l labels -d 'Folder that gets the label of each unit that is done' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l link -d 'Link in the QR code; {hub}, {name} and {serial} are filled in' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l yes -d 'Do not ask before overwriting cards'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand run" -s h -l help -d 'Print help'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand check" -l image -d 'Image of a whole disk: plain, zstd or gzip' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand check" -l bmap -d 'Its block map, as bmaptool makes it; by default the file beside it that ends with .bmap, if there is one' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand check" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand check" -s h -l help -d 'Print help'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l units -d 'The units, as the hub makes them: an archive (ZIP) with a provisioning file for each, or a table (CSV with a head) with `name` and where wanted `token` and `serial`' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l config -d 'Provisioning file with what all units of a table have in common' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l journal -d 'Journal of the run' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l link -d 'Link in the QR code; {hub}, {name} and {serial} are filled in' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l out -d 'PDF to write' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand label" -s h -l help -d 'Print help'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand status" -l journal -d 'Journal of the run' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand status" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand status" -s h -l help -d 'Print help'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l image -d 'Image of a whole disk: plain, zstd or gzip' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l bmap -d 'Its block map, as bmaptool makes it; by default the file beside it that ends with .bmap, if there is one' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l board -d 'Board that the image is for' -r -f -a "raspberrypi3-64\t'Raspberry Pi 3'
raspberrypi4-64\t'Raspberry Pi 4'
raspberrypi5\t'Raspberry Pi 5'"
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l url -d 'Where the image file will be had' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l icon -d 'Where its icon will be had (PNG, 40 x 40 pixels)' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l name -d 'Name that people choose it by' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l description -d 'One sentence about it' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l release-date -d 'Day of the release, such as 2026-11-24' -r
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l out -d 'File to write; standard output without it' -r -F
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -l json -d 'Machine-readable: one JSON value per line on standard output'
complete -c signage-factory -n "__fish_signage_factory_using_subcommand os-list" -s h -l help -d 'Print help (see more with \'--help\')'
