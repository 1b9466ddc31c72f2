//! The list of layouts, and the page of one, with the editor and without it.

use axum::extract::{Path, Query, State};
use axum::response::{Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::document::program::{Layout, Zone};

use super::super::super::Shared;
use super::super::form::{Checked, Nothing};
use super::super::layout::Viewer;
use super::super::moment::ago;
use super::super::session::Session;
use super::catalogue::Catalogue;
use super::fields::Fields;
use super::{answer, button, careful, editor, frame, picture, then};
use crate::composition::layouts::{self, Design, NewLayout};
use crate::composition::publishing;
use crate::folder_rights::Area;
use crate::rights::Right;
use crate::sight::quiet;
use crate::store::composed::{self, Draft};
use crate::{Error, Result, ident};

/// Sizes to begin with: label, width, height.
const SIZES: [(&str, u32, u32); 5] = [
    ("Full HD, landscape: 1920 × 1080", 1920, 1080),
    ("Full HD, portrait: 1080 × 1920", 1080, 1920),
    ("4K, landscape: 3840 × 2160", 3840, 2160),
    ("4K, portrait: 2160 × 3840", 2160, 3840),
    ("HD, landscape: 1280 × 720", 1280, 720),
];

/// What was just done, by the address; and which zone the form is about.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    saved: Option<String>,
    zone: Option<String>,
}

pub(super) async fn list(State(state): State<Shared>, session: Session) -> Result<Markup> {
    render_list(&state, &session, html! {}).await
}

async fn render_list(state: &Shared, session: &Session, message: Markup) -> Result<Markup> {
    let account = &session.operator.account;
    let mut found = composed::all::<Design>(&state.store, account).await?;
    let sight = session.sight(state).await?;
    found.retain(|one| sight.sees(&one.id));
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let now = ident::now();
    frame(state, session, "Layouts", |viewer| {
        html! {
            div.head { h1 { "Layouts" } p.summary { (found.len()) } }
            (message)
            @if found.is_empty() {
                div.card { h2 { "No layout yet" } p { "A layout divides a screen into zones that show things at the same time: a playlist beside a clock, a text below. Make one here, then draw its zones." } }
            }
            ul.plans {
                @for one in &found {
                    li.card.plan {
                        span aria-hidden="true" { (draw(&one.body, &one.name, &catalogue)) }
                        a href={ "/layouts/" (one.id) } { strong { (one.name) } }
                        span.minor { (one.body.width) " × " (one.body.height) ", changed " (ago(one.updated_at, now)) }
                    }
                }
            }
            @if viewer.may(Right::EditContent) {
                div.card.part {
                    h2 { "New layout" }
                    form method="post" action="/layouts" {
                        input type="hidden" name="form" value=(viewer.form);
                        label for="name" { "Name" }
                        input #name name="name" required maxlength="100";
                        label for="size" { "Size" }
                        select #size name="size" { @for (label, width, height) in SIZES { option value={ (width) "x" (height) } { (label) } } }
                        label for="folder" { "Folder (optional)" }
                        input #folder name="folder" maxlength="200" placeholder="Berlin/Foyer";
                        button type="submit" { "Make layout" }
                    }
                }
            }
        }
    })
}

/// A design as a picture.
pub(super) fn draw(design: &Design, name: &str, catalogue: &Catalogue) -> Markup {
    let layout = Layout {
        name: name.to_owned(),
        width: design.width,
        height: design.height,
        background: design.background.clone(),
        background_image: None,
        zones: design.zones.clone(),
    };
    picture::layout(&layout, &format!("Layout {name}"), &|id| catalogue.playlists.get(id).cloned())
}

pub(super) async fn create(
    State(state): State<Shared>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let actor = session.may(Right::EditContent)?;
    let size = input.text("size").split_once('x').and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
    let (width, height) = size.unwrap_or((1920, 1080));
    let design = Design { width, height, background: None, background_image: None, zones: Vec::new() };
    let folder = input.given("folder").map(ToOwned::to_owned);
    let new = NewLayout { name: input.text("name").to_owned(), folder, design };
    let made = async {
        session.check_folder(Right::EditContent, Area::Content, new.folder.as_deref())?;
        layouts::create(&state.store, &actor, new, ident::now()).await
    };
    let made = made.await;
    let next = made.map(|made| format!("/layouts/{}", made.id));
    answer(next, async |message| render_list(&state, &session, message).await).await
}

pub(super) async fn show(
    State(state): State<Shared>,
    session: Session,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Markup> {
    let message = match asked.saved {
        Some(_) => html! { p.good role="status" { "Saved. Screens show it once it is published." } },
        None => html! {},
    };
    let draft = find(&state, &session, &id).await?;
    render(&state, &session, &draft, asked.zone.as_deref(), message).await
}

async fn find(state: &Shared, session: &Session, id: &str) -> Result<Draft<Design>> {
    composed::find::<Design>(&mut *state.store.read().await?, &session.operator.account, id).await
}

/// The page for a draft, which may be one that could not be saved.
async fn render(
    state: &Shared,
    session: &Session,
    draft: &Draft<Design>,
    zone: Option<&str>,
    message: Markup,
) -> Result<Markup> {
    let account = &session.operator.account;
    let sight = session.sight(state).await?;
    let catalogue = Catalogue::load(&state.store, account, &sight).await?;
    let waits = publishing::pending(&state.store, account).await?.iter().any(|change| change.id == draft.id);
    frame(state, session, &draft.name, |viewer| {
        html! {
            p { a href="/layouts" { "Layouts" } }
            div.head {
                h1 { (draft.name) }
                @if waits { span.state.offline { "Not published" } } @else { span.state.online { "Published" } }
            }
            (message)
            @if viewer.may_in(Right::EditContent, draft.folder.as_deref()) {
                (editor::editor(draft, &catalogue, viewer))
                (editor::without_script(draft, zone, &catalogue, viewer))
                (rest(draft, waits, viewer))
            } @else {
                (draw(&draft.body, &draft.name, &catalogue))
            }
        }
    })
}

fn rest(draft: &Draft<Design>, waits: bool, viewer: &Viewer<'_>) -> Markup {
    let path = format!("/layouts/{}", draft.id);
    html! {
        div.card.part {
            h2 { "On the screens" }
            @if waits {
                p { "What you saved here differs from what screens show." }
                @if viewer.may_everywhere(Right::Publish) { (button(viewer, "/publish", "Publish this layout", "", &[("only", &draft.id)])) }
            } @else { p { "Screens show it as it is here." } }
            div.actions {
                @if viewer.may_in(Right::EditContent, None) { a.button.quiet href={ "/schedule/new?target=" (draft.id) } { "Schedule it" } }
                (button(viewer, &format!("{path}/duplicate"), "Duplicate", "quiet", &[]))
            }
            (careful(viewer, &format!("{path}/delete"), "Delete layout", "The layout is removed."))
        }
    }
}

pub(super) async fn change(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let mut draft = find(&state, &session, &id).await?;
    let result = async {
        draft.name = input.text("name").to_owned();
        draft.folder = input.given("folder").map(ToOwned::to_owned);
        draft.body = serde_json::from_str(input.text("design"))
            .map_err(|error| Error::Invalid(format!("The layout cannot be read: {error}.")))?;
        save(&state, &session, &draft).await
    };
    let next = result.await.map(|()| format!("/layouts/{id}?saved=1"));
    answer(next, async |message| render(&state, &session, &draft, None, message).await).await
}

/// Changes, adds or removes one zone: what the page can do without the editor.
pub(super) async fn change_zone(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, input): Checked<Fields>,
) -> Result<Response> {
    let mut draft = find(&state, &session, &id).await?;
    let own = input.text("zone").to_owned();
    let result = async {
        let zones = &mut draft.body.zones;
        match (zones.iter().position(|zone| zone.id == own), input.ticked("remove")) {
            (Some(at), true) => drop(zones.remove(at)),
            (Some(at), false) => zones[at] = editor::zone(&input, &own, Some(&zones[at]))?,
            (None, _) => {
                let fresh = free(zones);
                zones.push(editor::zone(&input, &fresh, None)?);
            }
        }
        save(&state, &session, &draft).await
    };
    let next = result.await.map(|()| format!("/layouts/{id}?saved=1"));
    answer(next, async |message| render(&state, &session, &draft, Some(&own), message).await).await
}

/// A name that no zone has.
fn free(zones: &[Zone]) -> String {
    let taken = |name: &String| zones.iter().any(|zone| zone.id == *name);
    (1..).map(|number: u32| format!("zone{number}")).find(|name| !taken(name)).unwrap_or_default()
}

async fn save(state: &Shared, session: &Session, draft: &Draft<Design>) -> Result<()> {
    let actor = session.may(Right::EditContent)?;
    session.check_folder(Right::EditContent, Area::Content, draft.folder.as_deref())?;
    let new =
        NewLayout { name: draft.name.clone(), folder: draft.folder.clone(), design: draft.body.clone() };
    layouts::change(&state.store, &actor, &draft.id, new, ident::now()).await.map(drop)
}

pub(super) async fn duplicate(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    let made = layouts::duplicate(&state.store, &actor, &id, ident::now()).await?;
    Ok(Redirect::to(&format!("/layouts/{}", made.id)))
}

pub(super) async fn delete(
    State(state): State<Shared>,
    Path(id): Path<String>,
    Checked(session, _): Checked<Nothing>,
) -> Result<Redirect> {
    let actor = session.may(Right::EditContent)?;
    then(quiet(&session.scope, layouts::delete(&state.store, &actor, &id, ident::now()).await), "/layouts")
}
