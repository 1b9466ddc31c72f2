//! What all pages share.

use maud::{DOCTYPE, Markup, html};

/// A whole page. `signed_in` is the operator's address and the token for the sign-out form.
pub fn page(title: &str, signed_in: Option<(&str, &str)>, content: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " – Signage" }
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                link rel="stylesheet" href="/assets/style.css";
            }
            body {
                header.bar {
                    a.brand href="/" { span.mark aria-hidden="true" {} "Signage" }
                    @if let Some((email, token)) = signed_in {
                        form method="post" action="/sign-out" {
                            span.who { (email) }
                            input type="hidden" name="form" value=(token);
                            button.quiet type="submit" { "Sign out" }
                        }
                    }
                }
                main { (content) }
            }
        }
    }
}
