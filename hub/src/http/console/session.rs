//! Who is signed in: a random cookie, of which the hub stores the digest.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::Method;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use signage_protocol::problem::Code;

use super::super::peer::Peer;
use super::super::{Shared, user};
use super::layout::Viewer;
use crate::api_token::Actor;
use crate::folder_rights::{Area, Scope};
use crate::ident::{self, DAY, MINUTE, Millis, digest};
use crate::rights::Right;
use crate::seal::Purpose;
use crate::sight::{self, Sight};
use crate::store::operators::{self, Operator};
use crate::store::{self, audit};
use crate::{Error, Result, groups, pairing};

/// The browser keeps a `__Host-` cookie to this host, over TLS only.
pub const COOKIE: &str = "__Host-signage";
/// Before anybody is signed in: binds the form to the browser.
pub const GUEST_COOKIE: &str = "__Host-signage-guest";
/// While somebody who came with a pairing code signs in: that code.
const PAIR_COOKIE: &str = "__Host-signage-pair";
/// While somebody who wanted another page signs in: its path, in base 64.
const NEXT_COOKIE: &str = "__Host-signage-next";
/// Longest path that is kept.
const MAX_NEXT: usize = 1000;
/// How long somebody stays signed in.
pub const LIFETIME: Millis = 7 * DAY;
/// How long a form may lie open.
const FORM_LIFETIME: Millis = 12 * 60 * MINUTE;

/// Somebody who is signed in. Others are sent to the sign-in page.
#[derive(Debug, Clone)]
pub struct Session {
    /// The person.
    pub operator: Operator,
    /// The cookie.
    pub cookie: String,
    /// Where this person may do what.
    pub scope: Scope,
    /// What a group gives them beyond their role, for what this request is about. The guard of the routes finds out.
    pub granted: Option<Right>,
}

impl Session {
    /// Refuses those without a right.
    pub fn may(&self, right: Right) -> Result<Actor<'_>> {
        if self.operator.role()?.may(right) || self.granted == Some(right) {
            return Ok(self.actor());
        }
        Err(Error::refused(403, Code::ApiForbidden, "your role does not include this"))
    }

    /// Refuses those who may not do something in a folder: where something is to be made or put.
    pub fn check_folder(&self, right: Right, area: Area, folder: Option<&str>) -> Result<()> {
        user::check_folder(&self.scope, self.operator.role()?, right, area, folder)
    }

    /// What is there for this person, by id.
    pub async fn sight(&self, state: &Shared) -> Result<Sight> {
        Sight::load(&mut *state.store.read().await?, &self.operator.account, &self.scope).await
    }

    /// Refuses the code of a screen that is not there for them, as if there was no such code.
    pub async fn check_code(&self, state: &Shared, code: &str) -> Result<()> {
        let mut connection = state.store.read().await?;
        match sight::is_there(&mut connection, &self.operator.account, &self.scope, "codes", code.trim())
            .await?
        {
            true => Ok(()),
            false => Err(Error::NotFound { what: "authorization code", name: code.to_owned() }),
        }
    }

    /// This person, for the audit log.
    pub fn actor(&self) -> Actor<'_> {
        Actor { account: &self.operator.account, id: &self.operator.id }
    }

    /// What the head of a page shows to this person.
    pub fn viewer(&self, state: &Shared) -> Result<Viewer<'_>> {
        Ok(Viewer {
            email: &self.operator.email,
            role: self.operator.role()?,
            scope: &self.scope,
            form: form_token(state, &self.cookie),
        })
    }
}

impl FromRequestParts<Shared> for Session {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> std::result::Result<Self, Response> {
        if let Some(session) = parts.extensions.get::<Self>() {
            return Ok(session.clone());
        }
        let jar = CookieJar::from_headers(&parts.headers);
        match find(state, &jar).await {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err((jar_with_wanted(parts, jar), Redirect::to("/")).into_response()),
            Err(error) => Err(error.into_response()),
        }
    }
}

/// Keeps what somebody wanted who has to sign in first: the pairing code of a QR code, or the path of a page.
fn jar_with_wanted(parts: &Parts, jar: CookieJar) -> CookieJar {
    let query = Query::<HashMap<String, String>>::try_from_uri(&parts.uri).ok();
    let code = query.filter(|_| parts.uri.path() == "/pair");
    if let Some(code) = code.and_then(|query| pairing::parse(query.get("code")?)) {
        return jar.add(cookie(PAIR_COOKIE, code));
    }
    // What a browser shows, not what a page asks for in the background.
    let shown = parts.headers.get("sec-fetch-dest").is_none_or(|kind| kind == "document");
    let path = parts.uri.path_and_query().map(PathAndQuery::as_str).unwrap_or_default();
    match parts.method == Method::GET && shown && path != "/screens" && is_ours(path) {
        true => jar.add(cookie(NEXT_COOKIE, URL_SAFE_NO_PAD.encode(path))),
        false => jar,
    }
}

/// Whether a text is a path of this hub and nothing that leads a browser elsewhere.
fn is_ours(path: &str) -> bool {
    let plain = path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    plain && path.starts_with('/') && !path.starts_with("//") && path.len() <= MAX_NEXT
}

/// The page that somebody wanted before the sign-in.
fn next(jar: &CookieJar) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(jar.get(NEXT_COOKIE)?.value()).ok()?;
    String::from_utf8(bytes).ok().filter(|path| is_ours(path))
}

/// Where somebody goes who has just signed in: on with the pairing or to the page that they came for, else to the
/// screens. Never to another host.
pub fn after_sign_in(jar: CookieJar) -> (CookieJar, Redirect) {
    let code = jar.get(PAIR_COOKIE).and_then(|cookie| pairing::parse(cookie.value()));
    match code {
        Some(code) => {
            let to = Redirect::to(&format!("/pair?code={code}"));
            (jar.remove(cookie(PAIR_COOKIE, String::new())), to)
        }
        None => {
            let to = Redirect::to(next(&jar).as_deref().unwrap_or("/screens"));
            (jar.remove(cookie(NEXT_COOKIE, String::new())), to)
        }
    }
}

/// The session of a request, if there is one.
pub async fn find(state: &Shared, jar: &CookieJar) -> Result<Option<Session>> {
    let Some(cookie) = jar.get(COOKIE).map(|cookie| cookie.value().to_owned()) else {
        return Ok(None);
    };
    let operator = operators::by_session(&state.store, &digest(&cookie), ident::now()).await?;
    let Some(operator) = operator else {
        return Ok(None);
    };
    let scope = groups::scope(&mut *state.store.read().await?, &operator).await?;
    Ok(Some(Session { operator, cookie, scope, granted: None }))
}

/// A cookie that only this host gets, only over TLS, and no script sees.
pub fn cookie(name: &'static str, value: String) -> Cookie<'static> {
    Cookie::build((name, value)).path("/").secure(true).http_only(true).same_site(SameSite::Lax).build()
}

/// The hidden field that proves that a form came from us, to the browser with this cookie.
pub fn form_token(state: &Shared, cookie: &str) -> String {
    state.seal.make(Purpose::Form, digest(cookie).as_bytes(), ident::now() + FORM_LIFETIME)
}

/// Checks that hidden field.
pub fn check_form(state: &Shared, cookie: &str, token: &str) -> bool {
    let opened = state.seal.open(Purpose::Form, token, ident::now());
    opened.is_ok_and(|(subject, _)| subject == digest(cookie).as_bytes())
}

/// Binds a form to a browser in which nobody is signed in: its new cookie, and the hidden field.
pub fn guest(state: &Shared, jar: CookieJar) -> Result<(CookieJar, String)> {
    let guest = hex::encode(ident::random::<16>()?);
    let token = form_token(state, &guest);
    Ok((jar.add(cookie(GUEST_COOKIE, guest)), token))
}

/// Checks that hidden field.
pub fn check_guest(state: &Shared, jar: &CookieJar, token: &str) -> bool {
    check_form(state, jar.get(GUEST_COOKIE).map(Cookie::value).unwrap_or_default(), token)
}

/// Signs somebody in. None when the password is no longer the one with which `operator` was read.
pub async fn start(
    state: &Shared,
    jar: CookieJar,
    operator: &Operator,
    peer: Peer,
) -> Result<Option<CookieJar>> {
    let (value, now) = (hex::encode(ident::random::<32>()?), ident::now());
    let address = peer.text();
    let mut change = state.store.write().await?;
    if !operators::insert_session(&mut change, &digest(&value), operator, now, now + LIFETIME).await? {
        return Ok(None);
    }
    let entry = audit::Entry {
        account: Some(&operator.account),
        actor: &operator.id,
        action: "sign-in",
        subject: &operator.id,
        address: address.as_deref(),
        ..audit::Entry::default()
    };
    audit::record(&mut change, &entry, now).await?;
    store::commit(change).await?;
    Ok(Some(jar.remove(cookie(GUEST_COOKIE, String::new())).add(cookie(COOKIE, value))))
}
