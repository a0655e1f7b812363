//! The outside of the service: one file for each noun, and what all of them share. Handlers read the request, ask
//! the workflow or the store, and show a view; nothing is decided here.

pub mod api_keys;
pub mod body;
pub mod caller;
pub mod campaigns;
mod change;
mod connection;
mod decide;
pub mod delegations;
pub mod docs;
mod document;
pub mod etag;
pub mod evaluations;
mod fallback;
pub mod free;
pub mod gates;
mod glance;
pub mod health;
pub mod idempotency;
mod json;
pub mod language;
mod leaf;
mod ledger;
pub mod lexicon;
pub mod life;
pub mod me;
pub mod members;
mod metrics;
pub mod organization;
pub mod organization_reminders;
pub mod page;
pub mod path;
mod patience;
mod payload;
pub mod playbooks;
pub mod problem_catalogue;
pub mod progress;
pub mod query;
pub mod refusals;
pub mod reminders;
pub mod reply;
pub mod request_id;
pub mod review;
pub mod rules;
pub mod run_sheet;
pub mod sandbox;
pub mod schema;
mod server;
mod unsubscribe;
mod work;

#[cfg(test)]
mod tests;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, Error};
use utoipa::openapi::path::Paths;
use utoipa_actix_web::OpenApiFactory as _;

use crate::service::Service;

pub use glance::Glance;
pub use server::listen;
pub use work::Work;

/// Every operation, once: registered and documented from the same list.
macro_rules! operations {
    ($( $operation:path ),+ $(,)?) => {
        fn register(config: &mut web::ServiceConfig) {
            $( config.service($operation); )+
        }

        /// What every operation says about itself, and the schemas it speaks of.
        fn documented() -> (Paths, Vec<schema::Named>) {
            let (mut paths, mut schemas) = (Paths::new(), Vec::new());
            $(
                paths.merge($operation.paths());
                $operation.schemas(&mut schemas);
            )+
            (paths, schemas)
        }
    };
}

operations![
    docs::read_openapi,
    docs::read_problem,
    health::read_liveness,
    health::read_readiness,
    organization::read_organization,
    organization::change_organization,
    members::create_member,
    members::list_members,
    members::read_member,
    members::change_member,
    api_keys::create_api_key,
    api_keys::list_api_keys,
    api_keys::revoke_api_key,
    delegations::create_delegation,
    delegations::list_delegations,
    delegations::read_delegation,
    delegations::end_delegation,
    me::read_me,
    me::change_me,
    campaigns::create_campaign,
    campaigns::list_campaigns,
    campaigns::read_campaign,
    campaigns::change_campaign,
    life::hold_campaign,
    life::resume_campaign,
    life::go_live,
    life::complete_campaign,
    life::cancel_campaign,
    progress::read_campaign_readiness,
    progress::read_schedule,
    run_sheet::read_run_sheet,
    progress::list_events,
    progress::list_notices,
    reminders::create_reminder,
    reminders::preview_reminder,
    reminders::list_reminders,
    reminders::read_reminder,
    reminders::remove_reminder,
    organization_reminders::create_organization_reminder,
    organization_reminders::preview_organization_reminder,
    organization_reminders::list_organization_reminders,
    organization_reminders::read_organization_reminder,
    organization_reminders::remove_organization_reminder,
    ledger::list_all_notices,
    ledger::foresee_notices,
    ledger::read_delivery,
    ledger::retry_delivery,
    gates::read_gate,
    gates::assign_gate,
    gates::read_content,
    gates::replace_content,
    gates::change_content,
    gates::tick_item,
    review::submit_gate,
    review::withdraw_submission,
    review::decide_gate,
    review::reconfirm_gate,
    review::reopen_gate,
    evaluations::evaluate,
    sandbox::read_clock,
    sandbox::move_clock,
    playbooks::list_playbooks,
    playbooks::read_playbook,
    rules::list_rules,
    rules::read_rule,
    lexicon::read_lexicon,
    lexicon::replace_lexicon,
];

/// The OpenAPI document of this release.
pub fn openapi_json() -> &'static str {
    &document::contract().json
}

/// The application of one worker.
pub fn app(
    service: Data<Service>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(service)
        .app_data(path::strict())
        .configure(register)
        .service(docs::redirect_home)
        .service(docs::redirect_to_docs)
        .service(docs::read_docs)
        .service(metrics::read_metrics)
        .service(decide::show_decision)
        .service(decide::take_decision)
        .service(decide::send_code)
        .service(decide::confirm)
        .service(unsubscribe::show_subscription)
        .service(unsubscribe::unsubscribe)
        .service(unsubscribe::subscribe_again)
        .default_service(web::to(fallback::no_operation))
        .wrap(from_fn(etag::spare_repetition))
        .wrap(from_fn(caller::authenticate))
        .wrap(from_fn(patience::in_time))
        .wrap(Compress::default())
        .wrap(from_fn(request_id::frame))
}
