//! Asking before what cannot be undone: a button opens the question, and the one below it does what it says.

use maud::{Markup, html};

/// A first button with `words`, the question, and the button that sends a form without fields to `action`. `sure`
/// names what is lost.
pub(super) fn confirm(action: &str, form: &str, words: &str, question: &str, sure: &str) -> Markup {
    confirm_with(action, form, words, question, sure, &[])
}

/// The same with fields that are sent along.
pub(super) fn confirm_with(
    action: &str,
    form: &str,
    words: &str,
    question: &str,
    sure: &str,
    fields: &[(&str, &str)],
) -> Markup {
    html! {
        details.confirm {
            summary.button.quiet { (words) }
            div {
                p { (question) }
                form method="post" action=(action) {
                    input type="hidden" name="form" value=(form);
                    @for (name, value) in fields { input type="hidden" name=(name) value=(value); }
                    button.danger type="submit" { (sure) }
                }
            }
        }
    }
}
