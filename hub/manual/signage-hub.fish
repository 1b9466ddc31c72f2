# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_signage_hub_global_optspecs
    string join \n data-dir= h/help V/version
end

function __fish_signage_hub_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_signage_hub_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_signage_hub_using_subcommand
    set -l cmd (__fish_signage_hub_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c signage-hub -n "__fish_signage_hub_needs_command" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_needs_command" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -s V -l version -d 'Print version'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "serve" -d 'Run the server until SIGTERM or SIGINT'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "ca" -d 'Print the CA certificate that devices and browsers must trust'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "account" -d 'Make and list accounts, and set passwords'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "operator" -d 'Invite, list and remove the people of an account, and change what they may do'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "token" -d 'Make, list and revoke enrolment tokens'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "device" -d 'List, pair, rename and delete screens, and withdraw their authorization'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "content" -d 'Add and list images and videos'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "playlist" -d 'Make, change and list playlists'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "audit" -d 'Show who did what, and what was refused'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "backup" -d 'Copy everything the hub keeps to a new directory, also while the server runs'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l listen -d 'Address and port to listen on' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l public-url -d 'Address under which devices reach this hub; without it, the name of this host and the port' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand ca" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand ca" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -f -a "create" -d 'Make an account and the operator who looks after it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -f -a "password" -d 'Give an operator another password and end all of the operator\'s sessions'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -f -a "sign" -d 'Sign a provisioning file for screens that are locked. Its signature goes on the stick beside it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -f -a "limit" -d 'Limit how many screens of an account may play at the same time. Those that already do go on'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit list" -f -a "list" -d 'List the accounts'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l name -d 'Name of the account, unique on this hub' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l email -d 'E-mail address by which the operator signs in' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read the operator\'s password from standard input; without this one is made and shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l email -d 'E-mail address of the operator' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l password-stdin -d 'Read the password from standard input; without this one is made and shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l output -d 'Where the signature goes; - for standard output. Without it telemetry_config.jws beside the file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l screens -d 'Most screens; "none" for no limit' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -f -a "invite" -d 'Make a link by which somebody joins an account within 7 days; shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -f -a "list" -d 'List the people of an account, and who is invited'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -f -a "role" -d 'Change what somebody may do'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -f -a "remove" -d 'Remove somebody and end the sessions'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite list role remove reset-totp" -f -a "reset-totp" -d 'Switch off somebody\'s second step of signing in, when phone and recovery codes are gone'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l email -d 'E-mail address by which the person will sign in' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l role -d 'What the person may do: viewer, content or admin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l public-url -d 'Address of the hub in the link; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "create" -d 'Make a token and show it once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "bulk" -d 'Make many device tokens at once, one for each of as many screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "renew" -d 'Make another device token for the screen of one that was revoked, has expired or is lost'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "list" -d 'List the tokens of an account, without their secrets'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "devices" -d 'List the devices that a token has let in'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list devices revoke" -f -a "revoke" -d 'Revoke a token. With a device token the authorization of its device ends too'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l kind -d 'What the token is for' -r -f -a "provisioning\t'Enrols any number of devices until it is revoked'
device\t'Enrols one device; expires after 30 days without use'"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l name -d 'Name for people; of a device token it becomes the name of the screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l playlist -d 'Id of the playlist that its screens play; without it the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l folder -d 'Folder in which its screens are listed, such as Berlin/Foyer' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l timezone -d 'Time zone of its screens, such as Europe/Berlin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l location -d 'Where its screens stand' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l tag -d 'Label that its screens get; may be given several times' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l config -d 'Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the result' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l count -d 'How many: 1 to 10,000' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l name -d 'Names of the screens: {n} becomes the number, {n:03} the number with zeros in front' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l first -d 'The first number' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l playlist -d 'Id of the playlist that its screens play; without it the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l folder -d 'Folder in which its screens are listed, such as Berlin/Foyer' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l timezone -d 'Time zone of its screens, such as Europe/Berlin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l location -d 'Where its screens stand' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l tag -d 'Label that its screens get; may be given several times' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l csv -d 'Write the tokens as a table to a new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l zip -d 'Write the table and a ready telemetry_config.json for each screen to a new ZIP file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l config -d 'Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the result' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l state -d 'Only those in this state: unused, active, revoked or expired' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -f -a "list" -d 'List the screens of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -f -a "pair" -d 'Pair the screen that shows a code: it belongs to the account from now on, and plays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -f -a "rename" -d 'Give a screen another name'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -f -a "delete" -d 'Forget a screen whose authorization is withdrawn. When it is switched on again it asks to be paired'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list pair rename delete withdraw" -f -a "withdraw" -d 'Withdraw the authorization of a screen, which then stops playing. It stays withdrawn however often it shows the token that it came with; another good token authorizes it again'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l code -d 'The code on the screen; case and hyphen do not matter' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l name -d 'Name of the screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l location -d 'Where it stands' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list" -f -a "add" -d 'Add images and videos (MP4, PNG, JPEG, WebP, GIF)'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list" -f -a "list" -d 'List the content of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -f -a "create" -d 'Make a playlist'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -f -a "replace" -d 'Replace what a playlist plays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -f -a "default" -d 'Make a playlist what screens play when their token names none'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default list" -f -a "list" -d 'List the playlists of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l name -d 'Name of the playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l image-seconds -d 'How long an image stays' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l default -d 'Make it what screens play when their token names no playlist'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l playlist -d 'Id of the playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l image-seconds -d 'How long an image stays' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -f -a "list" -d 'List what happened, newest last'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l account -d 'Only of this account, by name or id; without it also what concerns no account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'How many of the newest entries' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -s h -l help -d 'Print help'
