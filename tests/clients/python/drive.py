"""Leads the standard campaign from its creation to live, with the client that openapi-python-client makes from the
contract. Wants a sandbox: GREENROOM_URL, GREENROOM_KEY (an admin's), and GREENROOM_EXAMPLES, the folder of the
contents. Prints the campaign's id."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar
from uuid import UUID

from greenroom_client import AuthenticatedClient
from greenroom_client.api.api_keys import create_api_key
from greenroom_client.api.campaigns import create_campaign, go_live, list_events
from greenroom_client.api.gates import (
    change_content,
    decide_gate,
    read_content,
    read_gate,
    replace_content,
    submit_gate,
    tick_item,
)
from greenroom_client.api.members import create_member
from greenroom_client.api.sandbox import move_clock
from greenroom_client.models import (
    Audience,
    CampaignView,
    ClockSetting,
    EquipmentTest,
    EventView,
    GateView,
    Goal,
    GoingLive,
    ItemTick,
    ItemView,
    NewApiKey,
    NewCampaign,
    NewDecision,
    NewMember,
    NewSubmission,
    Problem,
    Products,
    Recheck,
    Script,
    Team,
    TickEvidence,
    WarmUp,
)
from greenroom_client.types import Response, Unset

T = TypeVar("T")
Content = Goal | Audience | Products | Script | Team | WarmUp | EquipmentTest
Gate = Literal["goal", "audience", "products", "script", "team", "warm_up", "equipment_test"]

# How the content of each gate is read from JSON, in the order of the gates.
GATES: Mapping[Gate, Callable[[Mapping[str, object]], Content]] = {
    "goal": Goal.from_dict,
    "audience": Audience.from_dict,
    "products": Products.from_dict,
    "script": Script.from_dict,
    "team": Team.from_dict,
    "warm_up": WarmUp.from_dict,
    "equipment_test": EquipmentTest.from_dict,
}


@dataclass(frozen=True)
class At:
    """A gate of a campaign."""

    campaign: UUID
    gate: Gate


def connect(key: str) -> AuthenticatedClient:
    return AuthenticatedClient(
        base_url=os.environ["GREENROOM_URL"],
        token=key,
        headers={"Accept-Language": "en"},
        raise_on_unexpected_status=True,
    )


def ok(answer: Response[T | Problem]) -> T:
    """What a call answered; a refusal becomes an exception that says what the service said."""
    if isinstance(answer.parsed, Problem):
        raise RuntimeError(f"{answer.parsed.code}: {answer.parsed.detail}")
    assert answer.parsed is not None, answer
    return answer.parsed


def refused(answer: Response[T | Problem], status: int, code: str) -> Problem:
    """The refusal of a call that must be refused."""
    assert isinstance(answer.parsed, Problem), answer
    assert (answer.status_code, answer.parsed.status, answer.parsed.code) == (status, status, code), answer
    return answer.parsed


def example(name: str) -> dict[str, object]:
    text = (Path(os.environ["GREENROOM_EXAMPLES"]) / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, object] = json.loads(text)
    return found


def join(admin: AuthenticatedClient, name: str, email: str, role: Literal["operator", "manager"]) -> AuthenticatedClient:
    """A new member, and a client that acts as them."""
    body = NewMember(name=name, email=email, role=role)
    member = ok(create_member.sync_detailed(client=admin, body=body, idempotency_key=f"join-{email}"))
    again = create_member.sync_detailed(client=admin, body=body, idempotency_key=f"join-{email}")
    assert ok(again).id == member.id
    assert again.headers["Idempotent-Replayed"] == "true"
    key = NewApiKey(name=f"{name}'s laptop", member_id=member.id)
    return connect(ok(create_api_key.sync_detailed(client=admin, body=key)).key)


def clock(admin: AuthenticatedClient, now: str) -> None:
    """Moves the sandbox's clock; what is due on the way has happened when this returns."""
    ok(move_clock.sync_detailed(client=admin, body=ClockSetting(now=datetime.fromisoformat(now))))


def content_tag(who: AuthenticatedClient, at: At) -> str:
    """The version that a later write names in If-Match."""
    return read_content.sync_detailed(at.campaign, at.gate, client=who).headers["ETag"]


def fill(who: AuthenticatedClient, at: At) -> GateView:
    """Writes a gate's content, which takes the version that was read."""
    body = GATES[at.gate](example(at.gate))
    tag = content_tag(who, at)
    return ok(replace_content.sync_detailed(at.campaign, at.gate, client=who, body=body, if_match=tag))


def mistakes(who: AuthenticatedClient, at: At) -> None:
    """A write of another version, and one that breaks the limits, are refused and tell where and why."""
    tag = content_tag(who, at)
    wrong = Goal.from_dict(example("goal") | {"conversion_pct": 101, "viewers_target": -1})
    answer = replace_content.sync_detailed(at.campaign, at.gate, client=who, body=wrong, if_match=tag)
    invalid = refused(answer, 422, "request.invalid")
    assert sorted(error.pointer for error in invalid.errors) == ["/conversion_pct", "/viewers_target"]
    fill(who, at)
    right = Goal.from_dict(example("goal"))
    late = replace_content.sync_detailed(at.campaign, at.gate, client=who, body=right, if_match=tag)
    assert refused(late, 412, "version.changed").errors == []


def evidence(item: ItemView) -> TickEvidence | None:
    """The evidence an item of the checklist asks for."""
    match item.evidence_required:
        case "none":
            return None
        case "note":
            return TickEvidence(note="Agreed at the Monday meeting.")
        case "link":
            return TickEvidence(url="https://docs.heyan.example/checked")
        case "file":
            return TickEvidence(file_sha256="ab" * 32)
        case other:
            raise RuntimeError(f"no evidence is called {other}")


def submit(who: AuthenticatedClient, at: At) -> GateView:
    """Ticks what the gate requires and asks for review."""
    gate = ok(read_gate.sync_detailed(at.campaign, at.gate, client=who))
    for item in gate.checklist:
        if item.required and not item.done:
            tick = ItemTick(done=True, evidence=evidence(item))
            ok(tick_item.sync_detailed(at.campaign, at.gate, item.key, client=who, body=tick))
    comment = NewSubmission(comment="Every warning is known and accepted.")
    return ok(submit_gate.sync_detailed(at.campaign, at.gate, client=who, body=comment))


def approve(author: AuthenticatedClient, other: AuthenticatedClient, at: At, revision: str) -> None:
    """Nobody approves their own work; the other one does."""
    body = NewDecision(verdict="approve", revision=revision)
    own = decide_gate.sync_detailed(at.campaign, at.gate, client=author, body=body)
    actions = refused(own, 403, "gate.own_approval").allowed_actions
    assert not isinstance(actions, Unset)
    (decide,) = [action for action in actions if action.action == "approve"]
    assert not decide.allowed and decide.reason and decide.reason.code == "gate.own_approval", decide
    gate = ok(decide_gate.sync_detailed(at.campaign, at.gate, client=other, body=body))
    assert gate.status == "passed", gate


def events(who: AuthenticatedClient, campaign: UUID) -> Iterator[EventView]:
    """Everything that happened to a campaign, page by page."""
    page = ok(list_events.sync_detailed(campaign, client=who, limit=10))
    yield from page.data
    while page.next_cursor is not None:
        page = ok(list_events.sync_detailed(campaign, client=who, limit=10, cursor=page.next_cursor))
        yield from page.data


def take_live(
    admin: AuthenticatedClient, lead: AuthenticatedClient, manager: AuthenticatedClient, campaign: UUID
) -> CampaignView:
    """The day itself: the check two hours before, then on air."""
    clock(admin, "2027-03-20T18:00:00+08:00")
    at = At(campaign, "equipment_test")
    checked_at = datetime.fromisoformat("2027-03-20T17:55:00+08:00")
    recheck = Recheck(checked_at=checked_at, checked_by="bo@heyan.example", network_ok=True, audio_ok=True)
    change = EquipmentTest(recheck=recheck)
    tag = content_tag(lead, at)
    ok(change_content.sync_detailed(at.campaign, at.gate, client=lead, body=change, if_match=tag))
    clock(admin, "2027-03-20T20:00:00+08:00")
    return ok(go_live.sync_detailed(campaign, client=manager, body=GoingLive(comment="On air.")))


def main() -> None:
    admin = connect(os.environ["GREENROOM_KEY"])
    lead = join(admin, "Lead", "ops.lead@heyan.example", "operator")
    bo = join(admin, "Bo", "bo@heyan.example", "manager")
    campaign = ok(create_campaign.sync_detailed(client=lead, body=NewCampaign.from_dict(example("campaign")))).id
    mistakes(lead, At(campaign, "goal"))
    for gate in GATES:
        at = At(campaign, gate)
        fill(lead, at)
        approve(lead, bo, at, submit(lead, at).revision)
    live = take_live(admin, lead, bo, campaign)
    assert live.status == "live", live
    happened = [event.type_ for event in events(lead, campaign)]
    assert happened.count("gate.passed") == len(GATES), happened
    assert "campaign.live" in happened, happened
    print(campaign)


main()
