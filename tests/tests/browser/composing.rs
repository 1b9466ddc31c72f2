//! From a file to the screen: content, playlists, layouts, the schedule, overrides, and who has to approve.

use anyhow::{Context as _, Result, ensure};
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use signage_hub::ident;
use signage_hub::rights::Role;
use signage_hub::token::{self, Grant};
use signage_protocol::token::Kind;

use crate::device_tokens::playlist;
use crate::pages::somebody;
use crate::screen::Screen;
use crate::site::{EMAIL, Site};

/// A screen of the account, in Berlin.
async fn screen(site: &Site<'_>) -> Result<Screen> {
    let grant =
        Grant { name: Some("Lobby".into()), timezone: Some("Europe/Berlin".into()), ..Grant::default() };
    let (_, secret) = token::create(site.store(), &site.cli()?, Kind::Device, grant, ident::now()).await?;
    let screen = Screen::new(site, 1)?;
    screen.enroll(secret.expose()).await?;
    Ok(screen)
}

/// What the screen plays, as text.
async fn plays(site: &Site<'_>, screen: &Screen) -> Result<String> {
    let plays = screen.plays(&site.account()?.public_key()?).await?;
    Ok(plays.context("it does not play")?.to_string())
}

pub async fn upload_to_screen(site: &Site<'_>) -> Result<()> {
    let screen = screen(site).await?;
    let mut digests = Vec::new();
    let mut files = Vec::new();
    for (name, colour) in [("With script.png", [200, 80, 20]), ("Without script.png", [20, 80, 200])] {
        let path = site.file(name, b"")?;
        image::RgbImage::from_pixel(320, 180, image::Rgb(colour)).save(&path)?;
        digests.push(hex::encode(Sha256::digest(std::fs::read(&path)?)));
        files.push(path);
    }
    // In parts, by the script of the page; then by the form alone.
    site.sign_in(EMAIL).await?;
    site.click("Content").await?;
    site.sees("No content yet").await?;
    site.attach("Add images and videos", &files[0]).await?;
    site.click("Upload").await?;
    site.sees("The files are here").await?;
    site.look().await?;
    site.chromium.scripts(false).await?;
    site.click("Content").await?;
    site.attach("Add images and videos", &files[1]).await?;
    site.click("Upload").await?;
    site.sees("The files are here").await?;
    site.chromium.scripts(true).await?;
    site.click("Playlists").await?;
    site.sees("No playlist yet").await?;
    site.fill("Name", "Menu").await?;
    site.click("Make playlist").await?;
    for name in ["With script", "Without script"] {
        site.choose("Shows", &title(site, name).await?).await?;
        site.click("Add").await?;
        site.row(name).await?;
    }
    site.click_near("Up", "Without script").await?;
    site.click("Publish this playlist").await?;
    site.sees("Published").await?;
    site.click("Playlists").await?;
    site.click("Menu").await?;
    site.click("Make it the default of the account").await?;
    let plays = plays(site, &screen).await?;
    for digest in &digests {
        ensure!(plays.contains(digest), "{digest} is not in {plays}");
    }
    // In the order of the playlist.
    ensure!(plays.find("Without script") < plays.find("With script"), "{plays}");
    Ok(())
}

/// The choice that begins with a name: what a file is called may have an ending.
async fn title(site: &Site<'_>, name: &str) -> Result<String> {
    let script = "return [...document.querySelectorAll('option')].map((one) => one.textContent).find((one) => one.startsWith(arguments[0]))";
    site.chromium.script(script, vec![json!(name)]).await
}

/// Drags the mouse over the editor: places are those of the layout.
async fn drag(site: &Site<'_>, from: (u32, u32), to: (u32, u32)) -> Result<()> {
    let script = "const canvas = document.getElementById('canvas');\
                  canvas.scrollIntoView({ block: 'center' });\
                  const matrix = canvas.getScreenCTM();\
                  return [...arguments].map(([x, y]) => { const at = new DOMPoint(x, y).matrixTransform(matrix); return [at.x, at.y]; })";
    let arguments = vec![json!([from.0, from.1]), json!([to.0, to.1])];
    let points: Vec<(f64, f64)> = site.chromium.script(script, arguments).await?;
    let [(x, y), (to_x, to_y)] = points[..] else { anyhow::bail!("no places") };
    let go = |x, y| PointerAction::MoveTo { duration: None, x, y };
    let actions = MouseActions::new("mouse".into())
        .then(go(x, y))
        .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
        .then(go((x + to_x) / 2.0, (y + to_y) / 2.0))
        .then(go(to_x, to_y))
        .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
    site.chromium.client.perform_actions(actions).await?;
    Ok(())
}

/// The zones in the editor: name, place, size, layer.
async fn zones(site: &Site<'_>) -> Result<Vec<(String, [i64; 5])>> {
    let script = "return JSON.parse(document.querySelector('[name=design]').value).zones";
    let zones: Vec<Value> = site.chromium.script(script, vec![]).await?;
    let number = |zone: &Value, key: &str| zone[key].as_i64().unwrap_or_default();
    let read = |zone: &Value| {
        let name = zone["name"].as_str().unwrap_or_default().to_owned();
        (name, ["x", "y", "width", "height", "z"].map(|key| number(zone, key)))
    };
    Ok(zones.iter().map(read).collect())
}

pub async fn layout_editor(site: &Site<'_>) -> Result<()> {
    playlist(site, "Menu", true).await?;
    site.sign_in(EMAIL).await?;
    site.click("Layouts").await?;
    site.sees("No layout yet").await?;
    site.fill("Name", "Counter").await?;
    site.choose("Size", "Full HD, landscape: 1920 × 1080").await?;
    site.click("Make layout").await?;
    site.sees("No zone yet").await?;

    // Draws a zone, names it, moves it, and makes it larger by its corner.
    site.click("Draw zone").await?;
    drag(site, (100, 100), (1060, 640)).await?;
    site.fill("Name", "Main").await?;
    drag(site, (580, 380), (780, 480)).await?;
    ensure!(zones(site).await? == [("Main".into(), [300, 200, 960, 540, 0])], "{:?}", zones(site).await?);
    drag(site, (1260, 740), (1460, 840)).await?;
    ensure!(zones(site).await? == [("Main".into(), [300, 200, 1160, 640, 0])], "{:?}", zones(site).await?);
    site.choose("Shows", "Media list (a playlist)").await?;
    site.choose("Playlist", "Menu").await?;

    // A second one before it, then behind it; what was done is undone, and done again.
    site.click("Add zone").await?;
    site.fill("Text", "Welcome").await?;
    site.fill("Name", "Greeting").await?;
    site.click("To the back").await?;
    let behind = zones(site).await?;
    let layer = |zones: &[(String, [i64; 5])], name: &str| {
        zones.iter().find(|zone| zone.0 == name).map(|zone| zone.1[4])
    };
    ensure!(layer(&behind, "Greeting") < layer(&behind, "Main"), "{behind:?}");
    site.click("Undo").await?;
    let before = zones(site).await?;
    ensure!(layer(&before, "Greeting") > layer(&before, "Main"), "{before:?}");
    site.click("Redo").await?;
    ensure!(zones(site).await? == behind, "{:?}", zones(site).await?);
    site.sees("There are changes that are not saved").await?;
    site.click("Save").await?;
    site.sees("Saved").await?;
    site.click("Layouts").await?;
    site.click("Counter").await?;
    ensure!(zones(site).await? == behind, "{:?}", zones(site).await?);

    // By the keyboard alone: the arrows move a zone, with Shift they change its size.
    site.click("Main").await?;
    site.chromium.script::<Option<()>>("document.getElementById('canvas').focus()", vec![]).await?;
    site.press(fantoccini::key::Key::Right).await?;
    let moved = zones(site).await?;
    let main = moved.iter().find(|zone| zone.0 == "Main").context("no zone")?;
    ensure!(main.1[0] == 320, "{moved:?}");
    site.click("Save").await?;

    // The same page without scripts has forms.
    site.chromium.scripts(false).await?;
    site.click("Layouts").await?;
    site.click("Counter").await?;
    ensure!(site.row("Main").await?.contains("320, 200"), "{}", site.row("Main").await?);
    site.click("Main").await?;
    site.fill("Width", "800").await?;
    site.click("Save zone").await?;
    ensure!(site.row("Main").await?.contains("800 × 640"), "{}", site.row("Main").await?);
    site.fill("Name", "Time").await?;
    site.choose("Shows", "Clock").await?;
    site.click("Save zone").await?;
    ensure!(site.row("Time").await?.contains("960 × 540"), "{}", site.row("Time").await?);
    site.click("Greeting").await?;
    site.click("Remove zone").await?;
    ensure!(site.row("Greeting").await.is_err(), "still there");
    Ok(())
}

pub async fn scheduling(site: &Site<'_>) -> Result<()> {
    let screen = screen(site).await?;
    playlist(site, "Everywhere", true).await?;
    playlist(site, "Lunch", false).await?;
    playlist(site, "Party", false).await?;
    let day = ident::timestamp(ident::now() + 7 * ident::DAY).strftime("%Y-%m-%d").to_string();
    site.sign_in(EMAIL).await?;
    site.click("Schedule").await?;
    site.sees("Nothing is scheduled").await?;
    for (name, from, to) in [("Lunch", "11:30", "14:00"), ("Party", "13:00", "18:00")] {
        site.click("New entry").await?;
        site.fill("Name", name).await?;
        site.choose("Shows", name).await?;
        site.pick("First day", &day).await?;
        site.pick("From, time 1", from).await?;
        site.pick("to, time 1", to).await?;
        site.click("Save").await?;
        site.sees("Screens follow it once it is published").await?;
    }
    // Both at one o'clock, with the same priority.
    site.sees("Party is shown instead of Lunch on 1 screen").await?;
    site.click_near("Lunch", "11:30").await?;
    site.fill("Priority (the higher one is shown; of equal ones the newest)", "5").await?;
    site.click("Save").await?;
    site.misses("have the same priority").await?;
    site.sees("1 overlaps that priorities decide").await?;

    // What the screen will show then: at first only as a draft.
    site.click("Screens").await?;
    site.click("Lobby").await?;
    site.click("What it shows").await?;
    site.pick("Day", &day).await?;
    site.pick("Time", "13:30").await?;
    site.click("Show").await?;
    site.sees("Everywhere, by the account's default").await?;
    site.click("with what is not published").await?;
    site.click("Show").await?;
    site.sees("Lunch, by the schedule entry Lunch with priority 5").await?;
    ensure!(site.row("14:00").await?.contains("Party"), "{}", site.row("14:00").await?);
    site.click("Publish").await?;
    site.sees("Not published yet").await?;
    site.fill("What it is about (optional)", "Christmas party").await?;
    site.click("Publish all").await?;
    site.sees("Published. Screens that are online show it").await?;
    ensure!(plays(site, &screen).await?.contains("Party"));
    Ok(())
}

pub async fn overrides(site: &Site<'_>) -> Result<()> {
    let screen = screen(site).await?;
    playlist(site, "Everywhere", true).await?;
    playlist(site, "Leave the building", false).await?;
    site.sign_in(EMAIL).await?;
    site.click("Schedule").await?;
    site.click("Overrides").await?;
    site.sees("No override").await?;
    site.fill("Name", "Fire alarm").await?;
    site.choose("Shows", "Leave the building").await?;
    site.click("Start now").await?;
    ensure!(site.row("Fire alarm").await?.contains("Shown"), "{}", site.row("Fire alarm").await?);
    ensure!(plays(site, &screen).await?.contains("Leave the building"), "it does not know");
    site.click_near("Stop", "Fire alarm").await?;
    ensure!(site.row("Fire alarm").await?.contains("Stopped"), "{}", site.row("Fire alarm").await?);
    ensure!(!plays(site, &screen).await?.contains("Leave the building"), "it goes on");
    Ok(())
}

pub async fn approval(site: &Site<'_>) -> Result<()> {
    let screen = screen(site).await?;
    playlist(site, "Everywhere", true).await?;
    somebody(site, "cleo@example.org", Role::Content).await?;
    site.sign_in(EMAIL).await?;
    site.click("Publish").await?;
    site.click("Default and approval").await?;
    site.choose("Who needs an approval to publish", "Content managers: an admin approves").await?;
    site.click("Save").await?;
    site.click("Sign out").await?;
    // A content manager changes what screens show, and asks.
    site.sign_in("cleo@example.org").await?;
    site.click("Playlists").await?;
    site.click("Everywhere").await?;
    site.choose("Shows", "Web page, by its address").await?;
    site.fill("Address of the web page (only for a web page)", "https://example.org/menu").await?;
    site.click("Add").await?;
    site.sees("Not published").await?;
    site.click("Publish").await?;
    site.click("Ask for approval").await?;
    site.sees("Sent for approval").await?;
    site.misses("Approve and publish").await?;
    ensure!(!plays(site, &screen).await?.contains("example.org/menu"), "published without approval");
    site.click("Sign out").await?;
    // An admin approves it.
    site.sign_in(EMAIL).await?;
    site.click("Publish").await?;
    site.sees("cleo@example.org").await?;
    site.fill("Answer (optional)", "Looks good").await?;
    site.click("Approve and publish").await?;
    ensure!(site.row("Looks good").await?.contains("In force"), "{}", site.row("Looks good").await?);
    ensure!(plays(site, &screen).await?.contains("example.org/menu"), "approved, but not published");
    Ok(())
}
