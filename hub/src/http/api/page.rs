//! What lists have in common: pages, and how a request asks for one.

use axum::Json;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::Shared;
use crate::{Error, Result};

/// Most items of a page.
pub const MAX_PAGE: i64 = 1000;

/// How many items a page has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "i64")]
#[schemars(extend("minimum" = 1, "maximum" = 1000))]
pub struct Limit(i64);

impl Default for Limit {
    fn default() -> Self {
        Self(100)
    }
}

impl TryFrom<i64> for Limit {
    type Error = String;

    fn try_from(limit: i64) -> std::result::Result<Self, String> {
        match limit {
            1..=MAX_PAGE => Ok(Self(limit)),
            _ => Err(format!("limit is a number from 1 to {MAX_PAGE}")),
        }
    }
}

impl Limit {
    /// One more than wanted: it tells whether there is another page.
    pub const fn and_one(self) -> i64 {
        self.0.saturating_add(1)
    }

    fn items(self) -> usize {
        usize::try_from(self.0).unwrap_or_default()
    }
}

/// Which page is wanted, of a list that has nothing else to ask for.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Paging {
    /// Items of the page.
    pub limit: Limit,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub struct Page<T> {
    /// In the order of the list.
    pub items: Vec<T>,
    /// For `after` of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Where the next page begins, told to whoever writes the header `Link`.
#[derive(Debug, Clone)]
pub struct NextPage(pub String);

impl<T> Page<T> {
    /// From one item more than fits, if there are as many.
    pub fn cut(mut items: Vec<T>, limit: Limit, cursor: impl Fn(&T) -> String) -> Self {
        let more = items.len() > limit.items();
        items.truncate(limit.items());
        let next = items.last().filter(|_| more).map(cursor);
        Self { items, next }
    }

    /// From a list that is at hand as a whole, in the order of its keys. Each key is there once.
    pub fn of<K>(items: Vec<T>, paging: &Paging, key: impl Fn(&T) -> K) -> Result<Self>
    where
        K: Ord + Serialize + DeserializeOwned,
    {
        let after: Option<K> = paging.after.as_deref().map(read_cursor).transpose()?;
        let rest = items.into_iter().filter(|item| after.as_ref().is_none_or(|after| key(item) > *after));
        Ok(Self::cut(rest.take(paging.limit.items() + 1).collect(), paging.limit, |item| cursor(&key(item))))
    }

    /// The same page of something else.
    pub fn map<U>(self, change: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(change).collect(), next: self.next }
    }
}

impl<T: Serialize> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        let next = self.next.clone().map(NextPage);
        let mut response = Json(self).into_response();
        if let Some(next) = next {
            response.extensions_mut().insert(next);
        }
        response
    }
}

/// The place of a key, as clients carry it around.
pub fn cursor(key: &impl Serialize) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(key).unwrap_or_default())
}

/// The key of a place.
pub fn read_cursor<K: DeserializeOwned>(after: &str) -> Result<K> {
    let bytes = URL_SAFE_NO_PAD.decode(after).ok();
    let key = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    key.ok_or_else(|| Error::Invalid("after is not the \"next\" of a page of this list".into()))
}

/// The parameters of a request; those that do not fit are a problem like every other.
#[derive(Debug)]
pub struct Asked<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Shared> for Asked<T> {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Shared) -> Result<Self> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                let text = rejection.body_text();
                let reason = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(&text);
                Err(Error::Invalid(format!("a parameter cannot be right: {reason}")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_follow_each_other_without_gaps() {
        let list: Vec<u32> = (0..250).collect();
        let (mut paging, mut seen, mut pages) = (Paging::default(), Vec::new(), 0);
        loop {
            let page = Page::of(list.clone(), &paging, |item| *item).unwrap();
            seen.extend(page.items);
            pages += 1;
            match page.next {
                Some(next) => paging.after = Some(next),
                None => break,
            }
        }
        assert_eq!((pages, seen), (3, list));
    }

    #[test]
    fn the_last_page_has_no_next() {
        let limit = Limit::try_from(2).unwrap();
        assert_eq!(Page::cut(vec![1, 2], limit, u8::to_string).next, None);
        assert_eq!(Page::cut(vec![1, 2, 3], limit, u8::to_string).next.as_deref(), Some("2"));
        assert!(Limit::try_from(0).is_err() && Limit::try_from(1001).is_err());
        assert!(Page::of(vec![1], &Paging { after: Some("?".into()), ..Paging::default() }, |i| *i).is_err());
    }
}
