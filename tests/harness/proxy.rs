//! A link between the service and its database that can be cut in ways a real network knows.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

/// A relay of TCP connections on a port of its own.
#[derive(Clone, Debug)]
pub struct Proxy {
    port: u16,
    link: Arc<Link>,
}

#[derive(Debug, Default)]
struct Link {
    /// Whether bytes vanish: connections stay open, and new ones are taken, but nothing comes through any more.
    swallows: AtomicBool,
    cut: Notify,
}

impl Proxy {
    /// Relays to a port of this machine.
    pub async fn to(target: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), link: Arc::default() };
        let link = Arc::clone(&proxy.link);
        tokio::spawn(async move {
            while let Ok((inner, _)) = listener.accept().await {
                tokio::spawn(relay(inner, target, Arc::clone(&link)));
            }
        });
        proxy
    }

    /// Where it listens.
    pub const fn port(&self) -> u16 {
        self.port
    }

    /// From now on everything sent vanishes, in both directions; nobody is told.
    pub fn swallow(&self) {
        self.link.swallows.store(true, Ordering::SeqCst);
    }

    /// New connections work again. Those of before stay dead, as after a firewall forgot them.
    pub fn heal(&self) {
        self.link.swallows.store(false, Ordering::SeqCst);
    }

    /// Breaks every connection with a reset.
    pub fn reset(&self) {
        self.link.cut.notify_waiters();
    }
}

async fn relay(mut inner: TcpStream, target: u16, link: Arc<Link>) {
    let Ok(mut outer) = TcpStream::connect(("127.0.0.1", target)).await else { return };
    let (mut from_inner, mut from_outer) = (vec![0; 65_536], vec![0; 65_536]);
    let mut is_dead = false;
    loop {
        let (bytes, to) = tokio::select! {
            () = link.cut.notified() => {
                // Closing with a linger of none sends a reset.
                let _unset = inner.set_zero_linger();
                return;
            }
            read = inner.read(&mut from_inner) => match read {
                Ok(count) if count > 0 => (&from_inner[..count], &mut outer),
                _ => return,
            },
            read = outer.read(&mut from_outer) => match read {
                Ok(count) if count > 0 => (&from_outer[..count], &mut inner),
                _ => return,
            },
        };
        is_dead |= link.swallows.load(Ordering::SeqCst);
        if !is_dead && to.write_all(bytes).await.is_err() {
            return;
        }
    }
}
