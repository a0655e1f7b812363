//! The code that shows that whoever opened a link reads the mail of the person it was made for.

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::{Audience, Class, Planned, Reason};
use crate::campaign::later;
use crate::gate::GateKey;
use crate::ids::MemberId;
use crate::rule::Case;
use crate::surroundings::DirectoryMember;

/// How long a code is good for.
pub const CODE_LASTS: SignedDuration = SignedDuration::from_mins(10);

/// The message that brings a member the code with this id, asked for at a gate. No campaign plans it: it is written when
/// somebody asks, and stands for good.
#[must_use]
pub fn code(gate: GateKey, member: MemberId, id: Uuid, now: Timestamp) -> Planned {
    Planned {
        reason: Reason::ConfirmationCode,
        subject: gate.into(),
        occurrence: member.to_string(),
        generation: id.to_string(),
        class: Class::Critical,
        planned_at: now,
        not_after: later(now, CODE_LASTS),
        audience: vec![Audience::Asked],
    }
}

/// Whoever asked for a code.
pub(super) fn asked<'c>(case: &Case<'c>, notice: &Planned) -> Option<&'c DirectoryMember> {
    let member = notice.occurrence.parse().ok()?;
    case.surroundings.directory.member(member).filter(|member| member.active)
}
