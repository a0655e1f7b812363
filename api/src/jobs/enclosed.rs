//! What a mail carries for its reader alone: the way to the page on which they decide, the code they asked for, the way to
//! get no more of the kind.

use domain::gate::GateKey;
use domain::notice::{Bundle, Class, Reason};
use domain::preferences::Dispensable;
use domain::signing::Signing;
use domain::standing::GateStatus;

use super::told::ToldOne;
use crate::delivery::Enclosed;
use crate::links::{DecisionLink, LINK_LASTS, OptOut, Unwanted};
use crate::people;
use crate::service::Service;
use crate::store::ConfirmationId;

/// What goes along with one message.
pub(super) fn of(service: &Service, told: &ToldOne<'_>) -> Enclosed {
    let (notice, none) = (told.notice, Enclosed::default());
    if notice.reason == Reason::ConfirmationCode {
        return Enclosed { code: code(service, told), ..none };
    }
    if notice.reason == Reason::DeliveryFailed {
        return Enclosed { lost: told.lost.cloned(), ..none };
    }
    let decision = notice.subject.gate().and_then(|gate| decision(service, told, gate));
    Enclosed { decision, ..none }
}

fn code(service: &Service, told: &ToldOne<'_>) -> Option<String> {
    let id = ConfirmationId(told.notice.generation.parse().ok()?);
    Some(people::code_of(&service.secrets, told.scene.org(), id))
}

/// The address at which the reader can decide on what waits at the gate, if they can.
fn decision(service: &Service, told: &ToldOne<'_>, gate: GateKey) -> Option<String> {
    let public_url = service.settings.public_url.as_deref()?;
    let (acted, reader) = (told.scene.campaign()?, told.reader);
    if acted.standing.gates[gate].status != GateStatus::InReview {
        return None;
    }
    let submission = acted.campaign.gates[gate].submission.as_ref()?;
    Signing::of(&acted.case(), submission).signature(reader)?;
    let link = DecisionLink {
        org: acted.org,
        campaign: acted.campaign.id,
        gate,
        submission: submission.id,
        member: reader.id,
        until: service.clock.real_now().saturating_add(LINK_LASTS).ok()?,
    };
    Some(format!("{public_url}/decide/{}", link.token(&service.secrets)))
}

/// The address at which the reader ends mails like this one, if they can do without.
pub(super) fn opt_out(service: &Service, told: &[ToldOne<'_>], with: Bundle) -> Option<String> {
    let public_url = service.settings.public_url.as_deref()?;
    let first = told.first()?;
    let from = match (told, with) {
        ([only], _) => {
            let wanted = only.notice.class != Class::Critical;
            Unwanted::Kind(Dispensable::of(only.notice.reason).filter(|_| wanted)?.0)
        }
        (_, Bundle::Digest) => Unwanted::Digest,
        (_, Bundle::Alone | Bundle::Approvals | Bundle::Late | Bundle::Failures) => return None,
    };
    let out = OptOut { org: first.scene.org(), member: first.reader.id, from };
    Some(format!("{public_url}/unsubscribe/{}", out.token(&service.secrets)))
}
