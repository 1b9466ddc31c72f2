//! Fields of the forms on these pages, by name, and reading them.

use std::collections::BTreeMap;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use maud::{Markup, html};
use serde::Deserialize;
use signage_protocol::document::program::{Day, Span};

use super::words::{day_name, time};
use crate::composition::{Audience, Shown};
use crate::{Error, Result};

/// Times of day that a form has room for.
const SPANS: usize = 4;

/// The fields of a form.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// A form with one field.
    pub fn of(name: &str, value: &str) -> Self {
        Self([(name.to_owned(), value.to_owned())].into())
    }

    /// A field without blanks around it; empty when it is not there.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).map(|text| text.trim()).unwrap_or_default()
    }

    /// A field, if something is in it.
    pub fn given(&self, name: &str) -> Option<&str> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A value, if something is in the field; `label` is what people know it by.
    pub fn value<T: FromStr>(&self, name: &str, label: &str) -> Result<Option<T>> {
        let read = |text: &str| {
            text.parse().map_err(|_| {
                Error::Invalid(format!("{label}: {text:?} cannot be right. Correct it and save again."))
            })
        };
        self.given(name).map(read).transpose()
    }

    /// Seconds in milliseconds.
    pub fn seconds(&self, name: &str, label: &str) -> Result<Option<u64>> {
        let seconds = self.value::<f64>(name, label)?;
        match seconds {
            // Bounds far beyond what is allowed, which keep the conversion exact.
            Some(seconds) if !(0.0..=1e9).contains(&seconds) => {
                Err(Error::Invalid(format!("{label}: give a number of seconds.")))
            }
            Some(seconds) => Ok(format!("{:.0}", seconds * 1000.0).parse().ok()),
            None => Ok(None),
        }
    }

    /// Names separated by commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let names = self.text(name).split(',').map(str::trim);
        names.filter(|name| !name.is_empty()).map(ToOwned::to_owned).collect()
    }

    /// Ticked boxes whose names begin with `prefix`, without it.
    pub fn boxes(&self, prefix: &str) -> Vec<String> {
        self.0.keys().filter_map(|name| name.strip_prefix(prefix)).map(ToOwned::to_owned).collect()
    }

    /// Days of the week.
    pub fn days(&self) -> Vec<Day> {
        Day::ALL.into_iter().filter(|day| self.ticked(&format!("day-{}", day.as_str()))).collect()
    }

    /// Times of day.
    pub fn spans(&self) -> Result<Vec<Span>> {
        let mut spans = Vec::new();
        for index in 0..SPANS {
            let from: Option<Time> = self.value(&format!("from-{index}"), "From")?;
            let to: Option<Time> = self.value(&format!("to-{index}"), "To")?;
            match (from, to) {
                (Some(from), Some(to)) => spans.push(Span { from, to, days: 0 }),
                (None, None) => {}
                _ => return Err(Error::Invalid("A time of day has a beginning and an end.".into())),
            }
        }
        Ok(spans)
    }

    /// A day.
    pub fn date(&self, name: &str, label: &str) -> Result<Option<Date>> {
        self.value(name, label)
    }

    /// What is to be shown: an id, or the address of a page.
    pub fn shown(&self) -> Result<Shown> {
        let id = self.text("target");
        let owned = id.to_owned();
        match id.split_once('_').map(|(prefix, _)| prefix) {
            Some("pls") => Ok(Shown::Playlist { playlist: owned }),
            Some("lay") => Ok(Shown::Layout { layout: owned }),
            Some("con") => Ok(Shown::Content { content: owned }),
            _ if id == "web" => Ok(Shown::Web { url: self.text("url").to_owned() }),
            _ => Err(Error::Invalid("Choose what is to be shown.".into())),
        }
    }

    /// On which screens.
    pub fn audience(&self) -> Audience {
        Audience {
            everybody: self.ticked("everybody"),
            screens: self.boxes("screen-"),
            tags: self.list("tags"),
            folders: self.list("folders"),
            groups: self.list("groups"),
        }
    }
}

/// Boxes for the days of the week.
pub fn days(chosen: &[Day], legend: &str) -> Markup {
    html! {
        fieldset.days {
            legend { (legend) }
            @for day in Day::ALL {
                label.box { input type="checkbox" name={ "day-" (day.as_str()) } value="1" checked[chosen.contains(&day)]; (day_name(day)) }
            }
        }
    }
}

/// Fields for times of day.
pub fn spans(chosen: &[Span], legend: &str) -> Markup {
    html! {
        fieldset.spans {
            legend { (legend) }
            @for index in 0..SPANS {
                @let span = chosen.get(index);
                div.line {
                    label for={ "from-" (index) } { "From" }
                    input type="time" id={ "from-" (index) } aria-label={ "From, time " (index + 1) } name={ "from-" (index) } value=[span.map(|span| time(span.from))];
                    label for={ "to-" (index) } { "to" }
                    input type="time" id={ "to-" (index) } aria-label={ "to, time " (index + 1) } name={ "to-" (index) } value=[span.map(|span| time(span.to))];
                }
            }
            span.minor { "A time that ends at or before its beginning goes on into the next day." }
        }
    }
}
