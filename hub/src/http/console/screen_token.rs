//! The token by which a screen came, on the page of the screen.

use maud::{Markup, html};
use signage_protocol::token::Kind;

use super::super::Shared;
use super::confirm::confirm;
use super::layout::Viewer;
use super::tokens::{badge, meaning};
use crate::ident::Millis;
use crate::store::devices::Device;
use crate::store::tokens::State as TokenState;
use crate::{Error, Result, token};

/// Nothing for a screen that came by pairing, from another account, or by a token of many screens.
pub(super) async fn part(
    state: &Shared,
    account: &str,
    device: &Device,
    viewer: &Viewer<'_>,
    now: Millis,
) -> Result<Markup> {
    let Some(id) = &device.enrol_token else { return Ok(html! {}) };
    let token = match token::find(&state.store, account, id).await {
        Ok(token) if token.kind == Kind::Device => token,
        Ok(_) | Err(Error::NotFound { .. }) => return Ok(html! {}),
        Err(error) => return Err(error),
    };
    let standing = token.state(now);
    Ok(html! {
        div.card {
            h2 { "Token" }
            p { (badge(standing)) " " (meaning(&token, now)) " " a href={ "/tokens/" (id) } { "The token of this screen" } }
            div.actions {
                @if standing == TokenState::Active {
                    (confirm(
                        &format!("/tokens/{id}/revoke?screen={}", device.id),
                        &viewer.form,
                        "Revoke token",
                        "For a screen that is lost, stolen or out of use: it loses its authorization and stops playing. The token does not come back, but another can be generated for the same screen.",
                        &format!("Revoke the token of {}", device.name),
                    ))
                } @else {
                    form method="post" action={ "/tokens/" (id) "/renew" } {
                        input type="hidden" name="form" value=(viewer.form);
                        button.quiet type="submit" { "Generate new token" }
                    }
                }
            }
        }
    })
}
