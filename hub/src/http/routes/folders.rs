//! Rights on folders, for every route: what a request names by its id is looked up before its handler sees it. A
//! thing in a hidden folder is not there; one in a folder for reading is not changed.
//!
//! Lists filter by [`Scope::sql`]; handlers that make or move something ask `check_folder`, and say so in their row.

use axum::extract::{FromRequestParts as _, RawPathParams};
use axum::http::Method;
use axum::http::request::Parts;
use signage_protocol::problem::Code;

use super::super::Shared;
use super::Route;
use crate::folder_rights::{Area, Scope, Verdict};
use crate::rights::{Right, Role};
use crate::store::folders;
use crate::{Error, Result, sight};

/// Who asks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Who<'a> {
    pub account: &'a str,
    pub role: Role,
    pub scope: &'a Scope,
}

/// Refuses a request for what lies where somebody may not go. Answers the right that a group gives them there beyond
/// their role.
pub(super) async fn check(
    state: &Shared,
    parts: &mut Parts,
    route: &Route,
    right: Right,
    who: Who<'_>,
) -> Result<Option<Right>> {
    if *who.scope == Scope::default() {
        return Ok(None);
    }
    if right == Right::ManageAccount && who.scope.is_bounded() {
        let detail = "this token is for one folder; people, tokens and the account are out of its reach";
        return Err(Error::refused(403, Code::ApiForbidden, detail));
    }
    let kind = route.path.trim_start_matches("/api/v1").trim_start_matches('/').split('/').next();
    if let Some((kind, area)) = kind.and_then(|kind| Some((kind, folders::area(kind)?)))
        && let Some(id) = id(state, parts).await?
    {
        let folder = folders::of(&mut *state.store.read().await?, kind, who.account, &id).await?;
        let Some(folder) = folder else {
            // The handler says that there is nothing.
            return Ok(None);
        };
        return match who.scope.verdict(who.role, right, area, Some(&folder)) {
            Verdict::Allowed => Ok(Some(right)),
            Verdict::Hidden => Err(missing(&id)),
            Verdict::Refused => Err(refused("you may look here, but not change anything")),
        };
    }
    // It lies in no folder itself, but what it is about does.
    if let (Some(kind), Some(id)) = (kind, id(state, parts).await?)
        && !sight::is_there(&mut *state.store.read().await?, who.account, who.scope, kind, &id).await?
    {
        return Err(missing(&id));
    }
    match Area::of(right) {
        Some(_) if route.by_folder => Ok(who.scope.gives(right).then_some(right)),
        Some(area) if who.scope.narrows(area) && parts.method != Method::GET => {
            Err(refused("you are limited to some folders, and this concerns all of them"))
        }
        _ => Ok(None),
    }
}

fn missing(id: &str) -> Error {
    Error::refused(404, Code::ApiNotFound, format!("there is no such thing: {id}"))
}

fn refused(detail: &str) -> Error {
    Error::refused(403, Code::ApiForbidden, detail)
}

/// The id in a path, as the handler will read it.
async fn id(state: &Shared, parts: &mut Parts) -> Result<Option<String>> {
    let invalid = || Error::Invalid("the path is not UTF-8".into());
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| invalid())?;
    Ok(params.iter().find(|(name, _)| *name == "id").map(|(_, id)| id.to_owned()))
}
