//! Files of the store in a bucket: `PREFIX/blobs/ab/ab…`, and `PREFIX/incoming/` for what is arriving.

use std::collections::HashMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use futures_util::TryStreamExt as _;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, GetOptions, GetRange, MultipartUpload, ObjectStore as _,
    ObjectStoreExt as _, PutPayload, RetryConfig,
};
use sha2::{Digest as _, Sha256};

use super::{Bytestream, Config, Stored};
use crate::data_dir::DataDir;
use crate::ident::Millis;
use crate::{Error, Result};

/// Parts of a file, all but the last as long as this, which every store takes. Ten thousand of them are 80 GiB.
const PART: usize = 8 << 20;
/// A store that is silent for so long is asked again.
const SILENCE: Duration = Duration::from_secs(20);
/// Attempts and time for one request; a hub that waits longer only has more requests waiting.
const RETRIES: usize = 4;
const PATIENCE: Duration = Duration::from_secs(45);

/// A bucket and how to talk to it.
#[derive(Debug, Clone)]
pub struct Bucket {
    store: Arc<AmazonS3>,
    name: String,
    prefix: String,
    /// For files that programs of this machine need.
    pub(super) directory: DataDir,
}

impl fmt::Display for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Bucket {
    pub(super) fn new(config: &Config, directory: &DataDir) -> Result<Self> {
        // Another part of the process may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = config.endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://"));
        // No limit for an answer as a whole: a film on a slow line takes its time.
        let client = ClientOptions::new()
            .with_allow_http(plain)
            .with_timeout_disabled()
            .with_read_timeout(SILENCE)
            .with_connect_timeout(Duration::from_secs(5));
        let backoff = BackoffConfig {
            init_backoff: Duration::from_millis(100),
            max_backoff: Duration::from_secs(5),
            base: 2.0,
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&config.bucket)
            .with_region(&config.region)
            .with_access_key_id(&config.access_key_id)
            .with_secret_access_key(config.secret_access_key.expose())
            .with_client_options(client)
            // Removing many at once is what several stores do not know.
            .with_disable_bulk_delete(true)
            .with_retry(RetryConfig { backoff, max_retries: RETRIES, retry_timeout: PATIENCE });
        if let Some(endpoint) = &config.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        let store = builder.build().map_err(failed("opening the bucket"))?;
        let place = config.endpoint.as_deref().unwrap_or(&config.region);
        let prefix = config.prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        Ok(Self {
            store: Arc::new(store),
            name: format!("bucket {} at {place}", config.bucket),
            prefix,
            directory: directory.clone(),
        })
    }

    pub(super) fn blob(&self, sha256: &str) -> Path {
        Path::from(format!("{}blobs/{}/{sha256}", self.prefix, sha256.get(..2).unwrap_or_default()))
    }

    pub(super) fn piece(&self, name: &str) -> Path {
        Path::from(format!("{}incoming/{name}", self.prefix))
    }

    pub(super) async fn read(&self, path: &Path, range: Option<Range<u64>>) -> Result<Bytestream> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        let found = self.store.get_opts(path, options).await.map_err(failed("reading a file"))?;
        Ok(Box::pin(found.into_stream().map_err(failed("reading a file"))))
    }

    pub(super) async fn size(&self, sha256: &str) -> Result<Option<u64>> {
        match self.store.head(&self.blob(sha256)).await {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed("looking for a file")(error)),
        }
    }

    /// Stores a file under its digest. Nothing is to be seen of it before all of it is there and is what it should be.
    pub(super) async fn store(&self, stream: Bytestream, stored: &Stored) -> Result<()> {
        let path = self.blob(&stored.sha256);
        let mut upload =
            self.store.put_multipart(&path).await.map_err(failed("beginning to store a file"))?;
        let result = match send(&mut *upload, stream, stored).await {
            Ok(()) => upload.complete().await.map(drop).map_err(failed("storing a file")),
            Err(error) => Err(error),
        };
        if let Err(error) = &result {
            tracing::warn!(error = crate::error::chain(error), file = stored.sha256, "a file was not stored");
            // The store may be gone; its parts are then removed by the rule of the bucket.
            let _ = upload.abort().await;
        }
        result
    }

    pub(super) async fn remove(&self, path: &Path) -> Result<()> {
        match self.store.delete(path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(failed("removing a file")(error)),
        }
    }

    pub(super) async fn put_piece(&self, name: &str, bytes: Vec<Bytes>) -> Result<()> {
        let payload: PutPayload = bytes.into_iter().collect();
        self.store.put(&self.piece(name), payload).await.map_err(failed("storing a part of an upload"))?;
        Ok(())
    }

    pub(super) async fn arriving(&self) -> Result<Vec<(String, Millis)>> {
        let incoming = Path::from(format!("{}incoming", self.prefix));
        let mut newest = HashMap::new();
        let mut pieces = self.store.list(Some(&incoming));
        while let Some(piece) = pieces.try_next().await.map_err(failed("listing uploads"))? {
            let upload = piece.location.prefix_match(&incoming).and_then(|mut parts| parts.next());
            if let Some(upload) = upload {
                let at = newest.entry(upload.as_ref().to_owned()).or_insert(0);
                *at = piece.last_modified.timestamp_millis().max(*at);
            }
        }
        Ok(newest.into_iter().collect())
    }

    pub(super) async fn remove_pieces(&self, upload: &str) -> Result<()> {
        let mut pieces = self.store.list(Some(&self.piece(upload)));
        while let Some(piece) = pieces.try_next().await.map_err(failed("listing parts of an upload"))? {
            self.remove(&piece.location).await?;
        }
        Ok(())
    }
}

/// Sends the bytes of a file in parts, and compares them with its digest.
async fn send(upload: &mut dyn MultipartUpload, mut stream: Bytestream, stored: &Stored) -> Result<()> {
    let (mut hash, mut size, mut part, mut length) = (Sha256::new(), 0, Vec::new(), 0);
    while let Some(mut chunk) = stream.try_next().await? {
        hash.update(&chunk);
        size += chunk.len() as u64;
        while length + chunk.len() >= PART {
            part.push(chunk.split_to(PART - length));
            let payload: PutPayload = std::mem::take(&mut part).into_iter().collect();
            upload.put_part(payload).await.map_err(failed("storing a part of a file"))?;
            length = 0;
        }
        length += chunk.len();
        part.push(chunk);
    }
    // A file without bytes is one part without bytes.
    if length > 0 || size == 0 {
        let payload: PutPayload = part.into_iter().collect();
        upload.put_part(payload).await.map_err(failed("storing a part of a file"))?;
    }
    if size != stored.size || hex::encode(hash.finalize()) != stored.sha256 {
        return Err(Error::Conflict("the file changed while it was stored; add it again".into()));
    }
    Ok(())
}

fn failed(doing: &'static str) -> impl Fn(object_store::Error) -> Error {
    move |source| Error::Bucket { doing, source: Box::new(source) }
}
