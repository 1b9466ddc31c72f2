//! Pages that follow what happens while they are open.

use anyhow::{Context as _, Result, ensure};
use signage_hub::ident;
use signage_hub::store::{self, devices};
use signage_hub::token::{self, Grant};
use signage_protocol::token::Kind;

use crate::screen::Screen;
use crate::site::{EMAIL, Site};

pub async fn live_state(site: &Site<'_>) -> Result<()> {
    let grant = Grant { name: Some("Lobby".into()), ..Grant::default() };
    let (_, secret) = token::create(site.store(), &site.cli()?, Kind::Device, grant, ident::now()).await?;
    let screen = Screen::new(site, 1)?;
    screen.enroll(secret.expose()).await?;
    let bearer = screen.bearer().await?;
    // It was last seen long ago.
    let mut change = site.store().write().await?;
    let mut device = devices::by_id(&mut change, &screen.id()).await?.context("no screen")?;
    device.last_seen = ident::now() - ident::DAY;
    devices::put(&mut change, &device).await?;
    store::commit(change).await?;
    site.sign_in(EMAIL).await?;
    site.click("Lobby").await?;
    let state = "return document.getElementById('live-state').innerText";
    let before: String = site.chromium.script(state, vec![]).await?;
    ensure!(before.trim() == "Offline", "{before}");
    // Somebody is writing, and the screen connects.
    site.fill("Location", "Main ent").await?;
    site.chromium.script::<Option<()>>("window.untouched = true", vec![]).await?;
    let session = screen.connect(&bearer).await?;
    let until = "return document.getElementById('live-state').innerText.trim() === 'Online'";
    site.waits("the screen is online", until).await?;
    let untouched: bool = site.chromium.script("return window.untouched === true", vec![]).await?;
    ensure!(untouched, "the page was loaded again");
    ensure!(site.value("Location").await? == "Main ent", "what was typed is gone");
    ensure!(site.focus().await?.starts_with("Location"), "the focus is gone: {}", site.focus().await?);
    // And it leaves.
    drop(session);
    let until = "return document.getElementById('live-facts').innerText.includes('Last seen')";
    site.waits("the facts", until).await?;
    ensure!(site.value("Location").await? == "Main ent", "what was typed is gone");
    site.click("Save").await?;
    site.sees("Main ent").await
}
