//! A small S3 server in memory that can be told to fail: what the hub does with a store that is slow, breaks off, or
//! gives other bytes than it got.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse as _, Response};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// 500 instead of an answer.
    Error,
    /// The connection ends in the middle of the body.
    Break,
    /// The answer takes a second.
    Slow,
    /// The body has a wrong byte.
    Corrupt,
}

#[derive(Default)]
struct Inside {
    objects: BTreeMap<String, Vec<u8>>,
    uploads: BTreeMap<String, (String, BTreeMap<u32, Vec<u8>>)>,
    faults: Vec<(Method, String, Fault, usize)>,
    requests: Vec<String>,
}

/// The server.
#[derive(Clone)]
pub struct Store {
    inside: Arc<Mutex<Inside>>,
    address: String,
}

impl Store {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let store = Self { inside: Arc::default(), address };
        let router = Router::new().fallback(answer).with_state(store.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        store
    }

    /// For `s3.toml`.
    pub fn config(&self) -> String {
        format!(
            "endpoint = \"{}\"\nbucket = \"media\"\naccess_key_id = \"id\"\nsecret_access_key = \"key\"\nprefix = \"hub\"\n",
            self.address
        )
    }

    /// The next `times` requests of this kind fail.
    pub fn fail(&self, method: Method, path: &str, fault: Fault, times: usize) {
        self.inside.lock().unwrap().faults.push((method, path.to_owned(), fault, times));
    }

    pub fn mend(&self) {
        self.inside.lock().unwrap().faults.clear();
    }

    /// Names below a prefix.
    pub fn names(&self, prefix: &str) -> Vec<String> {
        let inside = self.inside.lock().unwrap();
        inside.objects.keys().filter(|name| name.starts_with(prefix)).cloned().collect()
    }

    /// Uploads that were neither completed nor aborted.
    pub fn open_uploads(&self) -> usize {
        self.inside.lock().unwrap().uploads.len()
    }

    fn fault(&self, method: &Method, path: &str) -> Option<Fault> {
        let mut inside = self.inside.lock().unwrap();
        let found = inside
            .faults
            .iter_mut()
            .find(|(of, part, _, left)| of == method && path.contains(part.as_str()) && *left > 0)?;
        found.3 -= 1;
        Some(found.2)
    }
}

async fn answer(
    State(store): State<Store>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let line = uri.to_string();
    store.inside.lock().unwrap().requests.push(format!("{method} {line}"));
    let fault = store.fault(&method, &line);
    if fault == Some(Fault::Error) {
        return (StatusCode::INTERNAL_SERVER_ERROR, "<Error><Code>InternalError</Code></Error>")
            .into_response();
    }
    if fault == Some(Fault::Slow) {
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let Ok(body) = axum::body::to_bytes(body, 64 << 20).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    if fault == Some(Fault::Break) && method != Method::GET {
        // The answer never comes: what was asked for was not done.
        let broken = futures_util::stream::iter([Err::<Bytes, _>(std::io::Error::other("broken"))]);
        return Response::new(Body::from_stream(broken));
    }
    let query: BTreeMap<String, String> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (name.to_owned(), value.replace("%2F", "/")))
        .collect();
    let key = uri.path().trim_start_matches("/media").trim_start_matches('/').to_owned();
    let mut inside = store.inside.lock().unwrap();
    let etag = [(header::ETAG, "\"0\"")];
    match (method.as_str(), query.get("uploadId")) {
        ("POST", None) if query.contains_key("uploads") => {
            let id = format!("u{}", inside.requests.len());
            inside.uploads.insert(id.clone(), (key.clone(), BTreeMap::new()));
            format!("<InitiateMultipartUploadResult><Bucket>media</Bucket><Key>{key}</Key><UploadId>{id}</UploadId></InitiateMultipartUploadResult>").into_response()
        }
        ("PUT", Some(id)) => {
            let part = query["partNumber"].parse().unwrap();
            let Some(upload) = inside.uploads.get_mut(id) else {
                return StatusCode::NOT_FOUND.into_response();
            };
            upload.1.insert(part, body.to_vec());
            etag.into_response()
        }
        ("POST", Some(id)) => {
            let Some((key, parts)) = inside.uploads.remove(id) else {
                return StatusCode::NOT_FOUND.into_response();
            };
            let whole = parts.into_values().flatten().collect();
            inside.objects.insert(key, whole);
            "<CompleteMultipartUploadResult><ETag>\"0\"</ETag></CompleteMultipartUploadResult>"
                .into_response()
        }
        ("DELETE", Some(id)) => {
            inside.uploads.remove(id);
            StatusCode::NO_CONTENT.into_response()
        }
        ("PUT", None) => {
            inside.objects.insert(key, body.to_vec());
            etag.into_response()
        }
        ("DELETE", None) => {
            inside.objects.remove(&key);
            StatusCode::NO_CONTENT.into_response()
        }
        ("GET", None) if query.contains_key("list-type") => {
            let prefix = query.get("prefix").cloned().unwrap_or_default();
            let list: String = inside.objects.iter().filter(|(name, _)| name.starts_with(&prefix)).map(|(name, bytes)| {
                format!("<Contents><Key>{name}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>\"0\"</ETag><Size>{}</Size></Contents>", bytes.len())
            }).collect();
            format!("<ListBucketResult><IsTruncated>false</IsTruncated>{list}</ListBucketResult>")
                .into_response()
        }
        _ => {
            let Some(mut bytes) = inside.objects.get(&key).cloned() else {
                return StatusCode::NOT_FOUND.into_response();
            };
            if fault == Some(Fault::Corrupt) {
                let last = bytes.len() - 1;
                bytes[last] ^= 1;
            }
            object(&headers, bytes, fault == Some(Fault::Break))
        }
    }
}

fn object(headers: &HeaderMap, bytes: Vec<u8>, breaks: bool) -> Response {
    let whole = bytes.len();
    let range = headers
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok()?.strip_prefix("bytes=")?.split_once('-'));
    let (first, last) = match range {
        Some((first, last)) => (first.parse().unwrap(), last.parse().unwrap_or(whole - 1).min(whole - 1)),
        None => (0, whole - 1),
    };
    let part = Bytes::copy_from_slice(&bytes[first..=last]);
    let length = part.len();
    let body = if breaks {
        let half = part.slice(..length / 2);
        let breaks = async {
            // The first half is on its way by then.
            tokio::time::sleep(Duration::from_millis(20)).await;
            Err(std::io::Error::other("broken"))
        };
        let first = futures_util::stream::once(async { Ok(half) });
        Body::from_stream(futures_util::StreamExt::chain(first, futures_util::stream::once(breaks)))
    } else {
        Body::from_stream(futures_util::stream::iter([Ok::<_, Infallible>(part)]))
    };
    let mut answer = Response::new(body);
    let set = |answer: &mut Response, name, value: String| {
        answer.headers_mut().insert(name, value.parse().unwrap());
    };
    set(&mut answer, header::CONTENT_LENGTH, length.to_string());
    set(&mut answer, header::ETAG, "\"0\"".into());
    set(&mut answer, header::LAST_MODIFIED, "Thu, 01 Jan 2026 00:00:00 GMT".into());
    if range.is_some() {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        set(&mut answer, header::CONTENT_RANGE, format!("bytes {first}-{last}/{whole}"));
    }
    answer
}
