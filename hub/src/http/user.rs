//! Who uses the API: a program with a token, or a person whose browser is signed in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum_extra::extract::CookieJar;
use signage_protocol::problem::Code;

use super::Shared;
use super::console::session;
use crate::api_token::{self, Actor};
use crate::folder_rights::{Area, Scope, Verdict};
use crate::rights::{Right, Role};
use crate::sight::{self, Sight};
use crate::{Error, Result, folder, ident};

/// Header in which a page sends its form token along with a request of its own.
pub const FORM_HEADER: &str = "x-signage-form";

/// Somebody in an account.
#[derive(Debug, Clone)]
pub struct User {
    /// The account.
    pub account: String,
    /// Id of the operator or the API token.
    pub id: String,
    /// What they may do.
    pub role: Role,
    /// Digest of the cookie of a person.
    pub session: Option<String>,
    /// Where they may do it.
    pub scope: Scope,
    /// What a group gives them beyond their role, for what this request is about. The guard of the routes finds out.
    pub granted: Option<Right>,
}

impl User {
    /// Refuses those without a right. Every handler begins with this.
    pub fn may(&self, right: Right) -> Result<Actor<'_>> {
        if self.role.may(right) || self.granted == Some(right) {
            return Ok(Actor { account: &self.account, id: &self.id });
        }
        Err(Error::refused(
            403,
            Code::ApiForbidden,
            format!("the role {} does not include this", self.role.as_str()),
        ))
    }

    /// What is there for them, by id.
    pub async fn sight(&self, state: &Shared) -> Result<Sight> {
        Sight::load(&mut *state.store.read().await?, &self.account, &self.scope).await
    }

    /// Refuses the code of a screen that is not there for them, as if there was no such code.
    pub async fn check_code(&self, state: &Shared, code: &str) -> Result<()> {
        let mut connection = state.store.read().await?;
        match sight::is_there(&mut connection, &self.account, &self.scope, "codes", code.trim()).await? {
            true => Ok(()),
            false => Err(Error::NotFound { what: "authorization code", name: code.to_owned() }),
        }
    }

    /// Refuses those who may not do something in a folder: where something is to be made or put.
    pub fn check_folder(&self, right: Right, area: Area, folder: Option<&str>) -> Result<()> {
        check_folder(&self.scope, self.role, right, area, folder)
    }
}

/// Refuses those who may not do something in a folder.
pub(super) fn check_folder(
    scope: &Scope,
    role: Role,
    right: Right,
    area: Area,
    folder: Option<&str>,
) -> Result<()> {
    let folder = folder::path(folder.unwrap_or_default())?;
    if scope.verdict(role, right, area, Some(&folder)) == Verdict::Allowed {
        return Ok(());
    }
    let folder = if folder.is_empty() { "no folder".to_owned() } else { format!("the folder {folder}") };
    let detail = format!(
        "you may not change {} in {folder}; an admin gives rights on folders on the page Groups",
        area.as_str()
    );
    Err(Error::refused(403, Code::ApiForbidden, detail))
}

impl FromRequestParts<Shared> for User {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self> {
        if let Some(user) = parts.extensions.get::<Self>() {
            return Ok(user.clone());
        }
        let refuse = |detail: &str| Error::refused(401, Code::ApiSignIn, detail);
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        if let Some(text) = header(header::AUTHORIZATION.as_str()) {
            let secret = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
            let (_, secret) = secret.ok_or_else(|| refuse("the Authorization header is no bearer token"))?;
            let token = api_token::recognise(&state.store, secret.trim(), ident::now()).await?;
            let opened = token.ok_or_else(|| refuse("the API token is unknown, revoked or expired"))?;
            let (role, scope) = (opened.role, opened.scope);
            let (account, id) = (opened.token.account, opened.token.id);
            return Ok(Self { account, id, role, session: None, scope, granted: None });
        }
        let session = session::find(state, &CookieJar::from_headers(&parts.headers)).await?;
        let session = session.ok_or_else(|| refuse("send an API token: Authorization: Bearer sga_…"))?;
        // A cookie comes along with requests that another site has made up; this header does not.
        let safe = matches!(parts.method, Method::GET | Method::HEAD);
        if !safe && !header(FORM_HEADER).is_some_and(|form| session::check_form(state, &session.cookie, form))
        {
            return Err(Error::refused(
                403,
                Code::ApiForbidden,
                format!("the header {FORM_HEADER} is missing or old"),
            ));
        }
        let digest = ident::digest(&session.cookie);
        let (operator, scope) = (session.operator, session.scope);
        Ok(Self {
            role: operator.role()?,
            account: operator.account,
            id: operator.id,
            session: Some(digest),
            scope,
            granted: None,
        })
    }
}
