//! The service's secret key and everything made from it: hashes of API keys, sealed texts, signatures.
//! Nothing here knows where the key is kept but [`Secrets::kept_in`].

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

/// Length of the secret key in bytes.
const KEY_BYTES: usize = 32;
/// Length of a nonce of `XChaCha20` in bytes; random ones never meet.
const NONCE_BYTES: usize = 24;
/// What every generated API key begins with, so that leaked ones can be searched for.
const API_KEY_PREFIX: &str = "gr_";

/// A text that must not be shown; its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct Hidden(String);

impl Hidden {
    /// Hides a text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

/// Why something secret could not be made or read.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The key has another form than needed.
    #[error("the secret key must be 32 bytes: 64 hexadecimal digits or 43 base64url characters")]
    Malformed,
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    NoRandomness(getrandom::Error),
    /// What is sealed was made with another key or was changed.
    #[error("what is sealed was made with another secret key, or was changed")]
    Unsealable,
    /// The key's file cannot be read or written.
    #[error("{path}: {cause}")]
    File {
        /// The file.
        path: String,
        /// What the system says.
        cause: std::io::Error,
    },
}

/// Keys for each purpose, all derived from the secret key so that none serves two.
#[derive(Clone)]
pub struct Secrets {
    pepper: [u8; KEY_BYTES],
    signing: [u8; KEY_BYTES],
    codes: [u8; KEY_BYTES],
    cipher: XChaCha20Poly1305,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets(hidden)")
    }
}

impl Secrets {
    /// Derives every key from the secret key.
    pub fn new(key: &[u8; KEY_BYTES]) -> Self {
        let derived = |purpose: &str| -> [u8; KEY_BYTES] { mac(key, &[purpose.as_bytes()]) };
        Self {
            pepper: derived("greenroom/api-key-pepper/1"),
            signing: derived("greenroom/signatures/1"),
            codes: derived("greenroom/codes/1"),
            cipher: XChaCha20Poly1305::new(&derived("greenroom/sealing/1").into()),
        }
    }

    /// Reads a secret key as settings carry it: 64 hexadecimal digits or 43 base64url characters.
    ///
    /// # Errors
    /// [`SecretError::Malformed`].
    pub fn read(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = if text.len() == 2 * KEY_BYTES {
            hex::decode(text).ok()
        } else {
            URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()
        };
        let key: Option<[u8; KEY_BYTES]> = bytes.and_then(|bytes| bytes.try_into().ok());
        key.map(|key| Self::new(&key)).ok_or(SecretError::Malformed)
    }

    /// The key in the file at `path`; a new one is made and kept there (0600) if there is no such file.
    ///
    /// # Errors
    /// The file cannot be read or written, or holds no key.
    pub fn kept_in(path: &Path) -> Result<Self, SecretError> {
        let failed = |cause| SecretError::File { path: path.display().to_string(), cause };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::read(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = hex::encode(random::<KEY_BYTES>()?);
                let mut file = private().open(path).map_err(failed)?;
                file.write_all(format!("{text}\n").as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(failed)?;
                Self::read(&text)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// What the database keeps of an API key: enough to find it, not enough to use it.
    pub fn hash_of(&self, api_key: &str) -> String {
        hex::encode(mac(&self.pepper, &[api_key.as_bytes()]))
    }

    /// A value that is the same as long as the secret key is; kept to notice another key on an old database.
    pub fn fingerprint(&self) -> String {
        self.hash_of("greenroom/fingerprint")
    }

    /// Seals bytes for storage; `about` must be given again to open them, so that rows cannot be swapped.
    ///
    /// # Errors
    /// [`SecretError::NoRandomness`].
    pub fn seal(&self, about: &str, plain: &[u8]) -> Result<Vec<u8>, SecretError> {
        let nonce = random::<NONCE_BYTES>()?;
        let payload = Payload { msg: plain, aad: about.as_bytes() };
        // Sealing fails only for more than 256 GiB.
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        let sealed = sealed.map_err(|_too_long| SecretError::Unsealable)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Opens what [`Secrets::seal`] sealed about the same thing.
    ///
    /// # Errors
    /// [`SecretError::Unsealable`].
    pub fn open(&self, about: &str, sealed: &[u8]) -> Result<Vec<u8>, SecretError> {
        let (nonce, msg) = sealed.split_at_checked(NONCE_BYTES).ok_or(SecretError::Unsealable)?;
        let plain = self.cipher.decrypt(XNonce::from_slice(nonce), Payload { msg, aad: about.as_bytes() });
        plain.map_err(|_forged| SecretError::Unsealable)
    }

    /// Signs the parts of something that leaves the service and comes back, such as a cursor.
    pub fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        mac(&self.signing, parts)
    }

    /// Six decimal digits that follow from these parts, for people to type.
    pub fn code(&self, parts: &[&[u8]]) -> String {
        let [a, b, c, d, ..] = mac(&self.codes, parts);
        format!("{:06}", u32::from_be_bytes([a, b, c, d]) % 1_000_000)
    }

    /// Whether `signature` is that of these parts.
    pub fn is_signed(&self, parts: &[&[u8]], signature: &[u8]) -> bool {
        self.sign(parts).as_slice().ct_eq(signature).into()
    }
}

/// A new API key: `gr_` and 43 base64url characters, 256 random bits.
///
/// # Errors
/// [`SecretError::NoRandomness`].
pub fn new_api_key() -> Result<Hidden, SecretError> {
    Ok(Hidden(format!("{API_KEY_PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()?))))
}

fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(SecretError::NoRandomness)?;
    Ok(bytes)
}

/// HMAC-SHA256 over the parts, each after its length so that no two lists of parts look the same.
fn mac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = <Hmac<Sha256> as hmac::Mac>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn private() -> std::fs::OpenOptions {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(byte: u8) -> Secrets {
        Secrets::new(&[byte; 32])
    }

    #[test]
    fn a_sealed_text_opens_only_with_its_key_and_about_its_subject() {
        let sealed = secrets(1).seal("idempotency/a", b"gr_secret").unwrap();
        assert!(!sealed.windows(9).any(|window| window == b"gr_secret"));
        assert_eq!(secrets(1).open("idempotency/a", &sealed).unwrap(), b"gr_secret");
        assert!(secrets(1).open("idempotency/b", &sealed).is_err());
        assert!(secrets(2).open("idempotency/a", &sealed).is_err());
        assert!(secrets(1).open("idempotency/a", &sealed[..10]).is_err());
        assert_ne!(sealed, secrets(1).seal("idempotency/a", b"gr_secret").unwrap());
    }

    #[test]
    fn a_hash_depends_on_the_pepper_and_never_shows_the_key() {
        assert_eq!(secrets(1).hash_of("gr_x"), secrets(1).hash_of("gr_x"));
        assert_ne!(secrets(1).hash_of("gr_x"), secrets(2).hash_of("gr_x"));
        assert_ne!(secrets(1).fingerprint(), secrets(2).fingerprint());
        assert_eq!(secrets(1).hash_of("gr_x").len(), 64);
    }

    #[test]
    fn a_signature_keeps_its_parts_apart() {
        let signature = secrets(1).sign(&[b"ab", b"c"]);
        assert!(secrets(1).is_signed(&[b"ab", b"c"], &signature));
        assert!(!secrets(1).is_signed(&[b"a", b"bc"], &signature));
        assert!(!secrets(1).is_signed(&[b"ab", b"c"], &signature[..16]));
        assert!(!secrets(2).is_signed(&[b"ab", b"c"], &signature));
    }

    #[test]
    fn a_generated_key_has_the_published_form() {
        let key = new_api_key().unwrap();
        assert_eq!(key.reveal().len(), 46);
        assert!(key.reveal().starts_with("gr_"));
        assert_ne!(key, new_api_key().unwrap());
        assert_eq!(format!("{key:?}"), "(hidden)");
    }

    #[test]
    fn a_secret_key_is_read_as_hex_or_base64url_and_nothing_else() {
        let hex = "07".repeat(32);
        let base64 = URL_SAFE_NO_PAD.encode([7; 32]);
        assert_eq!(Secrets::read(&hex).unwrap().fingerprint(), secrets(7).fingerprint());
        assert_eq!(Secrets::read(&base64).unwrap().fingerprint(), secrets(7).fingerprint());
        assert!(Secrets::read("short").is_err());
        assert!(Secrets::read(&"x".repeat(64)).is_err());
    }

    #[test]
    fn a_kept_key_is_made_once_and_private() {
        let folder = std::env::temp_dir().join(format!("greenroom-secret-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("greenroom.secret");
        let made = Secrets::kept_in(&path).unwrap();
        assert_eq!(Secrets::kept_in(&path).unwrap().fingerprint(), made.fingerprint());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
