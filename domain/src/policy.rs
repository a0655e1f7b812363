//! Who may decide on a gate: slots that people fit, and authors who may not sign their own work.

use serde::{Deserialize, Serialize};

use crate::actor::Role;
use crate::choices;
use crate::playbook::Title;
use crate::surroundings::DirectoryMember;

/// What a gate's approval needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Every slot must be filled; one person counts for every slot they fit.
    pub slots: Vec<Slot>,
    /// Who counts as author and cannot decide.
    pub forbid_author: ForbidAuthor,
}

/// A number of signatures from people of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Who fits.
    pub from: SlotFrom,
    /// Signatures needed.
    pub count: usize,
    /// Dropped when no active member but the author carries the duty at submission.
    pub if_held: bool,
}

/// Who fits a slot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum SlotFrom {
    /// Members with this role or a higher one.
    Role(Role),
    /// Members with role operator or higher who carry this duty.
    Duty(String),
}

choices! {
    /// Who counts as author of what is submitted.
    pub enum ForbidAuthor {
        Submitter = "submitter", "whoever submitted", "提交人";
        Editor = "editor", "whoever edited or submitted", "编辑者与提交人";
        Nobody = "none", "nobody", "无";
    }
}

impl SlotFrom {
    /// Whether this person fits.
    #[must_use]
    pub fn fits(&self, member: &DirectoryMember) -> bool {
        member.active
            && match self {
                Self::Role(role) => member.role >= *role,
                Self::Duty(duty) => {
                    member.role >= Role::Operator && member.duties.iter().any(|own| own == duty)
                }
            }
    }

    /// Who that is, in words.
    #[must_use]
    pub fn label(&self) -> Title {
        match self {
            Self::Role(role @ Role::Admin) => {
                Title { en: "somebody with the role admin".to_owned(), zh: role.label().zh.to_owned() }
            }
            Self::Role(role) => Title {
                en: format!("somebody with the role {} or a higher one", role.key()),
                zh: format!("{}或更高角色的成员", role.label().zh),
            },
            Self::Duty(duty) => Title {
                en: format!("somebody with the duty \"{duty}\""),
                zh: format!("具有职责“{duty}”的成员"),
            },
        }
    }
}

impl From<SlotFrom> for String {
    fn from(from: SlotFrom) -> Self {
        match from {
            SlotFrom::Role(role) => format!("role:{}", role.key()),
            SlotFrom::Duty(duty) => format!("duty:{duty}"),
        }
    }
}

impl TryFrom<String> for SlotFrom {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once(':') {
            Some(("role", role)) => {
                Role::of_key(role).map(Self::Role).ok_or_else(|| format!("no role \"{role}\""))
            }
            Some(("duty", duty)) if !duty.is_empty() => Ok(Self::Duty(duty.to_owned())),
            Some(_) | None => Err(format!("\"{text}\" is no slot; write role:<role> or duty:<tag>")),
        }
    }
}

impl Policy {
    /// Whether the person fits any slot.
    #[must_use]
    pub fn fits(&self, member: &DirectoryMember) -> bool {
        self.slots.iter().any(|slot| slot.from.fits(member))
    }
}
