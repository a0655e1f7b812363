//! The whole plan of notices of the standard campaign under each playbook, compared with `notices.txt`.
#![expect(clippy::unwrap_used, reason = "a helper of a test fails the test")]

#[expect(dead_code, reason = "no golden vectors are read here")]
mod support;

use domain::campaign::{Approval, Submission};
use domain::digest::Digests;
use domain::gate::GateKey;
use domain::ids::SubmissionId;
use domain::notice::{Planned, notices};
use domain::rule::Case;
use domain::standing::standing;
use domain::surroundings::{Directory, Surroundings};
use domain::{Calendar, Campaign, Lexicon, Playbook, actor::Who, document};
use jiff::Timestamp;
use serde_json::json;
use support::{patched, standard};
use uuid::Uuid;

const PAGE: &str = include_str!("../notices.txt");
/// When the team was submitted.
const SUBMITTED: &str = "2027-03-10T15:00:00+08:00";
/// The eve of the show; every other gate has been approved.
const NOW: &str = "2027-03-19T21:00:00+08:00";

/// The standard campaign: every gate approved but team, which waits for review; nothing of the warm-up published yet.
fn campaign(playbook: &Playbook) -> Campaign {
    let mut whole = standard();
    for asset in whole["gates"]["warm_up"]["assets"].as_array_mut().unwrap() {
        asset.as_object_mut().unwrap().remove("published_url");
    }
    let pin = json!([{ "op": "replace", "path": "/campaign/playbook", "value": playbook.reference() }]);
    let mut campaign = document::campaign(&patched(whole, &pin)).unwrap();
    let standing = standing(&case(&campaign, playbook));
    let (id, at) = (SubmissionId(Uuid::from_u128(1)), SUBMITTED.parse().unwrap());
    for gate in GateKey::ALL {
        let facts = &mut campaign.gates[*gate];
        if *gate == GateKey::Team {
            facts.submission = Some(Submission {
                id,
                revision: standing.gates[*gate].revision.clone(),
                by: Who::System,
                through: None,
                at,
                comment: None,
                policy: playbook.gates[*gate].policy.clone(),
                authors: Vec::new(),
                decisions: Vec::new(),
                outcome: None,
                signs: Digests::new(),
                before: None,
            });
        } else {
            facts.approval = Some(Approval {
                submission: id,
                digests: standing.gates[*gate].signs.clone(),
                approved_at: at,
                approved_by: Vec::new(),
                reconfirmed: None,
            });
        }
    }
    campaign
}

fn case<'c>(campaign: &'c Campaign, playbook: &'c Playbook) -> Case<'c> {
    static NOBODY: Directory = Directory::new(Vec::new());
    let now = NOW.parse().unwrap();
    let surroundings = Surroundings {
        now,
        directory: &NOBODY,
        others: &[],
        lexicon: Lexicon::built_in(),
        calendar: Calendar::cn(),
    };
    Case::of(campaign, playbook, surroundings)
}

fn line(case: &Case<'_>, notice: &Planned) -> String {
    let local = |at: Timestamp| case.local(at).strftime("%m-%d %a %H:%M").to_string();
    let until = case.local(notice.not_after).strftime("%m-%d %H:%M").to_string();
    let Planned { reason, subject, occurrence, class, audience, .. } = notice;
    let to: Vec<_> = audience.iter().map(|audience| audience.key()).collect();
    let what = format!("{reason} {subject} {occurrence}");
    format!("{} | {until} | {what:<36} | {class:<8} | {}", local(notice.planned_at), to.join(" "))
}

#[test]
fn the_plan_of_the_standard_campaign_under_each_playbook_is_that_of_the_page() {
    let mut found = String::new();
    for key in ["standard", "fast", "daily"] {
        let playbook = Playbook::built_in(key).unwrap();
        let campaign = campaign(playbook);
        let case = case(&campaign, playbook);
        let mut planned = notices(&case, &standing(&case));
        planned.sort_by_key(|notice| notice.planned_at);
        found += &format!("\n## {key}\n\n");
        for notice in &planned {
            found += &line(&case, notice);
            found.push('\n');
        }
    }
    let page = PAGE.split_once("\n## ").unwrap().1;
    assert_eq!(format!("\n## {page}"), found, "\n{found}");
}
