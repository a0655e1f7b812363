//! What a message is about.

use std::fmt;

use crate::gate::GateKey;
use crate::ids::ApiKeyId;

/// What a message is about: a gate, the campaign as a whole, one warm-up asset by its key, the organization, or one of its
/// API keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A gate.
    Gate(GateKey),
    /// The campaign as a whole.
    Campaign,
    /// A warm-up asset.
    Asset(String),
    /// The organization as a whole.
    Organization,
    /// An API key.
    Key(ApiKeyId),
}

const CAMPAIGN: &str = "campaign";
const ASSET: &str = "asset:";
const ORGANIZATION: &str = "organization";
const KEY: &str = "api_key:";

impl Subject {
    /// The gate it belongs to, if it belongs to one.
    #[must_use]
    pub const fn gate(&self) -> Option<GateKey> {
        match self {
            Self::Gate(gate) => Some(*gate),
            Self::Asset(_) => Some(GateKey::WarmUp),
            Self::Campaign | Self::Organization | Self::Key(_) => None,
        }
    }

    /// The subject that is written like this: a gate's key, `campaign`, `asset:<key>`, `organization`, or `api_key:<id>`.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        match key.strip_prefix(ASSET) {
            Some(asset) => Some(Self::Asset(asset.to_owned())),
            None if key == CAMPAIGN => Some(Self::Campaign),
            None if key == ORGANIZATION => Some(Self::Organization),
            None => match key.strip_prefix(KEY) {
                Some(id) => id.parse().ok().map(Self::Key),
                None => GateKey::of_key(key).map(Self::Gate),
            },
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gate(gate) => f.write_str(gate.key()),
            Self::Campaign => f.write_str(CAMPAIGN),
            Self::Asset(asset) => write!(f, "{ASSET}{asset}"),
            Self::Organization => f.write_str(ORGANIZATION),
            Self::Key(id) => write!(f, "{KEY}{id}"),
        }
    }
}

impl From<GateKey> for Subject {
    fn from(gate: GateKey) -> Self {
        Self::Gate(gate)
    }
}

impl PartialEq<GateKey> for Subject {
    fn eq(&self, gate: &GateKey) -> bool {
        matches!(self, Self::Gate(own) if own == gate)
    }
}
