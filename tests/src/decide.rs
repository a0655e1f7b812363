//! Approval from the mail: what the link shows, to whom, what it never does, and the decision behind it.

mod one_click;
mod pages;
mod scanners;

use std::fmt::Write as _;

use harness::{Answer, Client, Mail, MailServer, Person, Server, Setup, Show, examples};
use reqwest::Method;
use serde_json::{Value, json};

const MORNING: &str = "2027-02-25T10:00:00+08:00";
/// Where people reach the service: behind a proxy that shows it below a path. The tests ask it without the proxy.
const PUBLIC: &str = "https://tools.heyan.example/room";

/// An operator who leads, two managers, and a supplier's operator who stands in now and then.
struct Room {
    smtp: MailServer,
    server: Server,
    lead: Person,
    bo: Person,
    su: Person,
}

/// Somebody with a browser and no key.
struct Visitor {
    http: Client,
    cookie: String,
}

impl Room {
    async fn open() -> Self {
        let smtp = MailServer::start();
        let setup = Setup::sandbox(MORNING).with("GREENROOM_SMTP_URL", &smtp.url());
        let server = setup.with("GREENROOM_PUBLIC_URL", PUBLIC).start().await;
        let join = async |name: &str, role| {
            Person::join(&server.admin, &format!("{name}@heyan.example"), role, &[]).await
        };
        let (lead, bo, su) =
            (join("ops.lead", "operator").await, join("bo", "manager").await, join("su", "manager").await);
        Self { smtp, server, lead, bo, su }
    }

    /// A campaign whose goal waits for review, and everybody has been told.
    async fn submitted(&self) -> Show {
        let lead = &self.lead.client;
        let show = Show::standard(lead, &json!({ "name": "Sakura <b>& more" })).await;
        show.fill(lead, "goal", &examples::content("goal")).await;
        show.tick_all(lead, "goal").await;
        self.submit(&show, "goal").await;
        show
    }

    async fn submit(&self, show: &Show, gate: &str) {
        let (bo, su) = (self.mails(&self.bo).len(), self.mails(&self.su).len());
        show.submit(&self.lead.client, gate).await;
        let count =
            |mails: &[Mail], person: &Person| mails.iter().filter(|mail| mail.to == person.email).count();
        self.smtp.until(|mails| count(mails, &self.bo) > bo && count(mails, &self.su) > su).await;
    }

    fn mails(&self, person: &Person) -> Vec<Mail> {
        self.smtp.mails().into_iter().filter(|mail| mail.to == person.email).collect()
    }

    /// The way to the decision in the newest mail to somebody that has one.
    fn link(&self, person: &Person) -> String {
        let mails = self.mails(person);
        let mut links = mails.iter().flat_map(|mail| addresses(&mail.text));
        links.rfind(|link| link.starts_with("/decide/")).expect("a link in a mail")
    }

    fn visitor(&self) -> Visitor {
        Visitor { http: Client::new(self.server.admin.base()), cookie: String::new() }
    }

    /// The code in the newest mail to somebody that brought one, after so many others.
    async fn code(&self, person: &Person, after: usize) -> String {
        let codes = |mails: &[Mail]| -> Vec<String> {
            let own = mails.iter().filter(|mail| mail.to == person.email);
            own.filter_map(|mail| Some(mail.subject.split_once("your code: ")?.1.to_owned())).collect()
        };
        self.smtp.until(|mails| codes(mails).len() > after).await;
        codes(&self.smtp.mails()).pop().unwrap()
    }

    /// Somebody whose browser knows them.
    async fn known(&self, person: &Person, link: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.send(&format!("{link}/code"), &[]).await;
        let code = self.code(person, 0).await;
        let confirmed = visitor.send(&format!("{link}/confirmation"), &[("code", &code)]).await;
        assert_eq!(confirmed.status, 303, "{confirmed}");
        visitor
    }

    async fn decisions(&self, show: &Show, gate: &str) -> Vec<Value> {
        show.gate(&self.lead.client, gate).await["decisions"].as_array().unwrap().clone()
    }
}

/// Every address of ours in a text, without where people reach us.
fn addresses(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>\"".contains(c));
    words.filter_map(|word| word.strip_prefix(PUBLIC)).map(str::to_owned).collect()
}

/// Where one click of a mail program ends mails of the kind.
fn opt_out(mail: &Mail) -> Option<String> {
    let unfolded = mail.raw.replace("\r\n ", "").replace("\r\n\t", "");
    let line = unfolded.lines().find_map(|line| line.strip_prefix("List-Unsubscribe: "))?;
    assert!(unfolded.contains("\nList-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{unfolded}");
    addresses(line).pop()
}

impl Visitor {
    async fn look(&self, link: &str) -> Answer {
        self.http.get(link).header("cookie", &self.cookie).header("accept-language", "zh-CN").send().await
    }

    /// Sends a form, as browsers do, and keeps the cookie of the answer.
    async fn send(&mut self, link: &str, fields: &[(&str, &str)]) -> Answer {
        let answer = self.form(link, fields).header("sec-fetch-site", "same-origin").send().await;
        if let Some((cookie, _)) = answer.header("set-cookie").split_once(';') {
            self.cookie = cookie.to_owned();
        }
        answer
    }

    fn form(&self, link: &str, fields: &[(&str, &str)]) -> harness::client::Call {
        let mut body = String::new();
        for (name, value) in fields {
            let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
            write!(body, "{name}={value}&").unwrap();
        }
        let call = self.http.call(Method::POST, link).header("cookie", &self.cookie);
        call.raw("application/x-www-form-urlencoded", body.trim_end_matches('&'))
    }

    async fn decide(&mut self, link: &str, verdict: &str) -> Answer {
        let page = self.look(link).await.text;
        let revision =
            page.split("name=\"revision\" value=\"").nth(1).map(|rest| rest.split('"').next().unwrap());
        let revision = revision.unwrap_or_default().to_owned();
        self.send(link, &[("revision", &revision), ("verdict", verdict), ("comment", "Read\r\non a phone")])
            .await
    }
}

#[tokio::test]
async fn the_link_leads_to_the_figures_and_after_a_code_to_the_decision() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let link = room.link(&room.bo);
    let mut visitor = room.visitor();
    let page = visitor.look(&link).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"), "{page}");
    // Bo reads English, whatever the browser says.
    for told in
        ["bo, this waits for your decision.", "GMV target", "CNY 1200000.00", "Sakura &lt;b&gt;&amp; more"]
    {
        assert!(page.text.contains(told), "{told}: {page}");
    }
    for withheld in ["<script", "value=\"approve\"", "Sakura <b>", "bo@heyan.example"] {
        assert!(!page.text.contains(withheld), "{withheld}: {page}");
    }
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
    assert!(policy.contains("form-action 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!((page.header("cache-control"), page.header("referrer-policy")), ("no-store", "no-referrer"));
    // A browser that nobody knows decides nothing.
    let refused = visitor.decide(&link, "approve").await;
    assert_eq!(refused.status, 403, "{refused}");
    assert!(refused.text.contains("Nothing was decided"), "{refused}");
    assert_eq!(show.status(&room.lead.client, "goal").await, "in_review");
    let asked = visitor.send(&format!("{link}/code"), &[]).await;
    assert_eq!(asked.status, 303, "{asked}");
    assert!(visitor.look(&link).await.text.contains("b•••@heyan.example"));
    let code = room.code(&room.bo, 0).await;
    let wrong = visitor.send(&format!("{link}/confirmation"), &[("code", "0000000")]).await;
    assert_eq!(wrong.status, 422, "{wrong}");
    assert!(wrong.text.contains("Tries left: 4."), "{wrong}");
    assert_eq!(visitor.cookie, "");
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let right = visitor.send(&format!("{link}/confirmation"), &[("code", &spaced)]).await;
    assert_eq!(right.status, 303, "{right}");
    let cookie = right.header("set-cookie");
    for kept in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/room/decide", "Max-Age=2592000"] {
        assert!(cookie.contains(kept), "{cookie}");
    }
    let decided = visitor.decide(&link, "approve").await;
    assert_eq!(decided.status, 303, "{decided}");
    assert!(link.ends_with(decided.header("location")), "{decided}");
    let page = visitor.look(&link).await;
    assert!(page.text.contains("You approved this on 25 Feb 2027 10:"), "{page}");
    assert!(!page.text.contains("<form"), "{page}");
    let gate = show.gate(&room.lead.client, "goal").await;
    assert_eq!(gate["status"], "passed");
    let decision = &gate["decisions"][0];
    assert_eq!(decision["decided_by"]["id"], room.bo.id.as_str());
    assert_eq!(decision["comment"], "Read\non a phone");
    let events = show.events(&room.lead.client).await;
    let event = events.iter().find(|event| event["type"] == "gate.decided").unwrap();
    assert_eq!(event["actor"], json!({ "kind": "member", "id": room.bo.id }));
    // Once is once, and the code is spent.
    let again = visitor
        .send(&link, &[("revision", gate["revision"].as_str().unwrap()), ("verdict", "approve")])
        .await;
    assert_eq!(again.status, 409, "{again}");
    assert!(again.text.contains("You approved this on"), "{again}");
    let spent = visitor.send(&format!("{link}/confirmation"), &[("code", &code)]).await;
    assert_eq!(spent.status, 422, "{spent}");
    assert_eq!(room.decisions(&show, "goal").await.len(), 1);
}

#[tokio::test]
async fn of_two_who_press_at_once_one_decides() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let (bo, su) = (room.link(&room.bo), room.link(&room.su));
    let mut of_bo = room.known(&room.bo, &bo).await;
    let mut twice = Visitor { http: of_bo.http.clone(), cookie: of_bo.cookie.clone() };
    let mut of_su = room.known(&room.su, &su).await;
    let (one, two, three) = tokio::join!(
        of_bo.decide(&bo, "approve"),
        twice.decide(&bo, "request_changes"),
        of_su.decide(&su, "approve"),
    );
    let mut statuses = [one.status, two.status, three.status];
    statuses.sort_unstable();
    assert_eq!(statuses[0], 303, "{one}\n{two}\n{three}");
    assert!(statuses[1..].iter().all(|status| (400..500).contains(status)), "{one}\n{two}\n{three}");
    assert_eq!(room.decisions(&show, "goal").await.len(), 1);
    let events = show.events(&room.lead.client).await;
    assert_eq!(events.iter().filter(|event| event["type"] == "gate.decided").count(), 1);
}

#[tokio::test]
async fn a_link_that_was_passed_on_tells_no_costs_and_decides_nothing() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let (lead, goal) = (&room.lead.client, room.link(&room.bo));
    let mut of_bo = room.known(&room.bo, &goal).await;
    assert_eq!(of_bo.decide(&goal, "approve").await.status, 303);
    // The persona's evidence is from 1 March.
    room.server.move_clock("2027-03-02T10:00:00+08:00").await;
    for gate in ["audience", "products"] {
        show.fill(lead, gate, &examples::content(gate)).await;
        show.tick_all(lead, gate).await;
        room.submit(&show, gate).await;
        if gate == "audience" {
            show.decide(&room.su.client, gate, "approve").await;
        }
    }
    let link = room.link(&room.bo);
    let known = of_bo.look(&link).await.text;
    assert!(known.contains("Margin") && known.contains("CNY 239.00"), "{known}");
    let unknown = room.visitor().look(&link).await.text;
    assert!(unknown.contains("CNY 239.00") && unknown.contains("This link was made for bo."), "{unknown}");
    assert!(!unknown.contains("Margin") && !unknown.contains("value=\"approve\""), "{unknown}");
    // Bo's browser is nobody else's.
    let of_su = room.link(&room.su);
    assert!(of_bo.look(&of_su).await.text.contains("This link was made for su."));
    assert_eq!(of_bo.decide(&of_su, "approve").await.status, 403);
    // What a key of somebody else carries is nothing here.
    let keyed = room.server.admin.call(Method::POST, &link);
    let keyed = keyed.raw("application/x-www-form-urlencoded", "verdict=approve").send().await;
    assert_eq!(keyed.status, 403, "{keyed}");
    assert_eq!(show.status(lead, "products").await, "in_review");
    // A page of others, and a body that no form sends.
    let fields = [("verdict", "approve")];
    let foreign = of_bo.form(&link, &fields).header("origin", "https://evil.example").send().await;
    assert_eq!(foreign.status, 403, "{foreign}");
    let foreign = of_bo.form(&link, &fields).header("sec-fetch-site", "cross-site").send().await;
    assert_eq!(foreign.status, 403, "{foreign}");
    let call = of_bo.http.call(Method::POST, &link).header("cookie", &of_bo.cookie);
    let typed = call.json(&json!({ "verdict": "approve" })).send().await;
    assert_eq!((typed.status, typed.header("content-type")), (415, "text/html; charset=utf-8"), "{typed}");
    let unclear = of_bo.send(&link, &[("verdict", "perhaps"), ("revision", "x")]).await;
    assert_eq!(unclear.status, 422, "{unclear}");
    assert_eq!(show.status(lead, "products").await, "in_review");
}

#[tokio::test]
async fn links_that_came_to_an_end_say_so_and_decide_nothing() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let (lead, first) = (&room.lead.client, room.link(&room.bo));
    let mut of_bo = room.known(&room.bo, &first).await;
    let seen = of_bo.look(&first).await.text;
    let revision =
        seen.split("name=\"revision\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // An edit between looking and deciding.
    show.change(lead, "goal", &json!({ "ad_budget": 25_000_100 })).await;
    let late = of_bo.send(&first, &[("verdict", "approve"), ("revision", &revision)]).await;
    assert_eq!(late.status, 409, "{late}");
    assert!(late.text.contains("has been changed since"), "{late}");
    // The edit is undone, and with it the link counts again; then something else takes its place.
    show.change(lead, "goal", &examples::content("goal")).await;
    assert!(of_bo.look(&first).await.text.contains("this waits for your decision"));
    let withdrawn = lead.call(Method::DELETE, &show.gate_path("goal", "/submission")).expect(200).await;
    assert_eq!(withdrawn.body["status"], "open");
    assert!(of_bo.look(&first).await.text.contains("The submission was withdrawn."));
    show.change(lead, "goal", &json!({ "ad_budget": 24_000_000 })).await;
    room.submit(&show, "goal").await;
    assert!(of_bo.look(&first).await.text.contains("belongs to an earlier submission"));
    let earlier = of_bo.send(&first, &[("verdict", "approve"), ("revision", &revision)]).await;
    assert_eq!(earlier.status, 409, "{earlier}");
    let second = room.link(&room.bo);
    assert_ne!(first, second);
    assert_eq!(of_bo.decide(&second, "request_changes").await.status, 303);
    let page = room.visitor().look(&room.link(&room.su)).await.text;
    assert!(page.contains("bo requested changes on 25 Feb 2027 10:"), "{page}");
    // The third review shows what is new since the second.
    show.change(lead, "goal", &json!({ "ad_budget": 23_000_000 })).await;
    room.submit(&show, "goal").await;
    let third = room.link(&room.bo);
    let page = of_bo.look(&third).await.text;
    assert!(page.contains("Changed since the last review") && page.contains("Ad budget"), "{page}");
    // Whoever leaves leaves their links behind.
    room.server
        .admin
        .patch(&format!("/v1/members/{}", room.bo.id), &json!({ "active": false }))
        .expect(200)
        .await;
    let gone = of_bo.look(&third).await;
    assert_eq!(gone.status, 410, "{gone}");
    assert!(gone.text.contains("该链接对应的成员已停用"), "in the browser's language: {gone}");
    for broken in
        ["/decide/", "/decide/x", &third[..third.len() - 1], &third.replace("decide", "unsubscribe")]
    {
        let answer = of_bo.look(broken).await;
        assert_eq!(answer.status, 404, "{answer}");
    }
    assert_eq!(show.status(lead, "goal").await, "in_review");
}

#[tokio::test]
async fn five_wrong_codes_are_enough() {
    let room = Room::open().await;
    let show = room.submitted().await;
    let link = room.link(&room.bo);
    let mut visitor = room.visitor();
    let none = visitor.send(&format!("{link}/confirmation"), &[("code", "123456")]).await;
    assert_eq!(none.status, 422, "{none}");
    assert!(none.text.contains("does not count any more"), "{none}");
    visitor.send(&format!("{link}/code"), &[]).await;
    // Whoever presses twice gets one code.
    visitor.send(&format!("{link}/code"), &[]).await;
    let code = room.code(&room.bo, 0).await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    for left in [4, 3, 2, 1, 0] {
        let tried = visitor.send(&format!("{link}/confirmation"), &[("code", wrong)]).await;
        assert!(tried.text.contains(&format!("Tries left: {left}.")), "{tried}");
    }
    let right = visitor.send(&format!("{link}/confirmation"), &[("code", &code)]).await;
    assert_eq!((right.status, right.header("set-cookie")), (422, ""), "{right}");
    let codes = room.mails(&room.bo).iter().filter(|mail| mail.subject.contains("your code")).count();
    assert_eq!(codes, 1);
    let ledger = show.notices(&room.lead.client).await;
    let rows: Vec<&Value> = ledger.iter().filter(|row| row["reason"] == "confirmation_code").collect();
    assert_eq!((rows.len(), &rows[0]["status"]), (1, &json!("sent")));
    assert!(!ledger.iter().any(|row| row.to_string().contains(&code)), "the ledger does not tell the code");
}

#[tokio::test]
async fn whoever_stands_in_decides_from_their_own_mail_under_both_names() {
    let room = Room::open().await;
    let chen = Person::join(&room.server.admin, "chen@heyan.example", "operator", &[]).await;
    let absence = json!({ "delegate_id": chen.id, "ends_at": "2027-03-01T09:00:00+08:00" });
    for away in [&room.bo, &room.su] {
        away.client.post("/v1/delegations", &absence).expect(201).await;
    }
    let lead = &room.lead.client;
    let show = Show::standard(lead, &json!({ "name": "Sakura" })).await;
    show.fill(lead, "goal", &examples::content("goal")).await;
    show.tick_all(lead, "goal").await;
    show.submit(lead, "goal").await;
    room.smtp.until(|mails| mails.iter().any(|mail| mail.to == chen.email)).await;
    let link = room.link(&chen);
    let mut of_chen = room.known(&chen, &link).await;
    assert_eq!(of_chen.decide(&link, "approve").await.status, 303);
    let decision = &room.decisions(&show, "goal").await[0];
    assert_eq!(decision["decided_by"]["id"], chen.id.as_str());
    assert!(decision["on_behalf_of"]["id"].is_string(), "{decision}");
}
