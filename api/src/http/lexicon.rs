//! The lexicon: terms that may not be said, or are risky, and what the organization makes of them.

use actix_web::web::Data;
use actix_web::{get, put};
use domain::Locale;
use domain::Refusal;
use domain::actor::Who;
use domain::command::Expected;
use domain::ids::OrganizationId;
use domain::record::Member as _;
use domain::wording::{Lexicon, LexiconOverlay, Term};
use futures_util::FutureExt as _;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::body::Body;
use super::caller::{Admin, Viewer};
use super::etag::IfMatch;
use super::refusals::{ReadingOne, Versioned};
use super::schema::record_schema;
use crate::failure::Failure;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::store::lexicons::{self, Changes};
use crate::store::{Tx, campaigns, organizations};
use crate::view::Moment;
use crate::workflow;

record_schema! {
    /// An organization's changes to the built-in lexicon.
    pub LexiconChanges = LexiconOverlay, Whole, json!({
    "add": [{
        "term": "秒杀全网", "category": "price", "severity": "blocker", "jurisdiction": "cn",
        "exceptions": ["不敢秒杀全网"], "note": "平台通报过的价格表述"
    }],
    "disable": [{"term": "原价", "reason": "划线价由价格规则检查"}],
    "excuse": [{"term": "第一", "phrase": "第一现场", "reason": "栏目名称"}]
});
}

/// The lexicon in force.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LexiconView {
    /// Counts the organization's changes; its `ETag` is this in quotes. 0 is the built-in lexicon.
    pub version: i64,
    /// When it was changed last; `null` while it never was.
    pub changed_at: Option<Moment>,
    /// What the organization changed, as it was sent.
    #[schema(value_type = LexiconChanges)]
    pub changes: Value,
    /// Every term in force, built-in ones first.
    pub terms: Vec<TermView>,
}

/// A term that is looked for in scripts and in what is published before a show.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TermView {
    /// The term.
    #[schema(example = "国家级")]
    pub term: String,
    /// Why it is looked for.
    #[schema(value_type = super::schema::TermCategory)]
    pub category: &'static str,
    /// `blocker`: may not be said; `warning`: better explained.
    #[schema(value_type = super::schema::Severity)]
    pub severity: &'static str,
    /// The jurisdiction of playbooks in which it is looked for, or `any`.
    #[schema(example = "cn")]
    pub jurisdiction: String,
    /// It may be said of goods of these categories.
    #[schema(example = json!(["medical_device"]))]
    pub exempt_categories: Vec<&'static str>,
    /// Phrases in which it may stand.
    #[schema(example = json!(["国家级非遗"]))]
    pub exceptions: Vec<String>,
    /// What is wrong with it, in the reader's language.
    #[schema(example = "absolute rank")]
    pub note: String,
}

impl TermView {
    fn of(term: &Term, locale: Locale) -> Self {
        let Term { term, category, severity, jurisdiction, exempt_categories, exceptions, note } =
            term.clone();
        Self {
            term,
            category: category.key(),
            severity: severity.key(),
            jurisdiction,
            exempt_categories: exempt_categories.iter().map(|category| category.key()).collect(),
            exceptions,
            note: match locale {
                Locale::En => note.en,
                Locale::ZhCn => note.zh,
            },
        }
    }
}

fn reply(changes: &Changes, lexicon: &Lexicon, locale: Locale) -> Reply {
    let view = LexiconView {
        version: changes.version,
        changed_at: changes.changed_at.map(Moment::utc),
        changes: changes.overlay.write(),
        terms: lexicon.terms().map(|term| TermView::of(term, locale)).collect(),
    };
    Reply::ok(&view).version(changes.version)
}

/// Read the lexicon.
///
/// Every term in force, and what the organization changed. Rules `script.wording_…` and `warm_up.wording_…` look for them.
#[utoipa::path(tag = "playbooks",
    responses((status = 200, description = "The lexicon.", body = LexiconView), ReadingOne))]
#[get("/v1/lexicon")]
pub(super) async fn read_lexicon(service: Data<Service>, who: Viewer) -> Result<Reply, Problem> {
    let changes = lexicons::changes(service.store.reader(), who.org).await?;
    let lexicon = lexicons::of_version(service.store.reader(), who.org, changes.version).await?;
    Ok(reply(&changes, &lexicon, who.locale))
}

/// Change the lexicon.
///
/// The whole of the organization's changes: terms it adds, built-in terms it does not look for, phrases in which a term
/// may stand, each with a reason. Campaigns in preparation are judged again; what is found newly is told to those who
/// look after them and stops a submission and the go-live. Approvals stay.
#[utoipa::path(tag = "playbooks", request_body = LexiconChanges,
    responses((status = 200, description = "The lexicon.", body = LexiconView), Versioned))]
#[put("/v1/lexicon")]
pub(super) async fn replace_lexicon(
    service: Data<Service>,
    who: Admin,
    if_match: IfMatch,
    body: Body<LexiconOverlay>,
) -> Result<Reply, Problem> {
    let lexicon = Lexicon::overlaid(&body.0).map_err(|faults| Problem::from(Refusal::Invalid { faults }))?;
    let (org, by, locale, clock) = (who.org, who.actor.who, who.locale, service.clock.clone());
    let (overlay, lexicon) = (body.0, std::sync::Arc::new(lexicon));
    let job = workflow::job(move |tx| {
        let (overlay, lexicon, now) = (overlay.clone(), lexicon.clone(), clock.now());
        async move {
            let changes = change(tx, org, by, if_match.0, overlay, now).await?;
            Ok(reply(&changes, &lexicon, locale))
        }
        .boxed()
    });
    let changed = workflow::change(&service, &who.request(None), job).await?;
    service.nudge.notify_one();
    Ok(changed)
}

/// Adds a version and wakes the campaigns that it may find something in; what changes nothing adds none.
async fn change(
    tx: &Tx,
    org: OrganizationId,
    by: Who,
    expected: Expected,
    overlay: LexiconOverlay,
    now: Timestamp,
) -> Result<Changes, Failure> {
    // Two who change it take turns.
    organizations::hold(tx, org).await?;
    let before = lexicons::changes(tx, org).await?;
    if !expected.fits(before.version) {
        return Err(Refusal::VersionChanged { current: before.version }.into());
    }
    if overlay == before.overlay {
        return Ok(before);
    }
    let version = before.version + 1;
    lexicons::insert(tx, org, version, &overlay, by, now).await?;
    campaigns::wake_all(tx, org, now).await?;
    Ok(Changes { version, overlay, changed_at: Some(now) })
}
