//! A mail server that takes everything at once and keeps only what a flood is judged by.

use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::time::machine_time;

/// A running sink.
#[derive(Clone, Debug)]
pub struct Sink {
    port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
}

/// A message it took.
#[derive(Clone, Debug)]
pub struct Taken {
    /// Its `Message-ID`.
    pub message_id: String,
    /// Its recipient.
    pub to: String,
    /// When it was taken, by the machine's clock.
    pub at: Timestamp,
}

impl Sink {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sink = Self { port: listener.local_addr().unwrap().port(), taken: Arc::default() };
        let taken = Arc::clone(&sink.taken);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let taken = Arc::clone(&taken);
                // Whoever hangs up in the middle of a message has sent none.
                tokio::spawn(async move { drop(converse(stream, &taken).await) });
            }
        });
        sink
    }

    /// The address for `GREENROOM_SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Everything it took so far.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }
}

/// RFC 5321, as far as a well-behaved sender goes.
async fn converse(stream: TcpStream, taken: &Mutex<Vec<Taken>>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 sink.test\r\n").await?;
    let (mut line, mut to) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let command = line.trim_end().to_ascii_uppercase();
        let reply = match command.split([' ', ':']).next() {
            Some("DATA") => {
                stream.write_all(b"354 go on\r\n").await?;
                let message_id = message(&mut stream).await?;
                taken.lock().unwrap().push(Taken {
                    message_id,
                    to: std::mem::take(&mut to),
                    at: machine_time(),
                });
                "250 taken\r\n"
            }
            Some("RCPT") => {
                to = line.trim_end()[8..].trim_matches(['<', '>']).to_owned();
                "250 ok\r\n"
            }
            Some("QUIT") => return stream.write_all(b"221 bye\r\n").await,
            _ => "250 ok\r\n",
        };
        stream.write_all(reply.as_bytes()).await?;
    }
}

/// Reads to the final dot; the answer is the `Message-ID`.
async fn message(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let (mut line, mut id) = (String::new(), String::new());
    loop {
        line.clear();
        stream.read_line(&mut line).await?;
        if line == ".\r\n" || line.is_empty() {
            return Ok(id);
        }
        if let Some(found) = line.strip_prefix("Message-ID: ") {
            found.trim().clone_into(&mut id);
        }
    }
}
