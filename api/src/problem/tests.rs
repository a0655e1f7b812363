//! Which status each refusal and failure has, written by hand from the contract.

use domain::GateKey;
use domain::actor::Role;
use domain::command::Action;
use domain::decide::PatchFault;
use domain::digest::Digest;
use domain::playbook::{EvidenceKind, Title};
use domain::policy::{ForbidAuthor, SlotFrom};
use domain::refusal::{OpenFinding, OpenItem};
use domain::standing::GateStatus;
use domain::surroundings::CampaignStatus;
use sea_orm::{ConnAcquireErr, DbErr};

use super::*;

fn own_approval(gate: GateKey) -> Refusal {
    Refusal::OwnApproval {
        gate,
        author: ForbidAuthor::Submitter,
        others: vec!["Bo".to_owned(), "李牧".to_owned()],
    }
}

fn refusals() -> Vec<(Refusal, u16)> {
    let gate = GateKey::Goal;
    let (action, item) = (Action::Submit, || "budget_confirmed".to_owned());
    let title =
        || Title { en: "Finance confirmed the budget".to_owned(), zh: "财务已确认预算".to_owned() };
    let findings = || {
        let (en, zh) = ("It does not add up.".to_owned(), "不相符。".to_owned());
        vec![OpenFinding { rule: "goal.gmv_adds_up", path: "/gates/goal/gmv_target".to_owned(), en, zh }]
    };
    vec![
        (Refusal::Invalid { faults: Vec::new() }, 422),
        (Refusal::RoleTooLow { action, needed: Role::Manager, have: Role::Viewer }, 403),
        (Refusal::PersonNeeded { action }, 403),
        (own_approval(gate), 403),
        (Refusal::FitsNoSlot { gate, slots: vec![SlotFrom::Role(Role::Manager)] }, 403),
        (Refusal::ReviewNeeded { gate }, 409),
        (Refusal::AlreadyDecided { gate }, 409),
        (
            Refusal::WrongGateStatus {
                gate,
                action,
                status: GateStatus::Open,
                needed: vec![GateStatus::InReview],
            },
            409,
        ),
        (Refusal::WrongCampaignStatus { action, status: CampaignStatus::Live, needed: Vec::new() }, 409),
        (Refusal::RequirementsOpen { gate, waiting_on: vec![GateKey::Audience] }, 409),
        (Refusal::BlockersOpen { action, findings: findings() }, 409),
        (Refusal::ItemsOpen { gate, items: vec![OpenItem { key: item(), title: title() }] }, 409),
        (Refusal::NobodyCanDecide { gate, slots: Vec::new() }, 409),
        (Refusal::CommentNeeded { gate, findings: findings() }, 422),
        (Refusal::RevisionChanged { gate, current: Digest("ab".to_owned()), waits: true }, 409),
        (Refusal::VersionChanged { current: 3 }, 412),
        (Refusal::NotReady { gates: vec![(gate, GateStatus::Open)] }, 409),
        (Refusal::OnlyProgressWhileLive { facets: vec!["products.price".to_owned()] }, 409),
        (Refusal::UnknownItem { gate, item: item() }, 404),
        (Refusal::EvidenceNeeded { item: item(), kind: EvidenceKind::Note }, 422),
        (Refusal::NotApplicableRefused { item: item() }, 422),
        (Refusal::PatchFailed { why: PatchFault::TooLarge { operation: 1 } }, 422),
    ]
}

fn answer(problem: &Problem, locale: Locale) -> Map<String, Value> {
    problem.members(&Asked { locale, instance: "/v1/campaigns", request_id: "r", public_url: None })
}

#[test]
fn a_refusal_keeps_its_code_and_has_the_status_of_the_contract() {
    for (refusal, status) in refusals() {
        let (code, pointer) = (refusal.code(), refusal.pointer());
        let points: Vec<String> = refusal.open_points().into_iter().map(|point| point.pointer).collect();
        let problem = Problem::from(refusal);
        assert_eq!((problem.kind().code, problem.kind().status), (code, status));
        let answer = answer(&problem, Locale::En);
        let errors: Vec<&str> = answer["errors"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|error| error["pointer"].as_str())
            .collect();
        let own = Some(pointer.into_owned()).filter(|pointer| !pointer.is_empty());
        let expected: Vec<String> = own.into_iter().chain(points).collect();
        assert_eq!(errors, expected, "{code}");
    }
}

#[test]
fn who_may_not_decide_is_told_who_can() {
    let gate = GateKey::Goal;
    let alone = Refusal::OwnApproval { gate, author: ForbidAuthor::Editor, others: Vec::new() };
    let elsewhere = Refusal::FitsNoSlot {
        gate,
        slots: vec![SlotFrom::Role(Role::Manager), SlotFrom::Duty("finance".to_owned())],
    };
    for (refusal, en, zh) in [
        (
            own_approval(gate),
            "goal is not decided by whoever submitted, nor by whoever stands in for them, nor with a key they made; these can: Bo, 李牧.",
            "目标与定位不能由提交人或其代理人审批，也不能使用其创建的密钥审批；可审批的人：Bo、李牧。",
        ),
        (
            alone,
            "goal is not decided by whoever edited or submitted, nor by whoever stands in for them, nor with a key they made; nobody else can at the \
             moment.",
            "目标与定位不能由编辑者与提交人或其代理人审批，也不能使用其创建的密钥审批；目前没有其他人可以审批。",
        ),
        (
            elsewhere,
            "goal is decided by somebody with the role manager or a higher one or somebody with the duty \
             \"finance\"; you are not among them.",
            "目标与定位须由主管或更高角色的成员或具有职责“finance”的成员审批，您不在其中。",
        ),
    ] {
        let problem = Problem::from(refusal);
        assert_eq!(answer(&problem, Locale::En)["detail"], en);
        assert_eq!(answer(&problem, Locale::ZhCn)["detail"], zh);
    }
}

#[test]
fn who_was_overtaken_is_told_the_version_that_stands() {
    let problem = Problem::from(Refusal::VersionChanged { current: 3 });
    assert_eq!(problem.headers, [(header::ETAG, HeaderValue::from_static("\"3\""))]);
}

#[test]
fn failures_have_the_status_of_the_contract() {
    let now = "2027-02-27T02:00:00Z".parse().unwrap();
    let away = StoreError::Database(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
    for (failure, status, code) in [
        (Failure::NotFound { what: "campaign" }, 404, "resource.not_found"),
        (Failure::IdempotencyMismatch, 422, "idempotency.other_body"),
        (Failure::Stale, 503, "service.unavailable"),
        (Failure::Store(StoreError::Busy), 503, "service.unavailable"),
        (Failure::Store(StoreError::Closed), 503, "service.unavailable"),
        (Failure::Store(away), 503, "service.unavailable"),
        (Failure::Internal("secret cause".to_owned()), 500, "service.failed"),
        (Conflict::LastAdmin.into(), 409, "member.last_admin"),
        (Conflict::AwayAlready { starts_at: now, ends_at: now }.into(), 409, "delegation.overlaps"),
        (
            Conflict::DelegateAway { name: "Bo".into(), starts_at: now, ends_at: now }.into(),
            409,
            "delegation.delegate_away",
        ),
        (Conflict::KeyInFlight.into(), 409, "idempotency.key_in_flight"),
        (Conflict::SandboxBackwards { now }.into(), 409, "sandbox.backwards"),
        (Conflict::EmailTaken { email: "a@example.com".into() }.into(), 409, "member.email_taken"),
        (
            Conflict::ExternalRefTaken { external_ref: "crm-1".into() }.into(),
            409,
            "campaign.external_ref_taken",
        ),
    ] {
        let problem = Problem::from(failure);
        assert_eq!((problem.kind().status, problem.kind().code), (status, code));
        assert_eq!(
            problem.headers.iter().any(|(name, _)| name == header::RETRY_AFTER),
            status == 503 || code.ends_with("in_flight")
        );
        assert!(!Value::Object(answer(&problem, Locale::En)).to_string().contains("secret"));
    }
}

#[test]
fn a_refused_action_tells_what_is_possible() {
    let refusal = Refusal::PersonNeeded { action: Action::Approve };
    let allowed = vec![
        Allowed { action: Action::Edit, refusal: None },
        Allowed { action: Action::Approve, refusal: Some(refusal.clone()) },
    ];
    let problem = Problem::from(Failure::Refused { refusal: Box::new(refusal), allowed });
    let answer = answer(&problem, Locale::ZhCn);
    assert_eq!(answer["allowed_actions"][0], json!({"action": "edit", "allowed": true}));
    assert_eq!(answer["allowed_actions"][1]["reason"]["code"], "actor.person_needed");
    assert_eq!(answer["title"], "须由成员本人进行");
}

#[test]
fn every_fault_is_told_with_its_place() {
    let faults = vec![
        Fault { pointer: "/name".into(), kind: FaultKind::Required },
        Fault { pointer: "/platforms".into(), kind: FaultKind::TooFew { min: 1 } },
    ];
    let answer = answer(&Refusal::Invalid { faults }.into(), Locale::En);
    assert_eq!((&answer["code"], &answer["status"]), (&"request.invalid".into(), &422.into()));
    let errors: Vec<_> = answer["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| (&error["pointer"], &error["code"]))
        .collect();
    assert_eq!(
        errors,
        [(&"/name".into(), &"field.required".into()), (&"/platforms".into(), &"list.too_few".into())]
    );
}
