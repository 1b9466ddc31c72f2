//! `/screens/{id}/publication.zip` and `.img`: for screens without a network. Neither is in memory as a whole.

use std::io::{self, Seek as _, Write};

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::mpsc;
use tokio_util::io::ReaderStream;

use super::super::super::Shared;
use super::super::super::user::User;
use crate::composition::usb;
use crate::rights::Right;
use crate::{Result, ident};

/// Pieces of an answer that wait for the line.
const PIECES: usize = 8;
/// Bytes of one.
const PIECE: usize = 64 << 10;

/// Hands what is written over to an answer.
struct Pieces {
    buffer: Vec<u8>,
    to: mpsc::Sender<io::Result<Bytes>>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let piece = Bytes::from(std::mem::take(&mut self.buffer));
        if piece.is_empty() {
            return Ok(());
        }
        // Nobody listens any more: the download was cancelled.
        self.to.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

pub(super) async fn zip(State(state): State<Shared>, user: User, Path(id): Path<String>) -> Result<Response> {
    let actor = user.may(Right::Publish)?;
    let bundle = usb::bundle(
        &state.store,
        &state.manifests,
        (&state.blobs, &state.directory),
        &actor,
        &user.sight(&state).await?,
        &id,
        ident::now(),
    )
    .await?;
    let (to, pieces) = mpsc::channel(PIECES);
    tokio::task::spawn_blocking(move || {
        let mut output = Pieces { buffer: Vec::with_capacity(PIECE), to };
        if let Err(error) = bundle.zip(&mut output).and_then(|()| output.flush()) {
            tracing::warn!(%error, "a publication for a stick was not downloaded as a whole");
            // Ends the answer in the middle, so that nobody takes it for whole.
            let _ = output.to.blocking_send(Err(error));
        }
    });
    let body = stream::unfold(pieces, async |mut pieces| Some((pieces.recv().await?, pieces)));
    Ok(file("publication.zip", "application/zip", None, Body::from_stream(body)))
}

pub(super) async fn image(
    State(state): State<Shared>,
    user: User,
    Path(id): Path<String>,
) -> Result<Response> {
    let actor = user.may(Right::Publish)?;
    let bundle = usb::bundle(
        &state.store,
        &state.manifests,
        (&state.blobs, &state.directory),
        &actor,
        &user.sight(&state).await?,
        &id,
        ident::now(),
    )
    .await?;
    let length = bundle.image_bytes()?;
    // The image is made while the answer has begun: that may take longer than a request may.
    let made = tokio::task::spawn_blocking(move || {
        let mut file = bundle.image().map_err(io::Error::other)?;
        file.rewind()?;
        Ok::<_, io::Error>(file)
    });
    let body = stream::once(async move { made.await.map_err(io::Error::other)? });
    let body = futures_util::TryStreamExt::try_flatten(futures_util::TryStreamExt::map_ok(body, |file| {
        ReaderStream::with_capacity(tokio::fs::File::from_std(file), PIECE)
    }));
    Ok(file("publication.img", "application/octet-stream", Some(length), Body::from_stream(body)))
}

fn file(name: &str, media_type: &str, length: Option<u64>, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    let length = length.map(|length| [(header::CONTENT_LENGTH, length.to_string())]);
    match length {
        Some(length) => (headers, length, body).into_response(),
        None => (headers, body).into_response(),
    }
}
