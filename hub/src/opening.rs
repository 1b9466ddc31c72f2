//! The opening of a connection: the first bytes of its first request have to come in time, and be those of HTTP/1.
//!
//! A server that can pass connections on to WebSocket looks at these bytes before anything else, and would wait for
//! them for ever.

use std::future::Future;
use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum_server::accept::Accept;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, ReadBuf};
use tokio::time::timeout;

/// Every method has as many.
const BYTES: usize = 3;
/// How a connection of HTTP/2 begins.
const HTTP_2: &[u8; BYTES] = b"PRI";

/// Accepts connections that begin in time.
#[derive(Debug, Clone)]
pub struct Opening<A> {
    acceptor: A,
    limit: Duration,
}

impl<A> Opening<A> {
    /// After another acceptor, which has a limit of its own.
    pub fn new(acceptor: A, limit: Duration) -> Self {
        Self { acceptor, limit }
    }
}

impl<A, I, S> Accept<I, S> for Opening<A>
where
    A: Accept<I, S>,
    A::Future: Send + 'static,
    A::Stream: AsyncRead + Unpin + Send,
    A::Service: Send,
{
    type Stream = Opened<A::Stream>;
    type Service = A::Service;
    type Future = Pin<Box<dyn Future<Output = io::Result<(Self::Stream, Self::Service)>> + Send>>;

    fn accept(&self, stream: I, service: S) -> Self::Future {
        let (accepted, limit) = (self.acceptor.accept(stream, service), self.limit);
        Box::pin(async move {
            let (mut stream, service) = accepted.await?;
            let mut first = [0; BYTES];
            timeout(limit, stream.read_exact(&mut first)).await.map_err(|_| ErrorKind::TimedOut)??;
            if first == *HTTP_2 {
                return Err(ErrorKind::InvalidData.into());
            }
            Ok((Opened { first, read: 0, stream }, service))
        })
    }
}

/// A connection whose first bytes were looked at; they are read once more.
#[derive(Debug)]
pub struct Opened<S> {
    first: [u8; BYTES],
    read: usize,
    stream: S,
}

impl<S: AsyncRead + Unpin> AsyncRead for Opened<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = self.first.get(self.read..).unwrap_or_default();
        if left.is_empty() || buffer.remaining() == 0 {
            return Pin::new(&mut self.stream).poll_read(cx, buffer);
        }
        let count = left.len().min(buffer.remaining());
        buffer.put_slice(&left[..count]);
        self.read += count;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Opened<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum_server::accept::DefaultAcceptor;
    use tokio::io::AsyncWriteExt as _;

    async fn open(sent: &[u8]) -> io::Result<Vec<u8>> {
        let (mut client, server) = tokio::io::duplex(64);
        client.write_all(sent).await?;
        let opening = Opening::new(DefaultAcceptor::new(), Duration::from_millis(10));
        let accepted = opening.accept(server, ()).await;
        drop(client);
        let (mut stream, ()) = accepted?;
        let mut all = Vec::new();
        // Whatever the size of the buffer.
        let mut one = [0];
        while stream.read(&mut one).await? > 0 {
            all.extend(one);
        }
        Ok(all)
    }

    #[tokio::test]
    async fn what_was_looked_at_is_read_again() {
        assert_eq!(open(b"GET / HTTP/1.1").await.unwrap(), b"GET / HTTP/1.1");
    }

    #[tokio::test]
    async fn who_says_nothing_or_speaks_another_version_is_sent_away() {
        for (sent, kind) in [
            (&b""[..], ErrorKind::TimedOut),
            (b"GE", ErrorKind::TimedOut),
            (b"PRI * HTTP/2.0", ErrorKind::InvalidData),
        ] {
            assert_eq!(open(sent).await.unwrap_err().kind(), kind);
        }
    }
}
