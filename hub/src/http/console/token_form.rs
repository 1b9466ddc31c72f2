//! Making tokens on a page: one or many, and the page that shows them once with their downloads. The hub does not
//! keep what that page shows; its buttons send it back to be put into another form.

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use maud::html;
use serde::Deserialize;
use serde_json::Value;
use signage_protocol::Secret;
use signage_protocol::token::Kind;

use super::super::Shared;
use super::super::api::enrol_tokens::{download, provision};
use super::composing::Catalogue;
use super::form::{Checked, Nothing};
use super::layout::page;
use super::moment::day as date;
use super::session::Session;
use super::tokens::title;
use crate::composition::layouts::Design;
use crate::export::{self, Format};
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::store::composed::Composed as _;
use crate::store::tokens::{Grant, kind_name, parse_kind};
use crate::token::{self, MAX_BULK, Made};
use crate::{Error, Result, ident};

/// Tokens that are shown on the page itself.
const SHOWN: usize = 10;

/// What stands in the forms.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Input {
    kind: String,
    count: String,
    name: String,
    /// Id of a layout or a playlist; empty for the default of the account.
    default: String,
    folder: String,
    timezone: String,
    location: String,
    /// Separated by commas.
    tags: String,
    /// JSON, or nothing.
    network: String,
}

/// What the page that shows tokens sends back.
#[derive(Deserialize)]
pub(super) struct Shown {
    /// One a line.
    tokens: String,
    network: String,
    format: String,
}

impl Input {
    fn kind(&self) -> Kind {
        parse_kind(&self.kind).unwrap_or(Kind::Device)
    }

    fn grant(&self) -> Grant {
        let given = |text: &String| Some(text.clone()).filter(|text| !text.trim().is_empty());
        let layout = self.default.starts_with(Design::PREFIX);
        Grant {
            name: given(&self.name),
            playlist: given(&self.default).filter(|_| !layout),
            layout: given(&self.default).filter(|_| layout),
            folder: given(&self.folder),
            timezone: given(&self.timezone),
            location: given(&self.location),
            tags: self.tags.split(',').map(ToOwned::to_owned).collect(),
        }
    }
}

fn network(text: &str) -> Result<Option<Value>> {
    match text.trim() {
        "" => Ok(None),
        text => {
            let value = serde_json::from_str(text);
            value.map(Some).map_err(|error| Error::Invalid(format!("network settings: {error}")))
        }
    }
}

/// The form for one token.
pub(super) async fn new(
    State(state): State<Shared>,
    session: Session,
    Query(input): Query<Input>,
) -> Result<Response> {
    form(&state, &session, &input, false, None).await
}

/// The form for many.
pub(super) async fn many(State(state): State<Shared>, session: Session) -> Result<Response> {
    let input = Input { name: "Lobby {n:03}".into(), count: "10".into(), ..Input::default() };
    form(&state, &session, &input, true, None).await
}

/// Makes one.
pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<Input>,
) -> Result<Response> {
    let made = async {
        let (actor, now) = (session.may(Right::ManageScreens)?, ident::now());
        session.check_folder(Right::ManageScreens, Area::Screens, Some(&input.folder))?;
        // What cannot go into the file is said before the token is made.
        provision(&state, actor.account, network(&input.network)?.as_ref(), now).await?;
        let (kind, grant) = (input.kind(), input.grant());
        if kind == Kind::Device && grant.name.is_none() {
            return Err(Error::Invalid("name: give the screen a name".into()));
        }
        Ok(vec![token::create(&state.store, &actor, kind, grant, now).await?.into()])
    };
    answer(&state, &session, &input, false, made.await).await
}

/// Makes many.
pub(super) async fn bulk(
    State(state): State<Shared>,
    Checked(session, input): Checked<Input>,
) -> Result<Response> {
    let made = async {
        let (actor, now) = (session.may(Right::ManageScreens)?, ident::now());
        provision(&state, actor.account, network(&input.network)?.as_ref(), now).await?;
        session.check_folder(Right::ManageScreens, Area::Screens, Some(&input.folder))?;
        let count = input.count.trim().parse().unwrap_or_default();
        token::bulk(&state.store, &actor, count, 1, input.grant(), now).await
    };
    answer(&state, &session, &input, true, made.await).await
}

/// Makes another token for the screen of an old one.
pub(super) async fn renew(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, Nothing {}): Checked<Nothing>,
) -> Result<Response> {
    let actor = session.may(Right::ManageScreens)?;
    let made = token::renew(&state.store, &actor, &id, ident::now()).await?;
    shown(&state, &session, &[made.into()], "")
}

/// Gives what the page shows in another form.
pub(super) async fn files(
    State(state): State<Shared>,
    Checked(session, shown): Checked<Shown>,
) -> Result<Response> {
    let (actor, now) = (session.may(Right::ManageScreens)?, ident::now());
    let format: Format = shown.format.parse()?;
    let provision = provision(&state, actor.account, network(&shown.network)?.as_ref(), now).await?;
    let secrets = shown.tokens.split_whitespace().map(Secret::new).collect();
    let made = export::made(&state.store, actor.account, secrets).await?;
    download(format, made, provision, now).await
}

async fn answer(
    state: &Shared,
    session: &Session,
    input: &Input,
    many: bool,
    made: Result<Vec<Made>>,
) -> Result<Response> {
    match made {
        Ok(made) => shown(state, session, &made, &input.network),
        Err(error @ (Error::Invalid(_) | Error::Field { .. } | Error::NotFound { .. })) => {
            form(state, session, input, many, Some(&error)).await
        }
        Err(error) => Err(error),
    }
}

async fn form(
    state: &Shared,
    session: &Session,
    input: &Input,
    many: bool,
    error: Option<&Error>,
) -> Result<Response> {
    let catalogue =
        Catalogue::without_content(&state.store, &session.operator.account, &session.sight(state).await?)
            .await?;
    let viewer = session.viewer(state)?;
    let kind = if many { Kind::Device } else { input.kind() };
    let (heading, button) = match (many, kind) {
        (true, _) => ("Bulk generate tokens", "Generate tokens"),
        (false, Kind::Device) => ("Add display", "Generate token"),
        (false, Kind::Provisioning) => ("New provisioning token", "Generate token"),
    };
    let content = html! {
        div.head { h1 { (heading) } a.button.quiet href="/tokens" { "All tokens" } }
        div.card.form {
            p {
                @match (many, kind) {
                    (true, _) => "One device token for each screen. All get the same settings and a number in their name.",
                    (false, Kind::Device) => "The screen waits here until its device comes with the token, and gets these settings then.",
                    (false, Kind::Provisioning) => "Lets in any number of screens until you revoke it. All get these settings.",
                }
            }
            @if let Some(error) = error { p.alert role="alert" { (error) } }
            form method="post" action=(if many { "/tokens/bulk" } else { "/tokens/new" }) {
                input type="hidden" name="form" value=(viewer.form);
                input type="hidden" name="kind" value=(kind_name(kind));
                @if many {
                    label for="count" { "Number of screens" }
                    input #count type="number" name="count" min="1" max=(MAX_BULK) value=(input.count) required;
                }
                label for="name" { @if many { "Names" } @else if kind == Kind::Device { "Name of the screen" } @else { "Name, for you (optional)" } }
                input #name name="name" value=(input.name) maxlength="100" required[kind == Kind::Device] autofocus aria-describedby=[many.then_some("name-hint")];
                @if many { span #name-hint .minor { code { "{n}" } " becomes the number, " code { "{n:03}" } " the number with zeros in front: 001, 002, …" } }
                (catalogue.default_field(Some(&input.default)))
                label for="folder" { "Folder (optional)" }
                input #folder name="folder" value=(input.folder) maxlength="100" placeholder="Berlin/Foyer";
                label for="timezone" { "Time zone (optional)" }
                input #timezone name="timezone" value=(input.timezone) list="timezones" placeholder="Europe/Berlin" autocomplete="off";
                datalist #timezones { @for zone in jiff::tz::db().available() { option value=(zone) {} } }
                label for="location" { "Location (optional)" }
                input #location name="location" value=(input.location) maxlength="100";
                label for="tags" { "Tags (optional)" }
                input #tags name="tags" value=(input.tags) aria-describedby="tags-hint";
                span #tags-hint .minor { "Separated by commas." }
                details open[!input.network.is_empty()] {
                    summary { "Network settings" }
                    label for="network" { "Group " code { "network" } " of the provisioning file, as JSON (optional)" }
                    textarea #network name="network" rows="6" spellcheck="false" aria-describedby="network-hint" placeholder=(r#"{"connections": [{"type": "wifi", "ssid": "Shop", "security": "wpa2-psk", "psk": "…"}]}"#) { (input.network) }
                    span #network-hint .minor { "Goes into the file for the stick. The hub does not keep it." }
                }
                button type="submit" { (button) }
            }
        }
    };
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page(heading, Some(&viewer), content)).into_response())
}

fn shown(state: &Shared, session: &Session, made: &[Made], network: &str) -> Result<Response> {
    let viewer = session.viewer(state)?;
    let secrets: Vec<&str> = made.iter().map(|made| made.secret.expose()).collect();
    let heading = match made {
        [one] => format!("Token for {}", title(&one.token)),
        many => format!("{} tokens", many.len()),
    };
    let content = html! {
        div.head { h1 { (heading) } a.button.quiet href="/tokens" { "All tokens" } }
        div.card {
            p.good role="status" {
                "Copy or download this now: it is shown only once. "
                @if let Some(end) = made.first().and_then(|made| made.token.expires_at) { "To be used before " (date(end)) "." }
            }
            @if let [one] = made {
                pre tabindex="0" aria-label="Token" { code.secret { (one.secret.expose()) } }
            } @else {
                pre tabindex="0" aria-label="Tokens" {
                    @for one in made.iter().take(SHOWN) { code { (title(&one.token)) "  " (one.secret.expose()) "\n" } }
                    @if made.len() > SHOWN { code { "… and " (made.len() - SHOWN) " more in the downloads\n" } }
                }
            }
            form method="post" action="/tokens/files" {
                input type="hidden" name="form" value=(viewer.form);
                input type="hidden" name="tokens" value=(secrets.join("\n"));
                input type="hidden" name="network" value=(network);
                div.actions {
                    @if made.len() == 1 {
                        button type="submit" name="format" value=(Format::Config.as_str()) { "Download telemetry_config.json" }
                        button.quiet type="submit" name="format" value=(Format::Stick.as_str()) { "Download stick image" }
                        button.quiet type="submit" name="format" value=(Format::Text.as_str()) { "Download as text" }
                    } @else {
                        button type="submit" name="format" value=(Format::Csv.as_str()) { "Download CSV" }
                        button.quiet type="submit" name="format" value=(Format::Zip.as_str()) { "Download ZIP of configuration files" }
                    }
                }
            }
            p.hint {
                @if made.len() == 1 {
                    "Copy telemetry_config.json to the top folder of a FAT32 stick, or write the image to a stick, and plug it into the screen."
                } @else {
                    "The ZIP holds a folder with a ready telemetry_config.json for each screen, and the list."
                }
            }
        }
    };
    Ok(page(&heading, Some(&viewer), content).into_response())
}
