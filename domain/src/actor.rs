//! Who acts, with what authority, through which key.

use serde::{Deserialize, Serialize};

use crate::choices;
use crate::ids::{ApiKeyId, MemberId};

choices! {
    /// What a member or key may do; a higher role can what a lower can.
    pub enum Role {
        Viewer = "viewer", "viewer", "观察员";
        Operator = "operator", "operator", "运营";
        Manager = "manager", "manager", "主管";
        Admin = "admin", "admin", "管理员";
    }
}

/// Who sends a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person, service or system that acts.
    pub who: Who,
    /// Authority of this request: the lesser of the person's and the key's role.
    pub role: Role,
    /// The key the request came with.
    pub key: Option<ApiKeyId>,
    /// Who made that key; a key never decides on its maker's submission.
    pub key_made_by: Option<MemberId>,
}

/// The kinds of actor.
#[derive(Copy, Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "id")]
pub enum Who {
    /// A member of the organization.
    Member(MemberId),
    /// A key that stands for no person.
    Service(ApiKeyId),
    /// Greenroom itself, at a scheduled wake-up.
    System,
}

impl Actor {
    /// Greenroom itself.
    #[must_use]
    pub const fn system() -> Self {
        Self { who: Who::System, role: Role::Admin, key: None, key_made_by: None }
    }

    /// The member behind what is written: the person, or whoever made the key where no person acts.
    #[must_use]
    pub const fn author(&self) -> Option<MemberId> {
        match self.who {
            Who::Member(member) => Some(member),
            Who::Service(_) => self.key_made_by,
            Who::System => None,
        }
    }

    /// The person who acts, if a person does.
    #[must_use]
    pub const fn member(&self) -> Option<MemberId> {
        match self.who {
            Who::Member(member) => Some(member),
            Who::Service(_) | Who::System => None,
        }
    }
}
