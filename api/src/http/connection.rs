//! One TCP connection, with the deadlines actix does not keep: it times the head of the first request only, and waits
//! for a reader without end. Who is too late here is cut off without a word.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::dev::{Extensions, ServiceRequest};
use actix_web::rt::net::TcpStream;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::server::{HEAD_DEADLINE, KEEP_ALIVE};

/// How long nothing may come between two requests. Actix closes idle connections before, except those that stopped
/// in the middle of a head it had read ahead.
const IDLE: Duration = KEEP_ALIVE.saturating_add(HEAD_DEADLINE);
/// A reader takes at least so many bytes …
const PACE: usize = 16 * 1024;
/// … in this time.
const PACE_WITHIN: Duration = Duration::from_secs(15);
/// What the system keeps for a reader who takes nothing, in bytes; else it would be megabytes each.
const SEND_BUFFER: usize = 256 * 1024;

/// Where the two sides of a connection are.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
enum Phase {
    /// The first head is awaited, which actix times.
    First,
    /// An answer is out, and nothing has come since.
    Between,
    /// A head is arriving.
    Head,
    /// A request is being answered; its body has a deadline of its own.
    Answer,
}

/// What connection and application tell each other.
#[derive(Debug)]
struct Exchange {
    phase: Cell<Phase>,
    /// Answers so far, so that each wait is timed by itself.
    answers: Cell<u64>,
}

/// A connection with its deadlines.
pub(super) struct Connection {
    stream: TcpStream,
    exchange: Rc<Exchange>,
    /// The wait for the client that `client` times.
    wait: Option<(Phase, u64)>,
    client: Pin<Box<Sleep>>,
    /// While a reader is waited for: how much it took since, and until when it must take more.
    reader: Option<(usize, Pin<Box<Sleep>>)>,
}

impl Connection {
    /// An accepted connection.
    pub(super) fn of(stream: TcpStream) -> Self {
        // What cannot be set makes a connection slower or costlier, not wrong.
        drop(stream.set_nodelay(true));
        drop(SockRef::from(&stream).set_send_buffer_size(SEND_BUFFER));
        let exchange = Rc::new(Exchange { phase: Cell::new(Phase::First), answers: Cell::new(0) });
        Self { stream, exchange, wait: None, client: Box::pin(sleep(IDLE)), reader: None }
    }

    /// Makes it known to the requests that come on it.
    pub(super) fn introduce(&self, connected: &mut Extensions) {
        connected.insert(Rc::clone(&self.exchange));
    }

    /// Whether the client has let the time of this phase run out.
    fn is_late(&mut self, context: &mut Context<'_>) -> bool {
        let phase = self.exchange.phase.get();
        let within = match phase {
            Phase::First | Phase::Answer => return false,
            Phase::Between => IDLE,
            Phase::Head => HEAD_DEADLINE,
        };
        let wait = Some((phase, self.exchange.answers.get()));
        if self.wait != wait {
            self.wait = wait;
            self.client.as_mut().reset(Instant::now() + within);
        }
        self.client.as_mut().poll(context).is_ready()
    }

    /// Whether the reader, who takes nothing at the moment, has had time enough.
    fn is_stuck(&mut self, context: &mut Context<'_>) -> bool {
        let (_, until) = self.reader.get_or_insert_with(|| (0, Box::pin(sleep(PACE_WITHIN))));
        until.as_mut().poll(context).is_ready()
    }

    /// The reader took so many bytes; those who keep pace get time for more.
    fn took(&mut self, bytes: usize) {
        if let Some((taken, until)) = &mut self.reader {
            *taken += bytes;
            if *taken >= PACE {
                *taken = 0;
                until.as_mut().reset(Instant::now() + PACE_WITHIN);
            }
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        match polled {
            Poll::Ready(_) => {
                if buffer.filled().len() > before && self.exchange.phase.get() == Phase::Between {
                    self.exchange.phase.set(Phase::Head);
                }
                polled
            }
            // As if the client had hung up.
            Poll::Pending if self.is_late(context) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        match polled {
            Poll::Ready(Ok(count)) => self.took(count),
            Poll::Ready(Err(_)) => {}
            Poll::Pending if self.is_stuck(context) => {
                // What the system still keeps for the reader is thrown away too.
                drop(self.stream.set_zero_linger());
                return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
            }
            Poll::Pending => {}
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Everything was taken, so nobody is waited for.
        self.reader = None;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

/// The time in which a request is answered on its connection.
#[derive(Debug)]
pub(super) struct Turn(Option<Rc<Exchange>>);

impl Turn {
    /// A request has arrived; its turn ends when this is dropped.
    pub(super) fn begin(request: &ServiceRequest) -> Self {
        let exchange = request.conn_data::<Rc<Exchange>>().cloned();
        if let Some(exchange) = &exchange {
            exchange.phase.set(Phase::Answer);
        }
        Self(exchange)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(exchange) = &self.0 {
            exchange.answers.set(exchange.answers.get() + 1);
            exchange.phase.set(Phase::Between);
        }
    }
}
