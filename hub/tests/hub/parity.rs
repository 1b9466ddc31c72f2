//! The command line does what the API does: every route of the API has a command, or a reason why not.

use std::collections::BTreeSet;

use clap::{Command, CommandFactory as _};
use signage_hub::cli::Cli;
use signage_hub::http::routes::{self, Access};

/// A route of the API, and the command that does the same. A new route needs a line here or in [`WITHOUT`].
const COMMANDS: &[(&str, &str)] = &[
    ("GET /api/v1/account", "account show"),
    ("PATCH /api/v1/account", "account set"),
    ("GET /api/v1/alert-channels", "alert list"),
    ("POST /api/v1/alert-channels", "alert add-channel"),
    ("DELETE /api/v1/alert-channels/{id}", "alert remove"),
    ("POST /api/v1/alert-channels/{id}/test", "alert test"),
    ("GET /api/v1/alert-messages", "alert list"),
    ("GET /api/v1/alert-rules", "alert list"),
    ("POST /api/v1/alert-rules", "alert add-rule"),
    ("DELETE /api/v1/alert-rules/{id}", "alert remove"),
    ("GET /api/v1/alerts", "alert list"),
    ("GET /api/v1/api-tokens", "api-token list"),
    ("POST /api/v1/api-tokens", "api-token create"),
    ("DELETE /api/v1/api-tokens/{id}", "api-token revoke"),
    ("GET /api/v1/audit", "audit list"),
    ("GET /api/v1/audit.csv", "audit list"),
    ("GET /api/v1/audit.json", "audit list"),
    ("GET /api/v1/authorization-codes", "code list"),
    ("POST /api/v1/authorization-codes", "code create"),
    ("GET /api/v1/authorization-codes/{id}", "code show"),
    ("POST /api/v1/authorization-codes/{id}/cancel", "code cancel"),
    ("GET /api/v1/authorization-policy", "code policy"),
    ("GET /api/v1/commands", "device commands"),
    ("POST /api/v1/commands", "device command"),
    ("GET /api/v1/commands/{id}", "device answer"),
    ("GET /api/v1/commands/{id}/file", "device answer"),
    ("GET /api/v1/content", "content list"),
    ("GET /api/v1/content-folders", "content folder list"),
    ("POST /api/v1/content-folders", "content folder create"),
    ("DELETE /api/v1/content-folders", "content folder delete"),
    ("POST /api/v1/content-folders/move", "content folder move"),
    ("GET /api/v1/content/{id}", "content show"),
    ("PATCH /api/v1/content/{id}", "content move"),
    ("DELETE /api/v1/content/{id}", "content remove"),
    ("GET /api/v1/content/{id}/file", "content file"),
    ("GET /api/v1/content/{id}/thumbnail", "content file"),
    ("GET /api/v1/folders", "device folder list"),
    ("POST /api/v1/folders", "device folder create"),
    ("PATCH /api/v1/folders", "device folder move"),
    ("DELETE /api/v1/folders", "device folder delete"),
    ("GET /api/v1/groups", "group list"),
    ("POST /api/v1/groups", "group create"),
    ("GET /api/v1/groups/{id}", "group show"),
    ("PATCH /api/v1/groups/{id}", "group folder"),
    ("DELETE /api/v1/groups/{id}", "group delete"),
    ("GET /api/v1/invitations", "operator list"),
    ("POST /api/v1/invitations", "operator invite"),
    ("DELETE /api/v1/invitations/{id}", "operator uninvite"),
    ("GET /api/v1/layouts", "layout list"),
    ("POST /api/v1/layouts", "layout create"),
    ("GET /api/v1/layouts/{id}", "layout show"),
    ("PUT /api/v1/layouts/{id}", "layout change"),
    ("DELETE /api/v1/layouts/{id}", "layout delete"),
    ("POST /api/v1/layouts/{id}/duplicate", "layout duplicate"),
    ("POST /api/v1/local-authorizations", "device local"),
    ("GET /api/v1/logs", "device logs"),
    ("GET /api/v1/logs.csv", "device logs"),
    ("GET /api/v1/logs.json", "device logs"),
    ("PUT /api/v1/me/password", "account password"),
    ("GET /api/v1/overrides", "override list"),
    ("POST /api/v1/overrides", "override start"),
    ("GET /api/v1/overrides/{id}", "override show"),
    ("POST /api/v1/overrides/{id}/stop", "override stop"),
    ("GET /api/v1/people", "operator list"),
    ("PATCH /api/v1/people/{id}", "operator role"),
    ("DELETE /api/v1/people/{id}", "operator remove"),
    ("DELETE /api/v1/people/{id}/links", "operator unlink"),
    ("DELETE /api/v1/people/{id}/totp", "operator reset-totp"),
    ("GET /api/v1/playlists", "playlist list"),
    ("POST /api/v1/playlists", "playlist draft"),
    ("GET /api/v1/playlists/{id}", "playlist show"),
    ("PUT /api/v1/playlists/{id}", "playlist draft"),
    ("DELETE /api/v1/playlists/{id}", "playlist delete"),
    ("POST /api/v1/playlists/{id}/duplicate", "playlist duplicate"),
    ("GET /api/v1/plays", "device plays"),
    ("GET /api/v1/plays.csv", "device plays"),
    ("GET /api/v1/plays/totals", "device plays"),
    ("GET /api/v1/publications", "publish list"),
    ("POST /api/v1/publications", "publish now"),
    ("GET /api/v1/publications/pending", "publish pending"),
    ("GET /api/v1/publications/{id}", "publish show"),
    ("POST /api/v1/publications/{id}/approve", "publish approve"),
    ("POST /api/v1/publications/{id}/reject", "publish reject"),
    ("POST /api/v1/publications/{id}/restore", "publish restore"),
    ("POST /api/v1/publications/{id}/withdraw", "publish withdraw"),
    ("POST /api/v1/publish", "device pair"),
    ("GET /api/v1/publishing", "publish settings"),
    ("PATCH /api/v1/publishing", "publish settings"),
    ("GET /api/v1/schedules", "schedule list"),
    ("POST /api/v1/schedules", "schedule create"),
    ("GET /api/v1/schedules/conflicts", "schedule conflicts"),
    ("GET /api/v1/schedules/{id}", "schedule show"),
    ("PUT /api/v1/schedules/{id}", "schedule change"),
    ("DELETE /api/v1/schedules/{id}", "schedule delete"),
    ("GET /api/v1/screen-groups", "device group list"),
    ("POST /api/v1/screen-groups", "device group create"),
    ("PATCH /api/v1/screen-groups/{id}", "device group rename"),
    ("DELETE /api/v1/screen-groups/{id}", "device group delete"),
    ("GET /api/v1/screens", "device list"),
    ("POST /api/v1/screens/bulk", "device bulk"),
    ("POST /api/v1/screens/pair", "device pair"),
    ("POST /api/v1/screens/pair/deny", "device deny"),
    ("POST /api/v1/screens/pair/look", "device look"),
    ("GET /api/v1/screens/{id}", "device show"),
    ("PATCH /api/v1/screens/{id}", "device set"),
    ("DELETE /api/v1/screens/{id}", "device delete"),
    ("GET /api/v1/screens/{id}/authorization", "device why"),
    ("GET /api/v1/screens/{id}/authorization-file", "device authorization-file"),
    ("POST /api/v1/screens/{id}/authorize", "device authorize"),
    ("GET /api/v1/screens/{id}/commands", "device commands"),
    ("POST /api/v1/screens/{id}/commands", "device command"),
    ("GET /api/v1/screens/{id}/faults", "device faults"),
    ("GET /api/v1/screens/{id}/preview", "device preview"),
    ("GET /api/v1/screens/{id}/publication.img", "publish stick"),
    ("GET /api/v1/screens/{id}/publication.zip", "publish stick"),
    ("POST /api/v1/screens/{id}/rebind", "device rebind"),
    ("GET /api/v1/screens/{id}/screenshot", "device screenshot"),
    ("GET /api/v1/screens/{id}/status", "device show"),
    ("GET /api/v1/screens/{id}/timeline", "device timeline"),
    ("POST /api/v1/screens/{id}/transfer", "device transfer"),
    ("POST /api/v1/screens/{id}/unpair", "device unpair"),
    ("POST /api/v1/screens/{id}/withdraw", "device withdraw"),
    ("GET /api/v1/time-blocks", "timeblock list"),
    ("POST /api/v1/time-blocks", "timeblock create"),
    ("GET /api/v1/time-blocks/{id}", "timeblock show"),
    ("PUT /api/v1/time-blocks/{id}", "timeblock change"),
    ("DELETE /api/v1/time-blocks/{id}", "timeblock delete"),
    ("GET /api/v1/tokens", "token list"),
    ("POST /api/v1/tokens", "token create"),
    ("POST /api/v1/tokens/bulk", "token bulk"),
    ("POST /api/v1/tokens/files", "token files"),
    ("GET /api/v1/tokens/{id}", "token show"),
    ("GET /api/v1/tokens/{id}/devices", "token devices"),
    ("POST /api/v1/tokens/{id}/renew", "token renew"),
    ("POST /api/v1/tokens/{id}/revoke", "token revoke"),
    ("POST /api/v1/transfer-codes", "device transfer-code"),
    ("POST /api/v1/uploads", "content add"),
    ("PATCH /api/v1/uploads/{id}", "content add"),
];

/// Routes without a command, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("GET /api/v1/me", "the command line acts for the hub, not for a person or a token"),
    ("GET /api/v1/uploads/{id}", "`content add` copies a whole file; nothing of it is left half done"),
    ("DELETE /api/v1/uploads/{id}", "`content add` copies a whole file; nothing of it is left half done"),
    ("GET /metrics", "it is read by Prometheus"),
];

/// Commands that print no result, and why.
const NO_JSON: &[(&str, &str)] =
    &[("serve", "it runs until it is stopped"), ("ca", "a certificate is text for programs as it is")];

fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name()).trim().to_owned();
        match sub.has_subcommands() {
            true => leaves(sub, &path, found),
            false => found.push((path, sub.clone())),
        }
    }
}

fn commands() -> Vec<(String, Command)> {
    let mut found = Vec::new();
    leaves(&Cli::command(), "", &mut found);
    found
}

#[test]
fn every_route_of_the_api_has_a_command() {
    let known: BTreeSet<String> = commands().into_iter().map(|(path, _)| path).collect();
    let rows: BTreeSet<String> = routes::all()
        .filter(|route| matches!(route.access, Access::Api(_)))
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let named: BTreeSet<&str> = COMMANDS.iter().chain(WITHOUT).map(|(route, _)| *route).collect();
    assert_eq!(named.len(), COMMANDS.len() + WITHOUT.len(), "a route stands here twice");
    let missing: Vec<&String> = rows.iter().filter(|row| !named.contains(row.as_str())).collect();
    assert!(missing.is_empty(), "no command is named for {missing:#?}");
    let gone: Vec<&&str> = named.iter().filter(|name| !rows.contains(**name)).collect();
    assert!(gone.is_empty(), "no such routes: {gone:#?}");
    let unknown: Vec<_> = COMMANDS.iter().filter(|(_, command)| !known.contains(*command)).collect();
    assert!(unknown.is_empty(), "no such commands: {unknown:#?}");
}

#[test]
fn every_command_has_a_result_for_programs() {
    let has = |command: &Command| command.get_arguments().any(|argument| argument.get_id() == "json");
    let without: Vec<String> =
        commands().into_iter().filter(|(_, command)| !has(command)).map(|(path, _)| path).collect();
    let known: Vec<&str> = NO_JSON.iter().map(|(path, _)| *path).collect();
    assert_eq!(without, known, "these commands have no --json");
}

#[test]
fn every_command_and_option_is_explained() {
    for (path, command) in commands() {
        assert!(command.get_about().is_some(), "{path}");
        for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
            assert!(argument.get_help().is_some(), "{path}: {}", argument.get_id());
        }
    }
}
