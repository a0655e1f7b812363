//! Identifiers of what only the store makes; those of the domain's nouns are the domain's.

use std::fmt;

use serde::Serialize;
use uuid::Uuid;

macro_rules! ids {
    ($( $(#[doc = $doc:literal])* $name:ident; )*) => {$(
        $(#[doc = $doc])*
        #[derive(Copy, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new one; later ones sort after earlier ones.
            #[must_use]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::new()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A stored event.
    EventId;
    /// A code somebody asked for.
    ConfirmationId;
    /// A planned message.
    NoticeId;
    /// A notice on its way to one recipient on one channel.
    DeliveryId;
    /// The right to work on a delivery for a while.
    LeaseToken;
}
