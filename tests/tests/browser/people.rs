//! People: the first one, those who are invited, the second step of signing in, and the end of a session.

use anyhow::{Context as _, Result, ensure};
use signage_hub::ident::{self, SECOND};

use crate::site::{EMAIL, PASSWORD, Site};

pub async fn first_run(site: &Site<'_>) -> Result<()> {
    // Without the link, the sign-in page says what to do.
    site.open("/").await?;
    site.sees("This hub has no account yet").await?;
    let link = site.hub.setup_url.as_ref().context("no link")?.expose().to_owned();
    site.open(&link).await?;
    site.fill("Name of the account, such as your company", "Acme").await?;
    site.fill("Your e-mail address", EMAIL).await?;
    site.fill("New password", PASSWORD).await?;
    site.click("Make the account").await?;
    site.sees("No screens yet").await?;
    // The link works once.
    site.click("Sign out").await?;
    site.expect(404).open(&link).await?;
    site.sees("This link has ended").await?;
    site.click_near("Sign in", "It was used").await?;
    site.sign_in(EMAIL).await?;
    site.sees("No screens yet").await
}

pub async fn invitation(site: &Site<'_>) -> Result<()> {
    site.sign_in(EMAIL).await?;
    site.click("People").await?;
    site.sees("You are alone").await?;
    site.fill("E-mail address", "bea@example.org").await?;
    site.choose_near("Role", "Invite somebody", "content manager").await?;
    site.click("Make a link").await?;
    let link = site.copy().await?;
    site.click("Sign out").await?;
    site.open(&link).await?;
    site.sees("Join Acme").await?;
    site.fill("New password", PASSWORD).await?;
    site.click("Join").await?;
    site.sees("No screens yet").await?;
    site.sees("bea@example.org").await?;
    // A content manager does not see what only admins do.
    site.misses("People").await?;
    site.misses("Audit").await?;
    site.click("Sign out").await?;

    // The role is changed, and the person removed.
    site.sign_in(EMAIL).await?;
    site.click("People").await?;
    site.choose("Role of bea@example.org", "viewer").await?;
    site.click_near("Change", "bea@example.org").await?;
    ensure!(site.value("Role of bea@example.org").await? == "viewer");
    site.click_near("Remove", "bea@example.org").await?;
    site.sees("Ends every session").await?;
    site.click("Remove bea@example.org").await?;
    ensure!(site.row("bea@example.org").await.is_err(), "still there");
    // The last admin stays.
    site.click_near("Remove", EMAIL).await?;
    site.expect(409).click(&format!("Remove {EMAIL}")).await?;
    site.sees("last admin").await
}

/// The code that an app shows for a secret, some steps of 30 seconds from now.
fn code(secret: &str, steps: i64) -> Result<String> {
    let secret = totp_rs::Secret::try_from_base32(secret.replace(' ', ""));
    let secret = secret.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let totp = totp_rs::Builder::new().with_secret(secret).build();
    let totp = totp.map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let at = ident::now() / SECOND + 30 * steps;
    Ok(totp.generate(at.unsigned_abs()).to_string())
}

pub async fn second_step(site: &Site<'_>) -> Result<()> {
    site.sign_in(EMAIL).await?;
    site.click(EMAIL).await?;
    site.click("Set up").await?;
    let secret: String =
        site.chromium.script("return document.querySelector('main code').innerText", vec![]).await?;
    site.fill("Type the code that the app shows now", "000000").await?;
    site.expect(422).click("Switch on").await?;
    site.sees("code is not right").await?;
    site.fill("Type the code that the app shows now", &code(&secret, -1)?).await?;
    site.click("Switch on").await?;
    site.sees("The second step is on").await?;
    let recovery: String =
        site.chromium.script("return document.querySelector('.codes code').innerText", vec![]).await?;
    site.click("Sign out").await?;

    // With the code of the app, after a wrong one.
    site.sign_in(EMAIL).await?;
    site.sees("Second step").await?;
    site.fill("Code of your authenticator app", "000000").await?;
    site.expect(401).click("Sign in").await?;
    site.fill("Code of your authenticator app", &code(&secret, 0)?).await?;
    site.click("Sign in").await?;
    site.sees("No screens yet").await?;
    site.click("Sign out").await?;
    // With a recovery code.
    site.sign_in(EMAIL).await?;
    site.fill("Code of your authenticator app", &recovery).await?;
    site.click("Sign in").await?;
    site.sees("No screens yet").await?;
    // Off again, with the password.
    site.click(EMAIL).await?;
    site.sees("9 of 10 recovery codes").await?;
    site.fill_near("Present password", "Switch off", PASSWORD).await?;
    site.click("Switch off").await?;
    site.sees("The second step is off").await
}

pub async fn session_end(site: &Site<'_>) -> Result<()> {
    // A wrong password says nothing about which part was wrong, and keeps the address.
    site.open("/").await?;
    site.fill("E-mail address", EMAIL).await?;
    site.fill("Password", "something else").await?;
    site.expect(401).click("Sign in").await?;
    site.sees("The e-mail address or the password is not right").await?;
    ensure!(site.value("E-mail address").await? == EMAIL);
    site.fill("Password", PASSWORD).await?;
    site.click("Sign in").await?;
    site.click("Tokens").await?;
    // A new password ends the other sessions, not this one.
    site.click(EMAIL).await?;
    site.fill_near("Present password", "Change password", "not this").await?;
    site.fill("New password", "battery staple horse").await?;
    site.expect(422).click("Change password").await?;
    site.sees("The present password is not right").await?;
    site.fill_near("Present password", "Change password", PASSWORD).await?;
    site.fill("New password", "battery staple horse").await?;
    site.click("Change password").await?;
    site.sees("Your password is changed").await?;
    // The session ends while a page is open: the next click leads to the sign-in page, not to an error.
    site.chromium.cdp("Network.clearBrowserCookies", serde_json::json!({})).await?;
    site.click("Tokens").await?;
    site.sees("Sign in").await?;
    site.misses("Sign out").await
}
