//! Many screens at once, and what screens report.

use super::super::api::alerts::{Alert, Channel, ChannelInput, Made, Message, Rule, RuleInput};
use super::super::api::fleet::{
    Account, AccountChange, All, Bulk, Done, Folder, Group, GroupName, MovedFolder, Named, NewFolder, Rebind,
};
use super::super::api::records as api;
use super::Access::{Api, Console};
use super::{Route, row};
use crate::records::Query;
use crate::rights::Right::{ManageAccount, ManageScreens, View};

/// The rows of this area.
pub(super) const ROUTES: &[Route] = &[
    row("GET", "/api/v1/screens/{id}/status", Api(View))
        .says("How one screen is doing.")
        .gives::<api::Report>(200),
    row("GET", "/api/v1/screens/{id}/faults", Api(View))
        .says("What is wrong with one screen, and what was.")
        .gives::<api::Faults>(200),
    row("GET", "/api/v1/logs", Api(View))
        .says("What screens have logged, newest first.")
        .asks::<Query>()
        .gives::<api::Logs>(200),
    row("GET", "/api/v1/logs.csv", Api(View))
        .says("All log lines that fit, as a table.")
        .asks::<Query>()
        .gives_file("text/csv"),
    row("GET", "/api/v1/logs.json", Api(View))
        .says("All log lines that fit, as a list.")
        .asks::<Query>()
        .gives_file("application/json"),
    row("GET", "/api/v1/plays", Api(View))
        .says("What screens have played, newest first.")
        .asks::<Query>()
        .gives::<api::Plays>(200),
    row("GET", "/api/v1/plays.csv", Api(View))
        .says("All proof of play that fits, as a table.")
        .asks::<Query>()
        .gives_file("text/csv"),
    row("GET", "/api/v1/plays/totals", Api(View))
        .says("How often and how long content was played, by content and by screen.")
        .asks::<Query>()
        .gives::<api::Totals>(200),
    row("POST", "/api/v1/screens/{id}/rebind", Api(ManageScreens))
        .says("Puts a screen in the place of another that its board was.")
        .takes::<Rebind>()
        .gives_nothing(),
    row("POST", "/api/v1/screens/bulk", Api(ManageScreens))
        .says("Does one thing to many screens.")
        .takes::<Bulk>()
        .gives::<Done>(200),
    row("GET", "/api/v1/folders", Api(View)).says("Folders of screens.").gives::<All<Folder>>(200),
    row("POST", "/api/v1/folders", Api(ManageScreens))
        .says("Makes a folder of screens.")
        .takes::<NewFolder>()
        .gives::<Folder>(201),
    row("PATCH", "/api/v1/folders", Api(ManageScreens))
        .says("Gives a folder another path, with everything in it.")
        .takes::<MovedFolder>()
        .gives_nothing(),
    row("DELETE", "/api/v1/folders", Api(ManageScreens))
        .says("Deletes a folder in which nothing is.")
        .asks::<Named>()
        .gives_nothing(),
    row("GET", "/api/v1/screen-groups", Api(View))
        .says("Groups of screens by name.")
        .gives::<All<Group>>(200),
    row("POST", "/api/v1/screen-groups", Api(ManageScreens))
        .says("Makes a group of screens.")
        .takes::<GroupName>()
        .gives::<Group>(201),
    row("PATCH", "/api/v1/screen-groups/{id}", Api(ManageScreens))
        .says("Renames a group of screens.")
        .takes::<GroupName>()
        .gives::<Group>(200),
    row("DELETE", "/api/v1/screen-groups/{id}", Api(ManageScreens))
        .says("Deletes a group; its screens stay.")
        .gives_nothing(),
    row("GET", "/api/v1/account", Api(View))
        .says("What holds for the account and all of its screens.")
        .gives::<Account>(200),
    row("PATCH", "/api/v1/account", Api(ManageAccount))
        .says("Changes what holds for the account and all of its screens.")
        .takes::<AccountChange>()
        .gives::<Account>(200),
    row("GET", "/api/v1/alert-rules", Api(ManageAccount))
        .says("What people are told of.")
        .gives::<All<Rule>>(200),
    row("POST", "/api/v1/alert-rules", Api(ManageAccount))
        .says("Makes a rule of alerts.")
        .takes::<RuleInput>()
        .gives::<Rule>(201),
    row("DELETE", "/api/v1/alert-rules/{id}", Api(ManageAccount))
        .says("Deletes a rule of alerts.")
        .gives_nothing(),
    row("GET", "/api/v1/alert-channels", Api(ManageAccount))
        .says("Where alerts go.")
        .gives::<All<Channel>>(200),
    row("POST", "/api/v1/alert-channels", Api(ManageAccount))
        .says("Names a webhook or e-mail addresses for alerts.")
        .takes::<ChannelInput>()
        .gives::<Channel>(201),
    row("DELETE", "/api/v1/alert-channels/{id}", Api(ManageAccount))
        .says("Deletes a channel of alerts.")
        .gives_nothing(),
    row("POST", "/api/v1/alert-channels/{id}/test", Api(ManageAccount))
        .says("Sends a test to a channel.")
        .gives::<Made>(202),
    row("GET", "/api/v1/alerts", Api(ManageAccount))
        .says("The newest alerts, newest first.")
        .gives::<All<Alert>>(200),
    row("GET", "/api/v1/alert-messages", Api(ManageAccount))
        .says("The newest messages of alerts, newest first, with what went wrong.")
        .gives::<All<Message>>(200),
    row("GET", "/settings", Console(ManageAccount)),
    row("POST", "/settings", Console(ManageAccount)),
    row("GET", "/alerts", Console(ManageAccount)),
    row("POST", "/alerts/channels", Console(ManageAccount)),
    row("POST", "/alerts/channels/{id}/test", Console(ManageAccount)),
    row("POST", "/alerts/channels/{id}/delete", Console(ManageAccount)),
    row("POST", "/alerts/rules", Console(ManageAccount)),
    row("POST", "/alerts/rules/{id}/delete", Console(ManageAccount)),
    row("GET", "/logs", Console(View)),
    row("GET", "/plays", Console(View)),
    row("POST", "/screens/bulk", Console(ManageScreens)),
    row("POST", "/screens/bulk/apply", Console(ManageScreens)),
    row("POST", "/screens/{id}/rebind", Console(ManageScreens)),
    row("POST", "/screens/{id}/settle", Console(ManageScreens)),
    row("POST", "/folders", Console(ManageScreens)),
    row("POST", "/folders/change", Console(ManageScreens)),
    row("GET", "/screen-groups", Console(View)),
    row("POST", "/screen-groups", Console(ManageScreens)),
    row("POST", "/screen-groups/{id}", Console(ManageScreens)),
    row("POST", "/screen-groups/{id}/delete", Console(ManageScreens)),
];
