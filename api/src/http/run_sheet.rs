//! The run sheet of a campaign: as JSON for machines, as a page to print, and as a Markdown table.

use actix_web::http::header::{self, Accept, Header as _, Quality};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, get};
use domain::{choices, record};

use super::caller::Viewer;
use super::path::CampaignPath;
use super::problem_catalogue as catalogue;
use super::query::{Query, query_parameters};
use super::refusals::Negotiated;
use crate::problem::Problem;
use crate::reply::Reply;
use crate::service::Service;
use crate::view::run_sheet::{self, RunSheetView, Sheet, Simulation};
use crate::workflow;

choices! {
    /// A form of the run sheet.
    pub enum SheetFormat {
        Json = "json", "for machines", "供程序读取";
        Html = "html", "a page to print on A4", "A4 打印页";
        Markdown = "markdown", "a Markdown table", "Markdown 表格";
    }
}

record! {
    /// Which form is wanted.
    pub struct SheetQuery {
        /// The form; goes before `Accept`, for those who cannot set headers.
        format: SheetFormat, no, "Format", "格式";
    }
}

query_parameters!(SheetQuery);

/// Read the run sheet.
///
/// What the script means in time, demand and load: JSON, or by `Accept` or `format` a page to print on A4
/// (`text/html`) or a Markdown table (`text/markdown`).
#[utoipa::path(tag = "campaigns", params(CampaignPath, SheetQuery), responses(
    (status = 200, description = "The run sheet.", content(
        (RunSheetView = "application/json"),
        (String = "text/html", example = "<!doctype html>…"),
        (String = "text/markdown", example = "# Run sheet: …")
    )),
    Negotiated
))]
#[get("/v1/campaigns/{campaign}/run-sheet")]
pub(super) async fn read_run_sheet(
    service: Data<Service>,
    who: Viewer,
    path: Path<CampaignPath>,
    query: Query<SheetQuery>,
    request: HttpRequest,
) -> Result<Reply, Problem> {
    let format = query.0.format.or_else(|| accepted(&request));
    let format = format.ok_or_else(|| Problem::new(&catalogue::NOT_ACCEPTABLE))?;
    let acted = workflow::look(&service, who.org, path.campaign).await?;
    let sheet = || Sheet::of(&acted, who.locale, service.clock.is_sandbox());
    let reply = match format {
        SheetFormat::Json => {
            Reply::ok(&Simulation::of(&acted.campaign, acted.case().params()).view(who.locale))
        }
        SheetFormat::Html => {
            let sheet = sheet();
            Reply::text("text/html; charset=utf-8", run_sheet::page(&sheet))
                .with(header::CONTENT_SECURITY_POLICY.as_str(), run_sheet::policy(&sheet))
        }
        SheetFormat::Markdown => Reply::text("text/markdown; charset=utf-8", run_sheet::table(&sheet())),
    };
    Ok(reply.with(header::VARY.as_str(), "Accept"))
}

/// The form that `Accept` likes best; JSON where it says nothing, none where it names none of ours.
fn accepted(request: &HttpRequest) -> Option<SheetFormat> {
    if !request.headers().contains_key(header::ACCEPT) {
        return Some(SheetFormat::Json);
    }
    let Accept(ranges) = Accept::parse(request).ok()?;
    let wanted = ranges.into_iter().filter(|range| range.quality > Quality::ZERO).collect();
    Accept(wanted)
        .ranked()
        .iter()
        .find_map(|range| of_range(range.type_().as_str(), range.subtype().as_str()))
}

fn of_range(main: &str, sub: &str) -> Option<SheetFormat> {
    match (main, sub) {
        ("*", "*") | ("application", "json" | "*") => Some(SheetFormat::Json),
        ("text", "html" | "*") => Some(SheetFormat::Html),
        ("text", "markdown") => Some(SheetFormat::Markdown),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn the_form_that_is_liked_best_is_taken() {
        for (accept, expected) in [
            ("application/json", Some(SheetFormat::Json)),
            ("*/*", Some(SheetFormat::Json)),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Some(SheetFormat::Html)),
            ("text/html;q=0.2, text/markdown;q=0.9", Some(SheetFormat::Markdown)),
            ("text/*", Some(SheetFormat::Html)),
            ("*/*, text/markdown", Some(SheetFormat::Markdown)),
            ("TEXT/HTML; charset=utf-8", Some(SheetFormat::Html)),
            ("application/pdf, application/*;q=0.1", Some(SheetFormat::Json)),
            ("text/html;q=0", None),
            ("application/pdf", None),
            ("nonsense", None),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
            assert_eq!(accepted(&request), expected, "{accept}");
        }
        assert_eq!(accepted(&TestRequest::default().to_http_request()), Some(SheetFormat::Json));
    }
}
