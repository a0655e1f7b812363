//! What can be done next with what an operation answered, as OpenAPI links: a machine can follow a campaign from its
//! creation to a decision without knowing our addresses.

use serde_json::{Value, json};
use utoipa::openapi::Response;
use utoipa::openapi::link::{Link, LinkBuilder};

/// One way from an answer to another operation.
struct Way {
    /// The operation that answered.
    from: &'static str,
    /// The operation that can be called with it.
    to: &'static str,
    /// Its parameters, taken from the request or the answer.
    parameters: &'static [(&'static str, &'static str)],
}

const CAMPAIGN: (&str, &str) = ("campaign", "$request.path.campaign");
const GATE: (&str, &str) = ("gate", "$request.path.gate");
const MADE: &str = "$response.body#/id";
const FIRST: &str = "$response.body#/data/0/id";
const VERSION: (&str, &str) = ("If-Match", "$response.header.ETag");
const NEXT: (&str, &str) = ("cursor", "$response.body#/next_cursor");

macro_rules! ways {
    ($( $from:ident -> $( $to:ident ($($parameter:expr),*) ),+ ; )+) => {
        &[$( $( Way { from: stringify!($from), to: stringify!($to), parameters: &[$($parameter),*] }, )+ )+]
    };
}

const WAYS: &[Way] = ways! {
    create_campaign -> read_campaign(("campaign", MADE)), change_campaign(("campaign", MADE), VERSION),
        read_campaign_readiness(("campaign", MADE)), read_schedule(("campaign", MADE)),
        read_run_sheet(("campaign", MADE)),
        list_events(("campaign", MADE)), list_notices(("campaign", MADE)), hold_campaign(("campaign", MADE)),
        cancel_campaign(("campaign", MADE)),
        read_gate(("campaign", MADE), ("gate", "$response.body#/gates/0/gate"));
    list_campaigns -> read_campaign(("campaign", FIRST)), list_campaigns(NEXT);
    read_campaign -> change_campaign(CAMPAIGN, VERSION), go_live(CAMPAIGN),
        read_gate(CAMPAIGN, ("gate", "$response.body#/gates/0/gate"));
    change_campaign -> read_campaign(CAMPAIGN), change_campaign(CAMPAIGN, VERSION);
    hold_campaign -> resume_campaign(CAMPAIGN);
    resume_campaign -> go_live(CAMPAIGN);
    go_live -> complete_campaign(CAMPAIGN);
    list_events -> list_events(CAMPAIGN, NEXT);
    list_notices -> list_notices(CAMPAIGN, NEXT);
    create_reminder -> read_reminder(CAMPAIGN, ("reminder", MADE)), remove_reminder(CAMPAIGN, ("reminder", MADE));
    preview_reminder -> create_reminder(CAMPAIGN);
    list_all_notices -> list_all_notices(NEXT);
    read_delivery -> retry_delivery(("delivery", MADE));
    read_gate -> read_content(CAMPAIGN, GATE), assign_gate(CAMPAIGN, GATE),
        tick_item(CAMPAIGN, GATE, ("item", "$response.body#/checklist/0/key")), submit_gate(CAMPAIGN, GATE),
        decide_gate(CAMPAIGN, GATE), reconfirm_gate(CAMPAIGN, GATE), reopen_gate(CAMPAIGN, GATE);
    read_content -> replace_content(CAMPAIGN, GATE, VERSION), change_content(CAMPAIGN, GATE, VERSION);
    replace_content -> change_content(CAMPAIGN, GATE, VERSION), submit_gate(CAMPAIGN, GATE);
    change_content -> change_content(CAMPAIGN, GATE, VERSION), submit_gate(CAMPAIGN, GATE);
    tick_item -> submit_gate(CAMPAIGN, GATE);
    submit_gate -> decide_gate(CAMPAIGN, GATE), withdraw_submission(CAMPAIGN, GATE);
    decide_gate -> reopen_gate(CAMPAIGN, GATE);
    create_member -> read_member(("member", MADE)), change_member(("member", MADE)), create_api_key();
    list_members -> read_member(("member", FIRST)), list_members(NEXT);
    create_api_key -> revoke_api_key(("api_key", MADE));
    list_api_keys -> list_api_keys(NEXT);
    create_delegation -> read_delegation(("delegation", MADE)), end_delegation(("delegation", MADE));
    list_delegations -> read_delegation(("delegation", FIRST)), list_delegations(NEXT);
    list_playbooks -> read_playbook(("playbook", "$response.body#/data/0/reference"));
    list_rules -> read_rule(("rule", "$response.body#/data/0/rule"));
    evaluate -> read_rule(("rule", "$response.body#/findings/0/rule"));
};

/// Adds the ways that lead on from this answer of the operation.
pub(super) fn add(operation: &str, status: &str, response: &mut Response) {
    if !status.starts_with('2') {
        return;
    }
    let ways = WAYS.iter().filter(|way| way.from == operation);
    response.links.extend(ways.map(|way| (way.to.to_owned(), link(way).into())));
}

fn link(way: &Way) -> Link {
    let link = LinkBuilder::new().operation_id(way.to).request_body(body(way)).description(description(way));
    way.parameters.iter().fold(link, |link, (name, expression)| link.parameter(*name, *expression)).build()
}

/// The body where something of the answer belongs into it.
fn body(way: &Way) -> Option<Value> {
    let revision = "$response.body#/revision";
    match way.to {
        "decide_gate" => Some(json!({"verdict": "approve", "revision": revision})),
        "reconfirm_gate" => Some(json!({"revision": revision})),
        "create_api_key" => Some(json!({"name": "laptop", "member_id": MADE})),
        _ => None,
    }
}

fn description(way: &Way) -> &'static str {
    if way.parameters.contains(&NEXT) {
        return "The next page, with `next_cursor`.";
    }
    match way.to {
        "decide_gate" | "reconfirm_gate" => "Send the `revision` that was shown.",
        "create_api_key" => "A key that acts as the member.",
        _ if way.parameters.contains(&VERSION) => "The `ETag` is what `If-Match` needs.",
        _ => "The same, by the id that was answered.",
    }
}
