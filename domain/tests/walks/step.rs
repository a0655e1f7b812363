//! The steps of a walk, in small numbers that shrink well.

use domain::command::{Action, Command, Edit, Expected};
use domain::gate::GateKey;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const WHO: [&str; 9] =
    ["viewer", "operator", "submitter", "manager", "admin", "tech", "service", "minted", "limited"];

/// One step of a walk, in small numbers that shrink well.
#[derive(Copy, Clone, Debug)]
pub(crate) enum Step {
    /// Somebody tries something on a gate: a fixed one, or past the last the gate that is current.
    OnGate { who: usize, gate: usize, wish: Wish },
    /// Somebody tries something on the campaign.
    OnCampaign { who: usize, wish: CampaignWish },
    /// The clock moves on.
    Wait { minutes: i64 },
}

#[derive(Copy, Clone, Debug)]
pub(crate) enum Wish {
    Edit(usize),
    Undo,
    Tick(usize),
    Untick(usize),
    Assign,
    Submit,
    Withdraw,
    Approve,
    RequestChanges,
    Reconfirm,
    Reopen,
    /// Whatever takes the gate through review, by the people for it.
    Pass,
}

#[derive(Copy, Clone, Debug)]
pub(crate) enum CampaignWish {
    Rename(usize),
    Reschedule(usize),
    Lengthen(usize),
    Hold,
    Resume,
    GoLive,
    Override,
    Complete,
    Cancel,
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let who = 0..WHO.len();
    prop_oneof![
        24 => (who.clone(), 0..21_usize, wish()).prop_map(|(who, gate, wish)| Step::OnGate { who, gate, wish }),
        4 => (who, campaign_wish()).prop_map(|(who, wish)| Step::OnCampaign { who, wish }),
        3 => prop_oneof![Just(1), Just(45), Just(240), Just(1440)].prop_map(|minutes| Step::Wait { minutes }),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    prop_oneof![
        3 => (0..2_usize).prop_map(Wish::Edit),
        2 => Just(Wish::Undo),
        1 => (0..6_usize).prop_map(Wish::Tick),
        1 => (0..6_usize).prop_map(Wish::Untick),
        1 => Just(Wish::Assign),
        4 => Just(Wish::Submit),
        2 => Just(Wish::Withdraw),
        5 => Just(Wish::Approve),
        1 => Just(Wish::RequestChanges),
        5 => Just(Wish::Reconfirm),
        1 => Just(Wish::Reopen),
        6 => Just(Wish::Pass),
    ]
}

fn campaign_wish() -> impl Strategy<Value = CampaignWish> {
    prop_oneof![
        2 => (0..3_usize).prop_map(CampaignWish::Rename),
        2 => (0..4_usize).prop_map(CampaignWish::Reschedule),
        1 => (0..2_usize).prop_map(CampaignWish::Lengthen),
        1 => Just(CampaignWish::Hold),
        4 => Just(CampaignWish::Resume),
        6 => Just(CampaignWish::GoLive),
        2 => Just(CampaignWish::Override),
        1 => Just(CampaignWish::Complete),
        1 => Just(CampaignWish::Cancel),
    ]
}

/// Two small edits of each gate: the first revokes its approval, the second asks for a confirmation or matters
/// to nobody.
pub(crate) fn small_edit(gate: GateKey, which: usize) -> Edit {
    let replace = |path: &str, value: Value| json!([{ "op": "add", "path": path, "value": value }]);
    let recheck = json!({ "checked_at": "2027-03-20T17:05:00+08:00", "checked_by": "tech",
                          "network_ok": true, "audio_ok": true });
    let edits = match gate {
        GateKey::Goal => {
            [replace("/secondary_goals", json!(["sales"])), replace("/stop_loss", json!("never"))]
        }
        GateKey::Audience => {
            [replace("/persona", json!("someone else")), replace("/segments/0/peak_hours", json!([20]))]
        }
        GateKey::Products => {
            [replace("/skus/0/brand", json!("another")), replace("/skus/0/cost", json!(1201))]
        }
        GateKey::Script => {
            [replace("/theme", json!("another one")), replace("/expected_viewers/0/viewers", json!(9))]
        }
        GateKey::Team => [replace("/roster/0/age_years", json!(33)), replace("/roster/0/fit", json!("good"))],
        GateKey::WarmUp => [replace("/benefits", json!(["more"])), replace("/reservations", json!(6200))],
        GateKey::EquipmentTest => {
            [replace("/rig/0/model", json!("another one")), replace("/recheck", recheck)]
        }
    };
    Edit::Patch(serde_json::from_value(edits[which].clone()).unwrap())
}

pub(crate) fn campaign_command(wish: CampaignWish) -> (Action, Command) {
    let profile = |patch| Command::EditProfile { patch, metadata: None, expected: Expected::Any };
    let names = ["one name", "another name", "禾颜春日樱花新品首发"];
    let starts = [
        "2027-03-20T20:00:00+08:00",
        "2027-03-20T20:00:00+08:00",
        "2027-03-21T20:00:00+08:00",
        "2027-03-19T09:00:00+08:00",
    ];
    match wish {
        CampaignWish::Rename(which) => (Action::Edit, profile(json!({ "name": names[which] }))),
        CampaignWish::Reschedule(which) => (Action::Edit, profile(json!({ "go_live_at": starts[which] }))),
        CampaignWish::Lengthen(which) => {
            (Action::Edit, profile(json!({ "planned_minutes": 180 + 60 * which })))
        }
        CampaignWish::Hold => (Action::Hold, Command::Hold { reason: None }),
        CampaignWish::Resume => (Action::Resume, Command::Resume),
        CampaignWish::GoLive => (Action::GoLive, Command::GoLive { comment: None, override_reason: None }),
        CampaignWish::Override => {
            (Action::GoLive, Command::GoLive { comment: None, override_reason: Some("it must".to_owned()) })
        }
        CampaignWish::Complete => (Action::Complete, Command::Complete { results: None }),
        CampaignWish::Cancel => (Action::Cancel, Command::Cancel { reason: None }),
    }
}
