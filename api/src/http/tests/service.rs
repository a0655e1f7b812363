//! A service on a database of its own, with the first admin.

use super::*;
use crate::clock::Clock;
use crate::first_start;
use crate::secret::{Hidden, Secrets};
use crate::settings::{Given, Settings};
use crate::store::testing::Place;

/// A service with its folder; the folder goes when the room goes.
pub(super) struct Room {
    pub(super) service: Data<Service>,
    pub(super) admin_key: String,
    _place: Place,
}

pub(super) async fn room() -> Room {
    let place = Place::new().await;
    let environment =
        [("GREENROOM_DATABASE_URL", place.url()), ("GREENROOM_PUBLIC_URL", "https://greenroom.example.com")];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = Settings::read(None, environment, &Given::default()).unwrap();
    let store = place.store().await;
    let (secrets, clock) = (Secrets::new(&[7; 32]), Clock::system());
    let admin_key = "k".repeat(40);
    let given = Hidden::new(admin_key.clone());
    first_start::ensure(&store, &secrets, Some(&given), clock.real_now()).await.unwrap().unwrap();
    let service = Service::new(settings, store, clock, secrets).unwrap();
    Room { service: Data::new(service), admin_key, _place: place }
}
