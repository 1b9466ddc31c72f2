//! One file from the hub into the store, going on where an earlier try stopped.

use futures_util::StreamExt as _;
use reqwest::{Client, Response, StatusCode, header};
use signage_protocol::Secret;
use signage_protocol::api::ProblemDetails;
use signage_protocol::document::Blob;
use tokio::io::AsyncWriteExt as _;

use super::store::{Checked, Store, StoreError};

/// Why a request to the hub gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection, or it broke.
    #[error("no answer from the hub")]
    Transport(#[source] reqwest::Error),
    /// The access token is not accepted (any more).
    #[error("the hub does not accept the access token")]
    Unauthorized,
    /// The hub refuses.
    #[error("the hub answers {status}: {detail}")]
    Refused {
        /// HTTP status.
        status: StatusCode,
        /// Its words.
        detail: String,
    },
    /// Not the bytes that the publication names; removed, to be fetched from the start.
    #[error("the hub sent another file than the publication names")]
    WrongContent,
    /// More than the publication allows.
    #[error("the hub sent more than expected")]
    TooLong,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file could not be written.
    #[error("the store cannot be written")]
    Write(#[source] std::io::Error),
}

/// A client that trusts `ca` (PEM, may be empty) besides the system's certificates.
pub fn client(ca: &str) -> Result<Client, FetchError> {
    // Fails only when it is set already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let certificates = reqwest::Certificate::from_pem_bundle(ca.as_bytes()).map_err(FetchError::Transport)?;
    let builder = Client::builder()
        .user_agent(concat!("signage-player/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(std::time::Duration::from_secs(10))
        .read_timeout(std::time::Duration::from_secs(30));
    let builder = if certificates.is_empty() { builder } else { builder.tls_certs_merge(certificates) };
    builder.build().map_err(FetchError::Transport)
}

/// Turns a refusal into its error, everything else passes.
pub async fn accepted(response: Response) -> Result<Response, FetchError> {
    let status = response.status();
    if status.is_success() || status == StatusCode::NOT_MODIFIED {
        return Ok(response);
    }
    if status == StatusCode::UNAUTHORIZED {
        return Err(FetchError::Unauthorized);
    }
    let detail = match response.json::<ProblemDetails>().await {
        Ok(problem) => problem.detail.unwrap_or(problem.title),
        Err(_) => status.canonical_reason().unwrap_or("an error").to_owned(),
    };
    Err(FetchError::Refused { status, detail })
}

/// Fetches `blob` from `url` unless it is in the store; `progress` is told how many bytes are here.
pub async fn fetch(
    client: &Client,
    url: &str,
    token: &Secret,
    store: &Store,
    blob: &Blob,
    mut progress: impl FnMut(u64),
) -> Result<(), FetchError> {
    let (path, mut have) = store.part(blob);
    if have > blob.size {
        have = 0;
    }
    if have < blob.size {
        let mut request = client.get(url).bearer_auth(token.expose());
        if have > 0 {
            request = request.header(header::RANGE, format!("bytes={have}-"));
        }
        let response = request.send().await.map_err(FetchError::Transport)?;
        if response.status() == StatusCode::RANGE_NOT_SATISFIABLE {
            // Begin again with the next try.
            tokio::fs::remove_file(&path).await.map_err(FetchError::Write)?;
        }
        let response = accepted(response).await?;
        if !continues_at(&response, have) {
            have = 0;
        }
        let mut file = tokio::fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .await
            .map_err(FetchError::Write)?;
        // Whatever is beyond the place to go on from is not trusted.
        file.set_len(have).await.map_err(FetchError::Write)?;
        tokio::io::AsyncSeekExt::seek(&mut file, std::io::SeekFrom::Start(have))
            .await
            .map_err(FetchError::Write)?;
        let result = append(response, &mut file, blob.size, &mut have, &mut progress).await;
        file.flush().await.map_err(FetchError::Write)?;
        result?;
        if have < blob.size {
            return Err(FetchError::WrongContent);
        }
    }
    let (store, blob) = (store.clone(), blob.clone());
    match tokio::task::spawn_blocking(move || store.finish(&blob)).await {
        Ok(Ok(Checked::Good)) => Ok(()),
        Ok(Ok(Checked::WrongDigest)) => Err(FetchError::WrongContent),
        Ok(Err(error)) => Err(error.into()),
        Err(error) => Err(FetchError::Write(std::io::Error::other(error))),
    }
}

async fn append(
    response: Response,
    file: &mut tokio::fs::File,
    size: u64,
    have: &mut u64,
    progress: &mut impl FnMut(u64),
) -> Result<(), FetchError> {
    let mut stream = response.bytes_stream();
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(FetchError::Transport)?;
        if *have + chunk.len() as u64 > size {
            return Err(FetchError::TooLong);
        }
        file.write_all(&chunk).await.map_err(FetchError::Write)?;
        *have += chunk.len() as u64;
        progress(*have);
    }
    Ok(())
}

/// Whether the answer begins at the byte that was asked for: a server may ignore `Range` and send everything.
fn continues_at(response: &Response, have: u64) -> bool {
    response.status() == StatusCode::PARTIAL_CONTENT
        && response
            .headers()
            .get(header::CONTENT_RANGE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("bytes ")?.split('-').next()?.parse().ok())
            == Some(have)
}
