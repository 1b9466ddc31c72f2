# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_signage_player_global_optspecs
    string join \n backend= size= dump= store= bus= h/help V/version
end

function __fish_signage_player_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_signage_player_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_signage_player_using_subcommand
    set -l cmd (__fish_signage_player_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c signage-player -n "__fish_signage_player_needs_command" -l backend -d 'Where pictures go' -r -f -a "drm\t'A real screen'
headless\t'Memory'"
complete -c signage-player -n "__fish_signage_player_needs_command" -l size -d 'Size of a headless screen' -r
complete -c signage-player -n "__fish_signage_player_needs_command" -l dump -d 'Headless: write a PNG here whenever something else comes on the screen' -r -F
complete -c signage-player -n "__fish_signage_player_needs_command" -l store -d 'Where content is kept' -r -F
complete -c signage-player -n "__fish_signage_player_needs_command" -l bus -d 'system, session, or a D-Bus address' -r
complete -c signage-player -n "__fish_signage_player_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-player -n "__fish_signage_player_needs_command" -s V -l version -d 'Print version'
complete -c signage-player -n "__fish_signage_player_needs_command" -f -a "run" -d 'Take the screen and play; the default'
complete -c signage-player -n "__fish_signage_player_needs_command" -f -a "render-status" -d 'Draw a status screen into a PNG file'
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -l backend -d 'Where pictures go' -r -f -a "drm\t'A real screen'
headless\t'Memory'"
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -l size -d 'Size of a headless screen' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -l dump -d 'Headless: write a PNG here whenever something else comes on the screen' -r -F
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -l store -d 'Where content is kept' -r -F
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -l bus -d 'system, session, or a D-Bus address' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l phase -d 'Such as network or authorized' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l problem -d 'Such as TOK-001' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l detail -d 'What is particular to the problem' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l retry-in -d 'Seconds to the next try' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l progress -d 'What is being done' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l name -d 'Name of the screen' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l address -d 'IP address' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l hub -d 'URL of the hub' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l device-id -d 'Thumbprint of the device\'s key' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l size -d 'Size of the picture' -r
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -l out -d 'The file to write' -r -F
complete -c signage-player -n "__fish_signage_player_using_subcommand render-status" -s h -l help -d 'Print help'
