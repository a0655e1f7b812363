/**
 * Leads the standard campaign from its creation to live, with the client that openapi-typescript and openapi-fetch
 * make from the contract. Wants a sandbox: GREENROOM_URL, GREENROOM_KEY (an admin's). Prints the campaign's id.
 */
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import { campaign, contents } from "./examples.js";
import type { components, paths } from "./greenroom.js";

type Schemas = components["schemas"];
type Problem = Schemas["Problem"];
type Greenroom = ReturnType<typeof connect>;

const GATES = ["goal", "audience", "products", "script", "team", "warm_up", "equipment_test"] as const;
type Gate = (typeof GATES)[number];
type GatePath = { campaign: string; gate: Gate };

function connect(key: string) {
  const headers = { Authorization: `Bearer ${key}`, "Accept-Language": "en" };
  return createClient<paths>({ baseUrl: setting("GREENROOM_URL"), headers });
}

function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** What a call answered; a refusal becomes an error that says what the service said. */
function ok<Data>(call: { data?: Data; error?: Problem; response: Response }): Data {
  if (call.error !== undefined) throw new Error(`${call.error.code}: ${call.error.detail}`);
  if (call.data === undefined) throw new Error(`no content: ${call.response.status} ${call.response.url}`);
  return call.data;
}

/** The refusal of a call that must be refused. */
function refused(call: { error?: Problem; response: Response }, status: number, code: string): Problem {
  assert(call.error, `${call.response.url} answered ${call.response.status}, not ${code}`);
  assert.deepEqual([call.response.status, call.error.status, call.error.code], [status, status, code]);
  return call.error;
}

/** The version that a later write names in If-Match. */
function tagOf(response: Response): string {
  const tag = response.headers.get("ETag");
  assert(tag, `${response.url} answered without ETag`);
  return tag;
}

/** A new member, and a client that acts as them. */
async function join(admin: Greenroom, name: string, email: string, role: "operator" | "manager") {
  const wish = { params: { header: { "Idempotency-Key": `join-${email}` } }, body: { name, email, role } };
  const member = ok(await admin.POST("/v1/members", wish));
  const again = await admin.POST("/v1/members", wish);
  assert.equal(ok(again).id, member.id);
  assert.equal(again.response.headers.get("Idempotent-Replayed"), "true");
  const key = ok(await admin.POST("/v1/api-keys", { body: { name: `${name}'s laptop`, member_id: member.id } }));
  return connect(key.key);
}

/** Moves the sandbox's clock; what is due on the way has happened when this returns. */
async function clock(admin: Greenroom, now: string): Promise<void> {
  ok(await admin.PUT("/v1/sandbox/clock", { body: { now } }));
}

async function contentTag(who: Greenroom, path: GatePath): Promise<string> {
  const { response } = await who.GET("/v1/campaigns/{campaign}/gates/{gate}/content", { params: { path } });
  return tagOf(response);
}

/** Writes a gate's content, which takes the version that was read. */
async function fill(who: Greenroom, path: GatePath): Promise<Schemas["GateView"]> {
  const header = { "If-Match": await contentTag(who, path) };
  const body = contents[path.gate];
  return ok(await who.PUT("/v1/campaigns/{campaign}/gates/{gate}/content", { params: { path, header }, body }));
}

/** A write of another version, and one that breaks the limits, are refused and tell where and why. */
async function mistakes(who: Greenroom, path: { campaign: string; gate: "goal" }): Promise<void> {
  const address = "/v1/campaigns/{campaign}/gates/{gate}/content";
  const header = { "If-Match": await contentTag(who, path) };
  const wrong = { ...contents.goal, conversion_pct: 101, viewers_target: -1 };
  const invalid = await who.PUT(address, { params: { path, header }, body: wrong });
  const { errors } = refused(invalid, 422, "request.invalid");
  assert.deepEqual(errors.map((error) => error.pointer).sort(), ["/conversion_pct", "/viewers_target"]);
  await fill(who, path);
  const late = await who.PUT(address, { params: { path, header }, body: contents.goal });
  assert.deepEqual(refused(late, 412, "version.changed").errors, []);
}

/** The evidence an item of the checklist asks for. */
function evidence(item: Schemas["ItemView"]): Schemas["TickEvidence"] | null {
  switch (item.evidence_required) {
    case "none":
      return null;
    case "note":
      return { note: "Agreed at the Monday meeting." };
    case "link":
      return { url: "https://docs.heyan.example/checked" };
    case "file":
      return { file_sha256: "ab".repeat(32) };
    default:
      throw new Error(`no evidence is called ${item.evidence_required}`);
  }
}

/** Ticks what the gate requires and asks for review. */
async function submit(who: Greenroom, path: GatePath): Promise<Schemas["GateView"]> {
  const gate = ok(await who.GET("/v1/campaigns/{campaign}/gates/{gate}", { params: { path } }));
  for (const item of gate.checklist.filter((item) => item.required && !item.done)) {
    const params = { path: { ...path, item: item.key } };
    const body = { done: true, evidence: evidence(item) };
    ok(await who.PUT("/v1/campaigns/{campaign}/gates/{gate}/checklist/{item}", { params, body }));
  }
  const body = { comment: "Every warning is known and accepted." };
  return ok(await who.POST("/v1/campaigns/{campaign}/gates/{gate}/submission", { params: { path }, body }));
}

/** Nobody approves their own work; the other one does. */
async function approve(author: Greenroom, other: Greenroom, path: GatePath, revision: string) {
  const address = "/v1/campaigns/{campaign}/gates/{gate}/decisions";
  const body: Schemas["NewDecision"] = { verdict: "approve", revision };
  const call = { params: { path }, body };
  const problem = refused(await author.POST(address, call), 403, "gate.own_approval");
  const decide = problem.allowed_actions?.find(({ action }) => action === "approve");
  assert.deepEqual([decide?.allowed, decide?.reason?.code], [false, "gate.own_approval"]);
  const gate = ok(await other.POST(address, call));
  assert.equal(gate.status, "passed");
}

/** Everything that happened to a campaign, page by page. */
async function events(who: Greenroom, campaign: string): Promise<Schemas["EventView"][]> {
  const all: Schemas["EventView"][] = [];
  let cursor: string | null | undefined;
  do {
    const query = cursor ? { limit: 10, cursor } : { limit: 10 };
    const call = { params: { path: { campaign }, query } };
    const page = ok(await who.GET("/v1/campaigns/{campaign}/events", call));
    assert(page.data.length <= 10);
    all.push(...page.data);
    cursor = page.next_cursor;
  } while (cursor);
  return all;
}

/** The day itself: the check two hours before, then on air. */
async function goLive(admin: Greenroom, lead: Greenroom, manager: Greenroom, campaign: string) {
  await clock(admin, "2027-03-20T18:00:00+08:00");
  const path: GatePath = { campaign, gate: "equipment_test" };
  const header = { "If-Match": await contentTag(lead, path) };
  const checked = { checked_at: "2027-03-20T17:55:00+08:00", checked_by: "bo@heyan.example" };
  const change = {
    params: { path, header },
    body: { recheck: { ...checked, network_ok: true, audio_ok: true } },
    headers: { "Content-Type": "application/merge-patch+json" },
  };
  ok(await lead.PATCH("/v1/campaigns/{campaign}/gates/{gate}/content", change));
  await clock(admin, "2027-03-20T20:00:00+08:00");
  const params = { path: { campaign } };
  return ok(await manager.POST("/v1/campaigns/{campaign}/go-live", { params, body: { comment: "On air." } }));
}

const admin = connect(setting("GREENROOM_KEY"));
const lead = await join(admin, "Lead", "ops.lead@heyan.example", "operator");
const bo = await join(admin, "Bo", "bo@heyan.example", "manager");

const { id } = ok(await lead.POST("/v1/campaigns", { body: campaign }));
await mistakes(lead, { campaign: id, gate: "goal" });
for (const gate of GATES) {
  const path = { campaign: id, gate };
  await fill(lead, path);
  const submitted = await submit(lead, path);
  await approve(lead, bo, path, submitted.revision);
}
const live = await goLive(admin, lead, bo, id);
assert.equal(live.status, "live");
const happened = await events(lead, id);
assert.equal(happened.filter(({ type }) => type === "gate.passed").length, GATES.length);
assert(happened.some(({ type }) => type === "campaign.live"));
console.log(id);
