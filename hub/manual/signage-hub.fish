# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_signage_hub_global_optspecs
    string join \n data-dir= secret-key= h/help V/version
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
complete -c signage-hub -n "__fish_signage_hub_needs_command" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_needs_command" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -s V -l version -d 'Print version'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "serve" -d 'Run the server until SIGTERM or SIGINT'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "ca" -d 'Print the CA certificate that devices and browsers must trust'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "account" -d 'Make and list accounts, and set passwords'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "operator" -d 'Invite, list, suspend and remove the people of an account, and change what they may do'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "group" -d 'Make groups of people, and say what they may do in which folders'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "token" -d 'Make, list and revoke enrolment tokens'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "api-token" -d 'Make, list and revoke the tokens by which programs use the API'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "code" -d 'Make, list and cancel authorization codes, and say which accounts need them'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "device" -d 'List, pair, rename and delete screens, and withdraw their authorization'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "content" -d 'Add, list, move and remove images and videos'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "playlist" -d 'Make, change and list playlists'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "layout" -d 'Make, change and list drafts of layouts'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "timeblock" -d 'Make, change and list named times for the schedule'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "schedule" -d 'Make, change and list drafts of schedule entries'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "publish" -d 'Bring drafts to the screens, approve, go back, and write sticks'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "override" -d 'Show something above all'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "alert" -d 'Say what people are told of and how, and list alerts'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "audit" -d 'Show who did what, and what was refused'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "backup" -d 'Copy everything the hub keeps to a new directory, also while the server runs'
complete -c signage-hub -n "__fish_signage_hub_needs_command" -f -a "restore" -d 'Make the data directory of a hub from a backup, after checking that it is whole'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l listen -d 'Address and port to listen on' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l public-url -d 'Address under which devices reach this hub; without it, the name of this host and the port' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-host -d 'Mail server for alerts; without it there is no e-mail. Its password is read from the environment variable SIGNAGE_HUB_SMTP_PASSWORD or from a file' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-port -d 'Port of the mail server; without it 465, 587 or 25' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-security -d 'How the connection is protected: tls, starttls, or none for a mail server on this machine' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-user -d 'Who signs in at the mail server' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-password-file -d 'File whose first line is the password for the mail server' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l smtp-from -d 'Sender of the messages' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l webhook-allow -d 'Networks of this machine that webhooks may lead to all the same, also without TLS, separated by commas' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l alerts-ca-file -d 'File with certificates (PEM) of authorities that the mail server and receivers of webhooks may use beside those that the system trusts' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -l no-announce -d 'Do not announce this hub in the local network by multicast DNS'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand serve" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand ca" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand ca" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand ca" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "create" -d 'Make an account and the operator who looks after it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "password" -d 'Give an operator another password and end all of the operator\'s sessions'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "sign" -d 'Sign a provisioning file for screens that are locked. Its signature goes on the stick beside it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "limit" -d 'Limit how many screens of an account may play at the same time, and how much content it may have. What is there already stays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "set" -d 'Change what holds for an account and all of its screens. What is not named stays; an empty text takes away'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "show" -d 'Show what holds for an account and all of its screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and not __fish_seen_subcommand_from create password sign limit set show list" -f -a "list" -d 'List the accounts'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l name -d 'Name of the account, unique on this hub' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l email -d 'E-mail address by which the operator signs in' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l password-stdin -d 'Read the operator\'s password from standard input; without this one is made and shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l email -d 'E-mail address of the operator' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l password-stdin -d 'Read the password from standard input; without this one is made and shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from password" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l output -d 'Where the signature goes; - for standard output. Without it telemetry_config.jws beside the file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from sign" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l screens -d 'Most screens; "none" for no limit' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l content -d 'Most bytes of content, such as 500M or 20G; "none" for no limit' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from limit" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l name -d 'Another name' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l timezone -d 'Time zone of screens without one, such as Europe/Berlin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l default-playlist -d 'Id of the default playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l online-minutes -d 'Minutes without a sign of life after which a screen is offline' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l keep-logs-days -d 'Days that logs of screens are kept' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l keep-plays-days -d 'Days that proof of play is kept' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l keep-audit-days -d 'Days that the audit log is kept, at least 30; 0 for ever' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand account; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "invite" -d 'Make a link by which somebody joins an account within 7 days; shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "uninvite" -d 'Take an invitation back'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "list" -d 'List the people of an account, and who is invited'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "role" -d 'Change what somebody may do'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "remove" -d 'Remove somebody and end the sessions'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "suspend" -d 'Keep somebody out without removing them: ends the sessions, and rests their personal API tokens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "unsuspend" -d 'Let somebody in again who was suspended'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "unlink" -d 'Forget the login at the OpenID provider by which somebody signs in, so that another can be linked'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "check-provider" -d 'Ask the OpenID provider of oidc.toml for its description, and say what is wrong'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and not __fish_seen_subcommand_from invite uninvite list role remove suspend unsuspend unlink check-provider reset-totp" -f -a "reset-totp" -d 'Switch off somebody\'s second step of signing in, when phone and recovery codes are gone'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l email -d 'E-mail address by which the person will sign in' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l role -d 'What the person may do: viewer, content or admin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l public-url -d 'Address of the hub in the link; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from invite" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from uninvite" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from uninvite" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from uninvite" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from uninvite" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from role" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from suspend" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from suspend" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from suspend" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from suspend" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unsuspend" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unsuspend" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unsuspend" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unsuspend" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unlink" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unlink" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unlink" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from unlink" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from check-provider" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from check-provider" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from check-provider" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from check-provider" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand operator; and __fish_seen_subcommand_from reset-totp" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "create" -d 'Make a group of people'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "list" -d 'List the groups of an account, with their members and what they may do in folders'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "show" -d 'Show a group, with its members and what they may do in folders'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "rename" -d 'Rename a group'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "add" -d 'Put somebody into a group'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "drop" -d 'Take somebody out of a group'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "folder" -d 'Say what the members of a group may do in a folder and below it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and not __fish_seen_subcommand_from create list show rename add drop folder delete" -f -a "delete" -d 'Remove a group; its members go on with their role alone'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -l name -d 'Name of the group' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from rename" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from rename" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from rename" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from rename" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from add" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from add" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from add" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from add" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from drop" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from drop" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from drop" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from drop" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from drop" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -l area -d 'Of what: content or screens' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from folder" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from delete" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand group; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "create" -d 'Make a token and show it once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "bulk" -d 'Make many device tokens at once, one for each of as many screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "renew" -d 'Make another device token for the screen of one that was revoked, has expired or is lost'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "list" -d 'List the tokens of an account, without their secrets'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "show" -d 'Show a token, without its secret'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "files" -d 'Write tokens that you hold in another form, to a new file. They are read from standard input, one a line'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "devices" -d 'List the devices that a token has let in'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and not __fish_seen_subcommand_from create bulk renew list show files devices revoke" -f -a "revoke" -d 'Revoke a token. With a device token the authorization of its device ends too'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l kind -d 'What the token is for' -r -f -a "provisioning\t'Enrols any number of devices until it is revoked'
device\t'Enrols one device; expires after 30 days without use'"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l name -d 'Name for people; of a device token it becomes the name of the screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l playlist -d 'Id of the playlist that its screens play; without it the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l layout -d 'Id of the layout that its screens show instead of a playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l folder -d 'Folder in which its screens are listed, such as Berlin/Foyer' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l timezone -d 'Time zone of its screens, such as Europe/Berlin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l location -d 'Where its screens stand' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l tag -d 'Label that its screens get; may be given several times' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l config -d 'Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the result' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l count -d 'How many: 1 to 10,000' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l name -d 'Names of the screens: {n} becomes the number, {n:03} the number with zeros in front' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l first -d 'The first number' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l playlist -d 'Id of the playlist that its screens play; without it the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l layout -d 'Id of the layout that its screens show instead of a playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l folder -d 'Folder in which its screens are listed, such as Berlin/Foyer' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l timezone -d 'Time zone of its screens, such as Europe/Berlin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l location -d 'Where its screens stand' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l tag -d 'Label that its screens get; may be given several times' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l csv -d 'Write the tokens as a table to a new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l zip -d 'Write the table and a ready telemetry_config.json for each screen to a new ZIP file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from bulk" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l config -d 'Write a ready telemetry_config.json with the token, to a new file; - for standard output, instead of the result' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from renew" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l state -d 'Only those in this state: unused, active, revoked or expired' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l format -d 'text, csv, config, zip, or stick (the image of one); config and stick hold one token' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l out -d 'The new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l network -d 'JSON file with the group "network" of the provisioning file. It is in the files that are written now; the hub does not keep it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l public-url -d 'Address of the hub in the files; without it the one last served' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from files" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from devices" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -f -a "create" -d 'Make a token by which a program uses the API, and show it once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -f -a "list" -d 'List the API tokens of an account, newest first, without their secrets'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and not __fish_seen_subcommand_from create list revoke" -f -a "revoke" -d 'Revoke an API token. What uses it is refused from now on'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l name -d 'What the token is for, such as the name of the program' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l role -d 'What it may do: viewer, content or admin' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l folder -d 'The folder that is all it reaches, such as Berlin/Foyer; without it everything' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l days -d 'Days after which it ends; without it never' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l out -d 'Write the token to a new file that only this user can read, instead of showing it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from revoke" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from revoke" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from revoke" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand api-token; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -f -a "create" -d 'Make authorization codes and assign them to an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -f -a "list" -d 'List the authorization codes of an account, newest first'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -f -a "show" -d 'Show one code, and which screen has it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -f -a "cancel" -d 'Take an unused code away from its account: it becomes historical'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and not __fish_seen_subcommand_from create list show cancel policy" -f -a "policy" -d 'Show how the screens of an account come to be authorized, or change it. Authorizations in force go on'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l kind -d 'cloud, local or free' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l count -d 'How many' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l days -d 'How many days each authorizes, from its first use on' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l until -d 'The last day on which they authorize, such as 2027-12-31, in UTC' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l replacements -d 'How often a cloud code may come back from a screen; 3 without this' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l kind -d 'Only of this kind: cloud, local or free' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l status -d 'Only in this status: valid, used, expired or historical' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from cancel" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from cancel" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from cancel" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from cancel" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l codes -d 'Whether screens need a code; without it whoever comes in is authorized' -r -f -a "true\t''
false\t''"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l free-screens -d 'Most screens with a free authorization at the same time' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l free-days -d 'How many days each of them lasts' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l admin-codes -d 'Whether the account\'s admins make codes themselves' -r -f -a "true\t''
false\t''"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand code; and __fish_seen_subcommand_from policy" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "list" -d 'List the screens of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "show" -d 'Show a screen: where it stands, what it plays, whether it may, and how it is doing'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "faults" -d 'List what is wrong with a screen, and what was'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "logs" -d 'Show what screens have logged, newest first'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "plays" -d 'Show what screens have played, newest first, or how often and how long'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "preview" -d 'Show what a screen shows at a moment, and why'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "timeline" -d 'Show what a screen shows on one day, change by change'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "folder" -d 'Make, list, move and delete the folders that screens are listed in'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "group" -d 'Make, list, rename and delete groups of screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "bulk" -d 'Do one thing to many screens: those with these ids, or all that fit the filters'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "pair" -d 'Pair the screen that shows a code: it belongs to the account from now on, and plays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "authorize" -d 'Authorize a screen: by an authorization code, or without one where its account needs none'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "local" -d 'Authorize a screen that is offline, by the device code that it shows. Writes what goes on its stick'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "why" -d 'Tell whether a screen may play, and if not, why not and what to do'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "rename" -d 'Give a screen another name'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "set" -d 'Change name, location, labels, playlist or layout of a screen'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "look" -d 'Tell which screen shows a code, before it is paired'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "deny" -d 'Refuse the screen that shows a code'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "unpair" -d 'Send a screen whose authorization is withdrawn back to pairing'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "delete" -d 'Forget a screen whose authorization is withdrawn. When it is switched on again it asks to be paired'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "transfer" -d 'Give a screen to the account that made a transfer code'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "transfer-code" -d 'Make a code by which an account takes one screen over from another account within a day; shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "rebind" -d 'Put a screen in the place of another that its board was'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "authorization-file" -d 'Write the local authorization of a screen to a new file, for its stick'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "withdraw" -d 'Cancel the authorization of a screen, which then stops playing. It stays cancelled however often it shows the token that it came with; another good token authorizes it again'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "command" -d 'Tell screens what to do: upload a picture, refresh, reboot, identify, restart, collect logs'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "commands" -d 'Show what a screen was told to do, and how it went'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "answer" -d 'Show one command and what the screen said of it, or write what it has uploaded to a file'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and not __fish_seen_subcommand_from list show faults logs plays preview timeline folder group bulk pair authorize local why rename set look deny unpair delete transfer transfer-code rebind authorization-file withdraw command commands answer screenshot" -f -a "screenshot" -d 'Write the newest picture of a screen to a file'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l search -d 'Only with these words in name, location, serial number, model, address or id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l folder -d 'Only in this folder or below it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l tag -d 'Only with this label' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l group -d 'Only in this group' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l state -d 'Only online, offline, unauthorized, or with faults' -r -f -a "online\t'They may play and were heard of lately'
offline\t'They may play and were not'
pending\t'Their device has not come yet: these are no screens but tokens, see `GET /api/v1/tokens?state=unused`'
unauthorized\t'They may not play'
faults\t'They have faults that are not resolved'"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l sort -d 'By what they are ordered' -r -f -a "name\t'Name; those that wait for their device last'
folder\t'Folder, then name'
state\t'State, then name'
seen\t'Those that were not seen for the longest time first'
faults\t'Those with the most faults first'"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l limit -d 'Most screens; all without it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from faults" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from faults" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from faults" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from faults" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l screen -d 'Id of a screen; without it all' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l from -d 'First day (UTC) or moment' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l until -d 'Last day or moment, included' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l limit -d 'Most records, at most 1000' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l csv -d 'Write everything that fits to a new file, as a table' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l severity -d 'This grave or graver: debug, info, warning or error' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l search -d 'Only lines with these words' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from logs" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l screen -d 'Id of a screen; without it all' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l from -d 'First day (UTC) or moment' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l until -d 'Last day or moment, included' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l limit -d 'Most records, at most 1000' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l csv -d 'Write everything that fits to a new file, as a table' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l content -d 'Only this content, by its title or its id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -l totals -d 'Add it up, by content and by screen'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from plays" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -l at -d 'The moment, such as 2026-12-24T18:00:00Z; now without it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -l drafts -d 'With the drafts, as if they were published'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from preview" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -l date -d 'The day in the time zone of the screen, such as 2026-12-24; today without it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -l drafts -d 'With the drafts, as if they were published'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from timeline" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -f -a "list" -d 'List the folders of screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -f -a "create" -d 'Make a folder'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -f -a "move" -d 'Give a folder another path, with everything in it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from folder" -f -a "delete" -d 'Delete a folder in which nothing is'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -f -a "list" -d 'List the groups of screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -f -a "create" -d 'Make a group; `device bulk … join` puts screens into it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -f -a "rename" -d 'Give a group another name'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from group" -f -a "delete" -d 'Delete a group; its screens stay'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l id -d 'Id of a screen; may be given several times' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l search -d 'Only with these words in name, location, serial number, model, address or id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l folder -d 'Only in this folder or below it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l tag -d 'Only with this label' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from bulk" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l code -d 'The code on the screen; case and hyphen do not matter' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l name -d 'Name of the screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l location -d 'Where it stands' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l playlist -d 'Id of what it plays: then this is its first publication too' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from pair" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -l code -d 'The code, or its id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -l replace -d 'End the authorization by another code, as cancelling does'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorize" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l device-code -d 'The device code on the screen or in its QR code, or the device id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l name -d 'Name of the screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l location -d 'Where it stands' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l code -d 'A local authorization code, or its id' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l zip -d 'Write an archive for the top folder of a stick, to a new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l stick -d 'Write the image of a stick, to a new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from local" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from why" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from why" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from why" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from why" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rename" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l name -d 'Another name' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l location -d 'Where it stands; "" for nowhere in particular' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l tags -d 'All of its labels, separated by commas; "" for none' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l playlist -d 'Id of the playlist that it plays; "" for the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l layout -d 'Id of the layout that it shows instead of a playlist; "" for the account\'s default' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from set" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -l code -d 'The code on the screen; case and hyphen do not matter' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from look" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -l code -d 'The code on the screen; case and hyphen do not matter' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from deny" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from unpair" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from unpair" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from unpair" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from unpair" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer" -l code-file -d 'File with the code; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -l account -d 'Name or id of the account that takes the screen over' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -l out -d 'Write the code to a new file that only this user can read, instead of showing it' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from transfer-code" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rebind" -l other -d 'Id of the screen whose place it takes' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rebind" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rebind" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rebind" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from rebind" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -l format -d 'jws, zip (for the top folder of a stick) or stick (the image of one)' -r -f -a "jws\t''
zip\t''
stick\t''"
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -l out -d 'The new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from authorization-file" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from withdraw" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l account -d 'Name or id of the account, when the screens are not named by their ids' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l tag -d 'Those with this tag' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l folder -d 'Those in this folder, and in the folders below it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l seconds -d 'How long a screen shows its name, with identify' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l lines -d 'How much of its log a screen uploads, with collect-logs' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l expires-in -d 'Seconds after which nobody waits for it any more; without it, what suits the command' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l all -d 'Every screen of the account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l wait -d 'Wait until every screen has answered, or its time is over'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l account -d 'Name or id of an account, instead of a screen' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l batch -d 'Only those that were given together' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l kind -d 'Only of this kind, such as screenshot' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from commands" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -l out -d 'Write the picture or the log that the screen has uploaded' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from answer" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from screenshot" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from screenshot" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from screenshot" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand device; and __fish_seen_subcommand_from screenshot" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "add" -d 'Add images and videos (MP4, PNG, JPEG, WebP, GIF)'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "list" -d 'List the content of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "move" -d 'Move content to another folder, which is made when it is not there, or give it another title or tags'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "remove" -d 'Remove content that no playlist plays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "show" -d 'Show one content, and what plays it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "file" -d 'Write the file of a content as it was uploaded, or a small picture of it, to a new file'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and not __fish_seen_subcommand_from add list move remove show file folder" -f -a "folder" -d 'Make, list, move and delete folders of content'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l folder -d 'Folder that they go into, such as Berlin/Foyer' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from add" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l folder -d 'Only what lies in this folder or below it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l search -d 'Only titles with this in them' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l folder -d 'The folder; "" is the top' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l title -d 'The title' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l tags -d 'All of its tags, separated by commas; "" for none' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from move" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from remove" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from remove" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from remove" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from remove" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l out -d 'The new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l thumbnail -d 'The small picture'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from file" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -f -a "list" -d 'List the folders of content'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -f -a "create" -d 'Make a folder'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -f -a "move" -d 'Rename a folder or put it elsewhere, with everything in it'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand content; and __fish_seen_subcommand_from folder" -f -a "delete" -d 'Remove a folder; what is in it moves up to the one above'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "create" -d 'Make a playlist'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "replace" -d 'Replace what a playlist plays'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "default" -d 'Make a playlist what screens play when their token names none'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "draft" -d 'Make a draft of a playlist from JSON, as the body of the request of the API: layouts, web pages, rules'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "delete" -d 'Remove the draft of a playlist that nothing refers to'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "show" -d 'Show a playlist with its items'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "duplicate" -d 'Make a draft that is like another'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and not __fish_seen_subcommand_from create replace default draft delete show duplicate list" -f -a "list" -d 'List the playlists of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l name -d 'Name of the playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l image-seconds -d 'How long an image stays' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l default -d 'Make it what screens play when their token names no playlist'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l playlist -d 'Id of the playlist' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l image-seconds -d 'How long an image stays' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from replace" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from default" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l playlist -d 'Id of the playlist to change as a whole; without it another one is made' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l file -d 'JSON; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from draft" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from delete" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from duplicate" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from duplicate" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from duplicate" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from duplicate" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from duplicate" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand playlist; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "list" -d 'List those of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "show" -d 'Print one as JSON, which `create` and `change` take back without id, createdAt and updatedAt'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "create" -d 'Make a draft; `publish now` brings it to the screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "change" -d 'Change a draft as a whole'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "delete" -d 'Remove a draft that nothing refers to'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and not __fish_seen_subcommand_from list show create change delete duplicate" -f -a "duplicate" -d 'Make a draft that is like another'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from show" -l json -d 'Nothing else is printed anyway'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from change" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from delete" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from duplicate" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from duplicate" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from duplicate" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from duplicate" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand layout; and __fish_seen_subcommand_from duplicate" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -f -a "list" -d 'List those of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -f -a "show" -d 'Print one as JSON, which `create` and `change` take back without id, createdAt and updatedAt'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -f -a "create" -d 'Make a draft; `publish now` brings it to the screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -f -a "change" -d 'Change a draft as a whole'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and not __fish_seen_subcommand_from list show create change delete" -f -a "delete" -d 'Remove a draft that nothing refers to'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from show" -l json -d 'Nothing else is printed anyway'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from change" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from delete" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand timeblock; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "list" -d 'List those of an account'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "show" -d 'Print one as JSON, which `create` and `change` take back without id, createdAt and updatedAt'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "create" -d 'Make a draft; `publish now` brings it to the screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "change" -d 'Change a draft as a whole'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "delete" -d 'Remove a draft that nothing refers to'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and not __fish_seen_subcommand_from list show create change delete conflicts" -f -a "conflicts" -d 'List pairs of entries that want the same screens at the same time within 60 days'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from show" -l json -d 'Nothing else is printed anyway'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -l file -d 'JSON as the body of the request of the API; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from change" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from delete" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from delete" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from delete" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from delete" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from delete" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -l entry -d 'Only those of this entry' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand schedule; and __fish_seen_subcommand_from conflicts" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "now" -d 'Bring drafts to the screens'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "pending" -d 'Show what the drafts would change'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "list" -d 'List what was published and what was asked to be, newest first'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "approve" -d 'Approve a request'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "reject" -d 'Reject a request'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "restore" -d 'Publish an earlier revision again'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "show" -d 'Show what was published, or asked to be, and what it changes'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "withdraw" -d 'Take a request back that this command line has made'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "settings" -d 'Show who needs an approval and what screens show by default, or change the default'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "approval" -d 'Say who needs somebody else\'s approval: none, managers or everybody'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and not __fish_seen_subcommand_from now pending list approve reject restore show withdraw settings approval stick" -f -a "stick" -d 'Write what a screen shows, with all files, for a stick: a ZIP, or with .img the image of a FAT32 stick'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l only -d 'Id of a playlist, layout or schedule entry, and what it needs; every draft without it' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l comment -d 'What it is about' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from now" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from pending" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from pending" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from pending" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from pending" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from pending" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -l state -d 'Only those in this state: requested, published, rejected or withdrawn' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -l comment -d 'Why' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approve" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -l comment -d 'Why' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from reject" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -l comment -d 'Why' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from restore" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from withdraw" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from withdraw" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from withdraw" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from withdraw" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from withdraw" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l default-playlist -d 'Id of the playlist that screens without one of their own play; "" for none' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l default-layout -d 'Id of the layout that they show; "" for none' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from settings" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approval" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approval" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approval" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approval" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from approval" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -l output -d 'The new file' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand publish; and __fish_seen_subcommand_from stick" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -f -a "start" -d 'Show something above all, at once; it ends by itself'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -f -a "stop" -d 'End an override before its time'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -f -a "show" -d 'Show one override'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and not __fish_seen_subcommand_from start stop show list" -f -a "list" -d 'List overrides, newest first'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -l file -d 'JSON as the body of the request of the API: name, target, audience, minutes or until; - for standard input' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from start" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from stop" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from stop" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from stop" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from stop" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from stop" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from show" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from show" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from show" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from show" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand override; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -f -a "add-channel" -d 'Name a webhook, or e-mail addresses, that alerts go to. The secret of a webhook is shown once'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -f -a "add-rule" -d 'Make a rule: what is told'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -f -a "remove" -d 'Remove a channel or a rule'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -f -a "test" -d 'Send a test to a channel. A running server sends it within seconds'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and not __fish_seen_subcommand_from add-channel add-rule remove test list" -f -a "list" -d 'List channels and rules, or the newest alerts or messages'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l name -d 'Name of the channel, for people' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l kind -d 'webhook or email' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l target -d 'E-mail addresses separated by commas, or the address of the webhook' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-host -d 'Mail server for alerts; without it there is no e-mail. Its password is read from the environment variable SIGNAGE_HUB_SMTP_PASSWORD or from a file' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-port -d 'Port of the mail server; without it 465, 587 or 25' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-security -d 'How the connection is protected: tls, starttls, or none for a mail server on this machine' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-user -d 'Who signs in at the mail server' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-password-file -d 'File whose first line is the password for the mail server' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l smtp-from -d 'Sender of the messages' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l webhook-allow -d 'Networks of this machine that webhooks may lead to all the same, also without TLS, separated by commas' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l alerts-ca-file -d 'File with certificates (PEM) of authorities that the mail server and receivers of webhooks may use beside those that the system trusts' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l target-stdin -d 'Read the address of the webhook, or the e-mail addresses, from standard input: an address of a webhook often is a secret'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-channel" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l kind -d 'offline, fault, token, authorization or storage' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l number -d 'Minutes, days or per cent; without it what is usual' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l class -d 'Of faults: content, network or hardware; without it all' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l channel -d 'Id of the channel that it goes to; without it all' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from add-rule" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from remove" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from remove" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from remove" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from remove" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from remove" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from test" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from test" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from test" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from test" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from test" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from list" -l account -d 'Name or id of the account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand alert; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and not __fish_seen_subcommand_from list" -f -a "list" -d 'List what happened, newest last'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l account -d 'Only of this account, by name or id; without it also what concerns no account' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l actor -d 'Only what this person, token, or cli for commands, has done; by id, e-mail address or name' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l action -d 'Only this, such as token.create, or token for all that begins so' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l outcome -d 'Only what went so: ok or refused' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l from -d 'First day (UTC) or moment' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l until -d 'Last day or moment, included' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l csv -d 'Write everything that fits to a new file, as a table, newest first' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l limit -d 'How many of the newest entries' -r
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand audit; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l with-content -d 'Copy the content as well when it lies in a bucket. A hub restored from such a copy keeps it in its directory'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l with-key -d 'Copy the key of the hub\'s secrets as well. Whoever has such a copy can be the hub; without, keep the key elsewhere'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand backup" -s h -l help -d 'Print help'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand restore" -l data-dir -d 'Directory that holds everything the hub keeps; made when it does not exist' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand restore" -l secret-key -d 'File with the key of the hub\'s secrets, when it is not `secret.key` in that directory' -r -F
complete -c signage-hub -n "__fish_signage_hub_using_subcommand restore" -l json -d 'Print the result as JSON'
complete -c signage-hub -n "__fish_signage_hub_using_subcommand restore" -s h -l help -d 'Print help'
