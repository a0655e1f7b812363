//! The mail server as a URL names it.

use crate::secret::Hidden;

/// Where and how mails are handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// How the connection is protected.
    pub transport: Transport,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// User and password.
    pub credentials: Option<(String, Hidden)>,
}

/// How a connection to a mail server is protected.
#[derive(Copy, Clone, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Not at all; for a server on the same machine.
    Plain,
    /// TLS after STARTTLS, which the server must offer.
    StartTls,
    /// TLS from the start.
    Tls,
}

impl SmtpServer {
    /// Reads `smtp://`, `smtp+starttls://` or `smtps://` with `user:password@host:port`; user and password
    /// percent-encoded, port optional.
    ///
    /// # Errors
    /// What is needed, without repeating the URL, which may hold a password.
    pub fn read(url: &str) -> Result<Self, &'static str> {
        let (scheme, rest) =
            url.split_once("://").ok_or("smtp://, smtp+starttls:// or smtps:// is needed")?;
        let (transport, usual_port) = match scheme {
            "smtp" => (Transport::Plain, 25),
            "smtp+starttls" => (Transport::StartTls, 587),
            "smtps" => (Transport::Tls, 465),
            _ => return Err("smtp://, smtp+starttls:// or smtps:// is needed"),
        };
        let rest = rest.trim_end_matches('/');
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().ok().ok_or("the port is no port")?)
            }
            Some(_) | None => (place, usual_port),
        };
        if host.is_empty() || host.contains(['/', '?', '#']) {
            return Err("a host is needed, such as smtps://user:password@mail.example.com");
        }
        Ok(Self { transport, host: host.to_owned(), port, credentials: user.map(credentials).transpose()? })
    }
}

fn credentials(text: &str) -> Result<(String, Hidden), &'static str> {
    let (user, password) = text.split_once(':').ok_or("user:password is needed before the @")?;
    let both = percent_decoded(user).zip(percent_decoded(password));
    let (user, password) = both.ok_or("user and password must be percent-encoded UTF-8")?;
    Ok((user, Hidden::new(password)))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, others)) = rest.split_first() {
        if *first == b'%' {
            let (digits, others) = others.split_at_checked(2)?;
            bytes.extend(hex::decode(digits).ok()?);
            rest = others;
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    String::from_utf8(bytes).ok()
}
