//! A connection without a client: bytes out, bytes in, and nobody who mends what is wrong with them.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::server::Server;

/// Longest wait for an end that must come.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection to a server.
#[derive(Debug)]
pub struct Wire {
    /// The connection itself.
    pub stream: TcpStream,
}

impl Wire {
    /// Connects.
    pub async fn to(server: &Server) -> Self {
        Self::to_address(server.address()).await
    }

    /// Connects to `host:port`.
    pub async fn to_address(address: &str) -> Self {
        Self { stream: TcpStream::connect(address).await.unwrap() }
    }

    /// Sends bytes; false where the other side does not take them any more.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Says that nothing more will be sent.
    pub async fn finish(&mut self) {
        // It may be closed already.
        drop(self.stream.shutdown().await);
    }

    /// Everything that comes until the other side closes the connection.
    pub async fn until_closed(&mut self) -> String {
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, self.stream.read_to_end(&mut answer)).await;
        // A connection that is reset is closed as well.
        drop(read.unwrap_or_else(|_| panic!("still open; so far: {}", String::from_utf8_lossy(&answer))));
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The next answer whose head says how long its body is.
    pub async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        while !is_whole(&answer) {
            let mut buffer = [0; 16 * 1024];
            let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await.expect("an answer").unwrap();
            assert!(read > 0, "closed after {}", String::from_utf8_lossy(&answer));
            answer.extend_from_slice(&buffer[..read]);
        }
        String::from_utf8_lossy(&answer).into_owned()
    }
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer).to_ascii_lowercase();
    let Some((head, _)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
    answer.len() >= head.len() + 4 + length
}
