//! What the service makes of bad input: a status, a stable code, the place, and nothing changed.

use harness::client::Call;
use harness::examples::{self, content};
use harness::{Cast, Client, Server, Setup, Show};
use reqwest::Method;
use serde_json::{Value, json};

/// A campaign with one filled gate, and its people.
struct Scene {
    server: Server,
    cast: Cast,
    show: Show,
    tag: String,
}

impl Scene {
    async fn begin() -> Self {
        let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
        let cast = Cast::join(&server).await;
        let show = Show::standard(&cast.lead.client, &json!({ "gates": { "goal": content("goal") } })).await;
        let tag = show.tag(&cast.lead.client, "goal").await;
        Self { server, cast, show, tag }
    }

    fn lead(&self) -> &Client {
        &self.cast.lead.client
    }

    /// A write of the goal's content with this body.
    fn put(&self, body: impl Into<Vec<u8>>) -> Call {
        let call = self.lead().call(Method::PUT, &self.content_path());
        call.raw("application/json", body.into()).if_match(&self.tag)
    }

    fn content_path(&self) -> String {
        self.show.gate_path("goal", "/content")
    }

    /// Everything a refused request must leave as it was.
    async fn state(&self) -> Value {
        let admin = &self.server.admin;
        let lists = ["/v1/campaigns", "/v1/members", "/v1/api-keys", "/v1/organization"];
        let mut state = vec![self.show.view(admin).await, self.show.gate(admin, "goal").await];
        for path in lists {
            let mut seen = admin.get(path).expect(200).await.body;
            // When a key was used last is no state of anything.
            seen["data"]
                .as_array_mut()
                .into_iter()
                .flatten()
                .for_each(|row| row["last_used_at"] = Value::Null);
            state.push(seen);
        }
        state.push(self.show.events(admin).await.into());
        Value::Array(state)
    }

    async fn unchanged_since(&self, before: &Value) {
        assert_eq!(&self.state().await, before, "a refused request changed something");
    }
}

/// The goal's content with one member replaced.
fn goal_with(member: &str, value: Value) -> String {
    let mut goal = content("goal");
    goal[member] = value;
    goal.to_string()
}

#[tokio::test]
async fn bodies_that_cannot_be_read_are_told_so() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let rows: [(&str, Vec<u8>); 11] = [
        ("nothing", b"".to_vec()),
        ("half an object", b"{\"style\":".to_vec()),
        ("two documents", b"{} {}".to_vec()),
        ("a comment", b"{/* */}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("invalid UTF-8", b"{\"style\":\"\xff\xfe\"}".to_vec()),
        ("UTF-16", "{}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a lone surrogate", b"{\"differentiator\":\"\\ud800\"}".to_vec()),
        ("a number without end", b"{\"roi_floor\":1e400}".to_vec()),
        ("no number", b"{\"roi_floor\":NaN}".to_vec()),
        ("100,000 levels", deep.into_bytes()),
    ];
    for (what, body) in rows {
        let answer = scene.put(body).send().await;
        assert_eq!(answer.status, 400, "{what}: {answer}");
        answer.is_problem(400, "body.unreadable");
    }
    let call = scene.lead().call(Method::POST, "/v1/evaluations");
    call.raw("application/json", format!("{{\"campaign\":{}}}", "[".repeat(200)))
        .refused(400, "body.unreadable")
        .await;
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn documents_two_readers_could_understand_differently_are_refused_with_the_place() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let twice = scene.put("{\"style\":\"expert\",\"style\":\"expert\"}").refused(422, "field.repeated").await;
    assert_eq!(twice.errors(), [("/style".to_owned(), "field.repeated".to_owned())]);
    let twice = scene.put("{\"baseline\":{\"runs\":1,\"runs\":2}}").refused(422, "field.repeated").await;
    assert_eq!(twice.errors(), [("/baseline/runs".to_owned(), "field.repeated".to_owned())]);
    let nul = scene.put("{\"differentiator\":\"a\\u0000b\"}").refused(422, "text.forbidden_character").await;
    assert_eq!(nul.errors(), [("/differentiator".to_owned(), "text.forbidden_character".to_owned())]);
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn every_limit_is_checked_with_its_pointer() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let rows = [
        ("style", json!("loud"), "choice.unknown"),
        ("differentiator", json!(""), "text.empty"),
        ("differentiator", json!("   "), "text.empty"),
        ("differentiator", json!("字".repeat(201)), "text.too_long"),
        ("differentiator", json!("bell \u{7}"), "text.forbidden_character"),
        ("differentiator", json!(1), "field.wrong_type"),
        ("gmv_target", json!("1"), "field.wrong_type"),
        ("gmv_target", json!(1.5), "field.wrong_type"),
        ("gmv_target", json!(-1), "number.out_of_range"),
        ("gmv_target", json!(1_000_000_000_001_i64), "number.out_of_range"),
        ("gmv_target", json!(1e300), "number.out_of_range"),
        ("viewers_target", json!(0), "number.out_of_range"),
        ("conversion_pct", json!(100.01), "number.out_of_range"),
        ("conversion_pct", json!(2.345), "number.too_precise"),
        ("roi_floor", json!(0.123_45), "number.too_precise"),
        ("secondary_goals", json!(["sales", "sales"]), "list.duplicate"),
        ("secondary_goals", json!("sales"), "field.wrong_type"),
        ("baseline", json!([]), "field.wrong_type"),
        ("gmv_targt", json!(1), "field.unknown"),
    ];
    for (member, value, code) in rows {
        let answer = scene.put(goal_with(member, value.clone())).send().await;
        assert_eq!(answer.status, 422, "{member} {value}: {answer}");
        answer.is_problem(422, "request.invalid");
        let [(pointer, found)] = &answer.errors()[..] else { panic!("{member} {value}: {answer}") };
        assert!(pointer.starts_with(&format!("/{member}")), "{member} {value}: {answer}");
        assert_eq!(found, code, "{member} {value}: {answer}");
    }
    let hint = scene.put(goal_with("gmv_targt", json!(1))).send().await;
    assert!(hint.text.contains("gmv_target"), "{hint}");
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn violated_limits_are_all_listed_and_a_wrong_shape_names_its_first_place() {
    let scene = Scene::begin().await;
    let mut goal = content("goal");
    goal["gmv_target"] = json!(-1);
    goal["differentiator"] = json!("");
    goal["baseline"]["runs"] = json!(1001);
    let answer = scene.put(goal.to_string()).refused(422, "request.invalid").await;
    let pointers: Vec<String> = answer.errors().into_iter().map(|(pointer, _)| pointer).collect();
    assert_eq!(pointers, ["/differentiator", "/gmv_target", "/baseline/runs"]);
    goal["nonsense"] = json!(1);
    let answer = scene.put(goal.to_string()).refused(422, "request.invalid").await;
    assert_eq!(answer.errors(), [("/nonsense".to_owned(), "field.unknown".to_owned())]);
    scene.put("[]").refused(422, "request.invalid").await;
}

#[tokio::test]
async fn checks_across_fields_point_to_their_place() {
    let scene = Scene::begin().await;
    let rows: [(&str, &str, Value, &str, &str); 6] = [
        ("audience", "/segments/0/age_min", json!(99), "/segments/0/age_min", "field.crossed"),
        (
            "audience",
            "/segments/1/name",
            content("audience")["segments"][0]["name"].clone(),
            "/segments/1/name",
            "list.duplicate",
        ),
        (
            "products",
            "/skus/1/sku_id",
            content("products")["skus"][0]["sku_id"].clone(),
            "/skus/1/sku_id",
            "list.duplicate",
        ),
        (
            "script",
            "/expected_viewers/1/from_minute",
            json!(0),
            "/expected_viewers/1/from_minute",
            "list.duplicate",
        ),
        (
            "script",
            "/expected_viewers/1/from_minute",
            json!(7),
            "/expected_viewers/1/from_minute",
            "number.not_multiple",
        ),
        (
            "products",
            "/skus/0/licences/0/not_required_reason",
            json!("none"),
            "/skus/0/licences/0",
            "field.excludes",
        ),
    ];
    for (gate, place, value, pointer, code) in rows {
        let patch = json!([{ "op": "add", "path": place, "value": value }]);
        let path = scene.show.gate_path(gate, "/content");
        let body = examples::patched(content(gate), &patch);
        let answer = scene.lead().put(&path, &body).if_match("\"0\"").refused(422, "request.invalid").await;
        let [(found, kind)] = &answer.errors()[..] else { panic!("{gate}{place}: {answer}") };
        assert!(found.starts_with(pointer), "{gate}{place}: {answer}");
        assert_eq!(kind, code, "{gate}{place}: {answer}");
    }
}

#[tokio::test]
async fn a_campaign_is_created_whole_or_not_at_all() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let rows = [
        (
            json!({ "external_ref": "other", "time_zone": "Mars/Olympus" }),
            "/time_zone",
            "reference.not_found",
        ),
        (json!({ "external_ref": "other", "currency": "XXZ" }), "/currency", "reference.not_found"),
        (json!({ "external_ref": "other", "go_live_at": "tomorrow" }), "/go_live_at", "text.bad_format"),
        (
            json!({ "external_ref": "other", "go_live_at": "2027-03-20T20:00:00" }),
            "/go_live_at",
            "text.bad_format",
        ),
        (json!({ "external_ref": "other", "platforms": [] }), "/platforms", "list.too_few"),
        (json!({ "external_ref": "other", "name": null }), "/name", "field.required"),
        (
            json!({ "external_ref": "other", "owner": "nobody@heyan.example" }),
            "/owner",
            "reference.not_found",
        ),
        (json!({ "external_ref": "other", "playbook": "weekly@1" }), "/playbook", "reference.not_found"),
        (
            json!({ "external_ref": "other", "planned_minutes": 1441 }),
            "/planned_minutes",
            "number.out_of_range",
        ),
        (
            json!({ "external_ref": "other", "gates": { "goal": { "style": "loud" } } }),
            "/gates/goal/style",
            "choice.unknown",
        ),
        (json!({ "external_ref": "other", "gates": { "party": {} } }), "/gates/party", "field.unknown"),
        (json!({ "external_ref": "other", "metadata": { "a": [1] } }), "/metadata/a", "field.wrong_type"),
    ];
    for (changes, pointer, code) in rows {
        let mut body = examples::campaign();
        json_patch::merge(&mut body, &changes);
        let answer = scene.lead().post("/v1/campaigns", &body).send().await;
        assert_eq!(answer.status, 422, "{changes}: {answer}");
        answer.is_problem(422, "request.invalid");
        assert_eq!(answer.errors(), [(pointer.to_owned(), code.to_owned())], "{changes}: {answer}");
    }
    let again = scene.lead().post("/v1/campaigns", &examples::campaign());
    again.refused(409, "campaign.external_ref_taken").await;
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn a_write_needs_the_version_it_was_made_from() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let (lead, path) = (scene.lead(), scene.content_path());
    let goal = content("goal");
    lead.put(&path, &goal).refused(428, "version.if_match_needed").await;
    lead.put(&path, &goal).if_match("\"99\"").refused(412, "version.changed").await;
    lead.put(&path, &goal).if_match("\"0\"").refused(412, "version.changed").await;
    lead.put(&path, &goal).if_match("\"x\"").refused(412, "version.changed").await;
    lead.put(&path, &goal).if_match("1").refused(400, "version.if_match_malformed").await;
    lead.put(&path, &goal)
        .if_match("\"1\"")
        .if_match("\"1\"")
        .refused(400, "version.if_match_malformed")
        .await;
    lead.patch(&path, &json!({})).refused(428, "version.if_match_needed").await;
    lead.patch(&scene.show.path(""), &json!({ "name": "x" })).refused(428, "version.if_match_needed").await;
    lead.patch(&scene.show.path(""), &json!({ "name": "x" }))
        .if_match("\"9\"")
        .refused(412, "version.changed")
        .await;
    scene.unchanged_since(&before).await;
    lead.put(&path, &goal).if_match("*").expect(200).await;
}

#[tokio::test]
async fn a_patch_that_does_not_fit_changes_nothing() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let patch = |body: Value| {
        let call = scene.lead().call(Method::PATCH, &scene.content_path());
        call.raw("application/json-patch+json", body.to_string()).if_match(&scene.tag)
    };
    patch(json!([{ "op": "remove", "path": "/nothing" }])).refused(422, "patch.failed").await;
    patch(json!([{ "op": "test", "path": "/style", "value": "loud" }])).refused(422, "patch.failed").await;
    patch(json!([{ "op": "jump", "path": "/style" }])).refused(422, "patch.failed").await;
    patch(json!({ "style": "expert" })).refused(422, "request.invalid").await;
    let half = json!([{ "op": "replace", "path": "/style", "value": "entertaining" },
                      { "op": "replace", "path": "/gmv_target", "value": -1 }]);
    patch(half).refused(422, "request.invalid").await;
    let merge = scene.lead().patch(&scene.content_path(), &json!({ "baseline": { "runs": "many" } }));
    let answer = merge.if_match(&scene.tag).refused(422, "request.invalid").await;
    assert_eq!(answer.errors(), [("/baseline/runs".to_owned(), "field.wrong_type".to_owned())]);
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn bodies_of_another_type_or_size_are_not_read() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let path = scene.content_path();
    for content_type in
        ["text/plain", "application/xml", "application/json; charset=gbk", "multipart/form-data"]
    {
        let call = scene.lead().call(Method::PUT, &path).raw(content_type, "{}").if_match(&scene.tag);
        call.refused(415, "body.content_type").await;
    }
    scene.put("{}").header("content-encoding", "gzip").refused(415, "body.content_type").await;
    let large =
        |mebibytes: usize| format!("{{\"differentiator\":\"{}\"}}", "x".repeat(mebibytes * 1024 * 1024));
    scene.put(large(1)).refused(413, "body.too_large").await;
    let create =
        |body: String| scene.lead().call(Method::POST, "/v1/campaigns").raw("application/json", body);
    create(large(2)).refused(422, "request.invalid").await;
    create(large(8)).refused(413, "body.too_large").await;
    scene.unchanged_since(&before).await;
}

#[tokio::test]
async fn query_parameters_are_read_as_strictly_as_bodies() {
    let scene = Scene::begin().await;
    let rows = [
        ("/v1/campaigns?limt=5", "query.unknown"),
        ("/v1/campaigns?limit=5&limit=5", "query.repeated"),
        ("/v1/campaigns?limit=0", "query.invalid"),
        ("/v1/campaigns?limit=201", "query.invalid"),
        ("/v1/campaigns?limit=many", "query.invalid"),
        ("/v1/campaigns?status=happy", "query.invalid"),
        ("/v1/campaigns?go_live_from=yesterday", "query.invalid"),
        ("/v1/campaigns?sort=colour", "query.invalid"),
        ("/v1/campaigns?q=%00", "query.invalid"),
        ("/v1/campaigns?cursor=nonsense", "cursor.invalid"),
        ("/v1/members?cursor=AAAA", "cursor.invalid"),
    ];
    for (path, code) in rows {
        let answer = scene.lead().get(path).send().await;
        assert_eq!(answer.status, 400, "{path}: {answer}");
        answer.is_problem(400, code);
    }
    let path = scene.show.path("?verbose=1");
    scene.lead().get(&path).refused(400, "query.unknown").await;
}

#[tokio::test]
async fn idempotency_keys_are_checked() {
    let scene = Scene::begin().await;
    let before = scene.state().await;
    let path = scene.show.gate_path("goal", "/submission");
    let post = |body: Value| scene.lead().post(&path, &body);
    post(json!({})).once("").refused(400, "idempotency.key_malformed").await;
    post(json!({})).once("two words").refused(400, "idempotency.key_malformed").await;
    post(json!({})).once(&"x".repeat(256)).refused(400, "idempotency.key_malformed").await;
    post(json!({})).once("a").once("b").refused(400, "idempotency.key_malformed").await;
    post(json!({ "comment": 1 })).once("k").refused(422, "request.invalid").await;
    scene.unchanged_since(&before).await;
}
