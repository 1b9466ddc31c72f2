//! A form that was refused and is shown again: what somebody typed stays in it, and what is wrong with a field stands
//! beside that field. Pages make their forms anew from what is stored and say what was wrong above them; this goes over
//! what they made, so that every form has it. What it cannot place stays as the page has it.

use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::{Uri, header};
use axum::response::Response;

/// Longest page that is gone over.
const MAX_PAGE: usize = 4 << 20;
/// Where a page says which field an error is about; see the `Render` of [`crate::Error`].
pub(super) const MARK: &str = "data-wrong";

/// What somebody has sent with a form, from where it is read to where the answer goes out.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Typed(Arc<Mutex<Vec<(String, String)>>>);

impl Typed {
    /// Keeps the fields of a form.
    pub(super) fn keep(&self, fields: Vec<(String, String)>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = fields;
    }

    fn take(&self) -> Vec<(String, String)> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The answer to a form that was sent to `uri`.
pub(in super::super) async fn again(response: Response, uri: &Uri, typed: &Typed) -> Response {
    let typed = typed.take();
    let html = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if typed.is_empty() || !html || !response.status().is_client_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MAX_PAGE).await else {
        return Response::from_parts(parts, Body::empty());
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    let body = match std::str::from_utf8(&bytes) {
        Ok(page) => Body::from(filled(page, uri, &typed).unwrap_or_else(|| page.to_owned())),
        Err(_) => Body::from(bytes),
    };
    Response::from_parts(parts, body)
}

/// A page with its form as it was sent; nothing when it has no such form, or several.
fn filled(page: &str, uri: &Uri, typed: &[(String, String)]) -> Option<String> {
    let whole = uri.path_and_query().map_or_else(|| uri.path(), |whole| whole.as_str());
    let is_ours = |tag: &str| {
        let action = attribute(tag, "action").map(|action| action.replace("&amp;", "&"));
        action.is_some_and(|action| action == whole || action == uri.path())
    };
    let mut forms = page.match_indices("<form ").filter(|(at, _)| is_ours(tag_at(page, *at)));
    let (begin, _) = forms.next()?;
    if forms.next().is_some() {
        return None;
    }
    let end = begin + page[begin..].find("</form>")?;
    let wrong = wrong(page);
    let form = Form { typed, wrong: wrong.as_ref() }.filled(&page[begin..end]);
    Some([&page[..begin], &form, &page[end..]].concat())
}

/// The field that an error is about, and what the page says of it.
fn wrong(page: &str) -> Option<(String, String)> {
    let at = page.find(&format!("<span {MARK}=\""))?;
    let tag = tag_at(page, at);
    let rest = &page[at + tag.len()..];
    Some((plain(attribute(tag, MARK)?), rest.split_once("</span>")?.0.to_owned()))
}

/// Names of fields in the API and in forms differ in how words are put together.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

/// A tag from its `<` to its `>`, which stands in no value: those are escaped.
fn tag_at(page: &str, at: usize) -> &str {
    page[at..].find('>').map_or("", |end| &page[at..=at + end])
}

fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    tag.split_once(&format!(" {name}=\""))?.1.split_once('"').map(|(value, _)| value)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A tag without an attribute, with or without a value.
fn without(tag: &str, name: &str) -> String {
    match attribute(tag, name) {
        Some(value) => tag.replacen(&format!(" {name}=\"{value}\""), "", 1),
        None => {
            let bare = format!(" {name}");
            match tag.find(&bare) {
                Some(at) if tag[at + bare.len()..].starts_with([' ', '>']) => {
                    format!("{}{}", &tag[..at], &tag[at + bare.len()..])
                }
                _ => tag.to_owned(),
            }
        }
    }
}

fn with(tag: &str, more: &str) -> String {
    format!("{} {more}>", tag.trim_end_matches('>'))
}

struct Form<'a> {
    typed: &'a [(String, String)],
    wrong: Option<&'a (String, String)>,
}

impl Form<'_> {
    fn typed(&self, name: &str) -> Option<&str> {
        self.typed.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    fn filled(&self, form: &str) -> String {
        let mut out = String::with_capacity(form.len() + 1024);
        let mut rest = form;
        let mut chosen: Option<String> = None;
        // What is said once a control that has an end tag has ended.
        let mut said: Option<(&str, String)> = None;
        while let Some(at) = rest.find('<') {
            let tag = tag_at(rest, at);
            if tag.is_empty() {
                break;
            }
            out.push_str(&rest[..at]);
            rest = &rest[at + tag.len()..];
            let name = attribute(tag, "name").unwrap_or_default().to_owned();
            let word = tag[1..].split([' ', '>']).next().unwrap_or_default();
            match word {
                "input" => {
                    let (tag, message) = self.marked(&self.input(tag, &name), &name);
                    out.push_str(&tag);
                    out.push_str(&message);
                }
                "select" => {
                    chosen = self.typed(&name).map(escaped);
                    let (tag, message) = self.marked(tag, &name);
                    out.push_str(&tag);
                    said = Some(("</select>", message));
                }
                "option" => match &chosen {
                    Some(value) => {
                        let bare = without(tag, "selected");
                        let own = attribute(tag, "value") == Some(value.as_str());
                        out.push_str(&if own { with(&bare, "selected") } else { bare });
                    }
                    None => out.push_str(tag),
                },
                "textarea" => {
                    let (tag, message) = self.marked(tag, &name);
                    out.push_str(&tag);
                    if let (Some(value), Some(end)) = (self.typed(&name), rest.find("</textarea>")) {
                        out.push_str(&escaped(value));
                        rest = &rest[end..];
                    }
                    said = Some(("</textarea>", message));
                }
                _ => {
                    out.push_str(tag);
                    if said.as_ref().is_some_and(|(end, _)| *end == tag) {
                        out.push_str(&said.take().map(|(_, message)| message).unwrap_or_default());
                        chosen = None;
                    }
                }
            }
        }
        out.push_str(rest);
        out
    }

    fn input(&self, tag: &str, name: &str) -> String {
        match attribute(tag, "type").unwrap_or("text") {
            "hidden" | "password" | "file" | "submit" => tag.to_owned(),
            "checkbox" | "radio" => {
                let value = attribute(tag, "value").unwrap_or("on");
                let ticked = self.typed.iter().any(|(field, typed)| field == name && escaped(typed) == value);
                let bare = without(tag, "checked");
                if ticked { with(&bare, "checked") } else { bare }
            }
            _ => match self.typed(name) {
                Some(value) => with(&without(tag, "value"), &format!("value=\"{}\"", escaped(value))),
                None => tag.to_owned(),
            },
        }
    }

    /// A control, and what stands beside it when it is the one that is wrong.
    fn marked(&self, tag: &str, name: &str) -> (String, String) {
        let Some((_, message)) = self.wrong.filter(|(field, _)| *field == plain(name)) else {
            return (tag.to_owned(), String::new());
        };
        let described =
            attribute(tag, "aria-describedby").map(|other| format!("{other} ")).unwrap_or_default();
        let bare = without(&without(tag, "aria-describedby"), "autofocus");
        let tag =
            with(&bare, &format!("aria-invalid=\"true\" aria-describedby=\"{described}wrong\" autofocus"));
        (tag, format!("<span class=\"wrong\" id=\"wrong\">{message}</span>"))
    }
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;
    use crate::Error;

    fn page(field: &'static str) -> String {
        let error = Error::Field { field, detail: "1 to <3>".into() };
        html! {
            p.alert { (error) }
            form method="post" action="/a?x=1&y=2" {
                input type="hidden" name="form" value="secret";
                input name="name" value="stored" aria-describedby="hint" required;
                input type="password" name="password";
                input type="checkbox" name="all" value="1" checked;
                input type="checkbox" name="some" value="1";
                select name="zone" { option value="a" selected { "A" } option value="b" { "B" } }
                textarea name="text" { "stored" }
                input name="online_minutes" type="number" value="5";
            }
            form method="post" action="/b" { input name="name" value="other"; }
        }
        .into_string()
    }

    fn sent(field: &'static str) -> String {
        let typed: Vec<(String, String)> = [
            ("form", "x"),
            ("name", "\"><b>"),
            ("password", "p"),
            ("some", "1"),
            ("zone", "b"),
            ("text", "<t>"),
            ("online_minutes", "x"),
        ]
        .map(|(name, value)| (name.into(), value.into()))
        .into();
        filled(&page(field), &"/a?x=1&y=2".parse().unwrap(), &typed).unwrap()
    }

    #[test]
    fn what_was_typed_stays_and_what_is_wrong_stands_beside_it() {
        let page = sent("name");
        for text in [
            r#"value="&quot;&gt;&lt;b&gt;" aria-invalid="true" aria-describedby="hint wrong" autofocus><span class="wrong" id="wrong">1 to &lt;3&gt;</span>"#,
            r#"name="form" value="secret""#,
            r#"name="password">"#,
            r#"name="all" value="1">"#,
            r#"name="some" value="1" checked>"#,
            r#"<option value="a">A</option><option value="b" selected>"#,
            "&lt;t&gt;</textarea>",
            r#"name="name" value="other">"#,
        ] {
            assert!(page.contains(text), "{text} in {page}");
        }
        assert_eq!(page.matches("id=\"wrong\"").count(), 1);
        assert!(sent("onlineMinutes").contains(r#"value="x" aria-invalid="true""#));
        assert!(sent("zone").contains(r#"</select><span class="wrong""#));
        assert!(sent("text").contains(r#"</textarea><span class="wrong""#));
        assert!(!sent("elsewhere").contains("aria-invalid"));
    }

    #[test]
    fn another_form_stays_as_it_is() {
        let typed = [("name".to_owned(), "typed".to_owned())];
        assert_eq!(filled(&page("name"), &"/c".parse().unwrap(), &typed), None);
        let twice = format!("{}{}", page("name"), page("name"));
        assert_eq!(filled(&twice, &"/b".parse().unwrap(), &typed), None);
    }
}
