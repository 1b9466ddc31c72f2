//! In which folder something lies, whatever it is.

use super::Connection;
use crate::folder_rights::Area;
use crate::{Error, Result};

/// What lies in folders: the first level of its path in the API and among the pages, and how its folder is read.
const THINGS: &[(&str, Area, &str)] = &[
    ("playlists", Area::Content, "SELECT COALESCE(folder, '') FROM playlist WHERE id = $1 AND account = $2"),
    ("layouts", Area::Content, "SELECT COALESCE(folder, '') FROM layout WHERE id = $1 AND account = $2"),
    (
        "time-blocks",
        Area::Content,
        "SELECT COALESCE(folder, '') FROM time_block WHERE id = $1 AND account = $2",
    ),
    (
        "schedules",
        Area::Content,
        "SELECT COALESCE(folder, '') FROM schedule_entry WHERE id = $1 AND account = $2",
    ),
    (
        "schedule",
        Area::Content,
        "SELECT COALESCE(folder, '') FROM schedule_entry WHERE id = $1 AND account = $2",
    ),
    (
        "screens",
        Area::Screens,
        "SELECT COALESCE(folder, '') FROM device WHERE id = $1 AND account = $2 AND left_at IS NULL",
    ),
    (
        "commands",
        Area::Screens,
        "SELECT COALESCE(device.folder, '') FROM command JOIN device ON device.id = command.device \
         WHERE command.id = $1 AND command.account = $2",
    ),
    (
        "tokens",
        Area::Screens,
        "SELECT COALESCE(CASE WHEN device.id IS NULL THEN COALESCE(screen.folder, enrol_token.folder) \
         ELSE device.folder END, '') FROM enrol_token LEFT JOIN screen ON screen.id = enrol_token.screen \
         LEFT JOIN device ON device.id = screen.device AND device.account = enrol_token.account \
         AND device.left_at IS NULL WHERE enrol_token.id = $1 AND enrol_token.account = $2",
    ),
    ("content", Area::Content, "SELECT folder FROM content WHERE id = $1 AND account = $2"),
    ("uploads", Area::Content, "SELECT folder FROM upload WHERE id = $1 AND account = $2"),
];

/// The area of what a path begins with, if that lies in folders.
pub fn area(kind: &str) -> Option<Area> {
    THINGS.iter().find(|(name, ..)| *name == kind).map(|(_, area, _)| *area)
}

/// The folder of a thing of an account; none when there is no such thing.
pub async fn of(connection: &mut Connection, kind: &str, account: &str, id: &str) -> Result<Option<String>> {
    let Some((_, _, query)) = THINGS.iter().find(|(name, ..)| *name == kind) else {
        return Ok(None);
    };
    sqlx::query_scalar(*query)
        .bind(id)
        .bind(account)
        .fetch_optional(connection)
        .await
        .map_err(Error::database("looking for a folder"))
}
