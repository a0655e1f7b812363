//! A service on a database of its own, with the first admin.

use tokio::sync::Notify;

use super::*;
use crate::clock::Clock;
use crate::delivery::Mailer;
use crate::first_start;
use crate::jobs::Rounds;
use crate::secret::{Hidden, Secrets};
use crate::settings::{Given, Settings};
use crate::store::Store;

/// A service with its folder; the folder goes when the room goes.
pub(super) struct Room {
    pub(super) service: Data<Service>,
    pub(super) admin_key: String,
    folder: PathBuf,
}

impl Drop for Room {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

pub(super) async fn room() -> Room {
    let folder = std::env::temp_dir().join(format!("greenroom-http-{}", uuid::Uuid::now_v7()));
    std::fs::create_dir(&folder).unwrap();
    let url = format!("sqlite://{}", folder.join("greenroom.db").display());
    let environment =
        [("GREENROOM_DATABASE_URL", url.as_str()), ("GREENROOM_PUBLIC_URL", "https://greenroom.example.com")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = Settings::read(None, environment, &Given::default()).unwrap();
    let store = Store::open(&url).await.unwrap();
    store.migrate().await.unwrap();
    let (secrets, clock) = (Secrets::new(&[7; 32]), Clock::system());
    let admin_key = "k".repeat(40);
    let given = Hidden::new(admin_key.clone());
    first_start::ensure(&store, &secrets, Some(&given), clock.real_now()).await.unwrap().unwrap();
    let mailer = Mailer::of(&settings).unwrap();
    let (nudge, rounds) = (Notify::new(), Rounds::default());
    let service = Service { settings, store, clock, secrets, mailer, nudge, rounds };
    Room { service: Data::new(service), admin_key, folder }
}
