//! Query parameters, read as strictly as bodies: a record whose fields are the parameters.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::web;
use actix_web::{FromRequest, HttpRequest};
use domain::fault::{At, Fault};
use domain::record::{Record, nearest, read_body};
use domain::shape::Shape;
use serde_json::{Map, Value};

use super::body::Nothing;
use super::document::contract;
use super::problem_catalogue as catalogue;
use crate::problem::Problem;

/// The query parameters of a request; unknown and repeated ones are refused.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: Record + 'static> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// Refuses parameters of an operation that takes none; the others read theirs with [`Query`].
///
/// # Errors
/// `query.unknown` for the first of them.
pub(super) fn refuse_surplus(request: &HttpRequest) -> Result<(), Problem> {
    let pattern = request.match_pattern().unwrap_or_default();
    if request.query_string().is_empty() || contract().takes_query(pattern, request.method()) {
        return Ok(());
    }
    read::<Nothing>(request.query_string()).map(|_| ())
}

fn read<T: Record>(query: &str) -> Result<T, Problem> {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query);
    let pairs = pairs.map_err(|_unreadable| Problem::new(&catalogue::QUERY_INVALID))?.into_inner();
    let mut members = Map::new();
    for (name, text) in pairs {
        let Some(field) = T::fields().iter().find(|field| field.name == name) else {
            return Err(unknown::<T>(&name));
        };
        if members.insert(name, value(&(field.shape)(), &text)).is_some() {
            let name = field.name;
            let en = format!("The query parameter \"{name}\" occurs twice; give it once.");
            let zh = format!("查询参数“{name}”重复，请只保留一个。");
            return Err(Problem::saying(&catalogue::QUERY_REPEATED, en, zh).at(&format!("/{name}")));
        }
    }
    let invalid = |faults: Vec<Fault>| Problem::of_faults(&catalogue::QUERY_INVALID, faults);
    read_body(&Value::Object(members)).map_err(invalid)
}

fn unknown<T: Record>(name: &str) -> Problem {
    let name: String = name.chars().take(80).collect();
    let place = At::root("").member(&name).to_string();
    let problem = match nearest(&name, T::fields().iter().map(|field| field.name)) {
        Some(near) => Problem::saying(
            &catalogue::QUERY_UNKNOWN,
            format!("There is no query parameter \"{name}\"; did you mean \"{near}\"?"),
            format!("没有查询参数“{name}”，是否应为“{near}”？"),
        ),
        None => Problem::saying(
            &catalogue::QUERY_UNKNOWN,
            format!("There is no query parameter \"{name}\"; remove it."),
            format!("没有查询参数“{name}”，请删除。"),
        ),
    };
    problem.at(&place)
}

/// A parameter as JSON, so that the field's own reader judges it. Lists are separated by commas.
fn value(shape: &Shape, text: &str) -> Value {
    match shape {
        // As JSON writes it: no plus, no zero before it, no exponent.
        Shape::Integer { .. } => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            Ok(_) | Err(_) => Value::from(text),
        },
        Shape::Decimal { .. } => {
            serde_json::from_str(text).ok().filter(Value::is_number).unwrap_or_else(|| Value::from(text))
        }
        Shape::Bool => match text {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            other => Value::from(other),
        },
        Shape::List { of, .. } | Shape::Set { of, .. } => {
            text.split(',').map(|part| value(&of(), part)).collect()
        }
        Shape::Instant => Value::from(with_plus(text)),
        Shape::Text { .. }
        | Shape::Date
        | Shape::Choice(_)
        | Shape::Id
        | Shape::Record(_)
        | Shape::Map(_)
        | Shape::Free => Value::from(text),
    }
}

/// An instant whose offset lost its plus: in a query a plus that is not written `%2B` means a space, and a space
/// before an offset can mean nothing else.
fn with_plus(text: &str) -> String {
    match text.rsplit_once(' ') {
        Some((before, offset)) if before.contains('T') => format!("{before}+{offset}"),
        Some(_) | None => text.to_owned(),
    }
}

/// Publishes records as the query parameters they are read from.
macro_rules! query_parameters {
    ($($record:ty),+ $(,)?) => {$(
        impl utoipa::IntoParams for $record {
            fn into_params(
                _: impl Fn() -> Option<utoipa::openapi::path::ParameterIn>,
            ) -> Vec<utoipa::openapi::path::Parameter> {
                $crate::http::schema::query_parameters(<$record as domain::record::Record>::fields())
            }
        }
    )+};
}

pub(crate) use query_parameters;

#[cfg(test)]
mod tests {
    use domain::gate::GateKey;
    use domain::record;
    use domain::scalar::{Int, Set, Text};

    use super::*;

    record! {
        /// What the tests ask for.
        pub struct Asked {
            /// A gate.
            gate: GateKey, no, "Gate", "关卡";
            /// Several gates.
            gates: Set<GateKey, 7>, no, "Gates", "关卡";
            /// Rows on a page.
            limit: Int<1, 200>, no, "Limit", "每页条数";
            /// Words to search for.
            q: Text<80>, no, "Search", "搜索";
            /// Whether.
            all: bool, no, "All", "全部";
        }
    }

    fn refusal(query: &str) -> (&'static str, Vec<(String, &'static str)>) {
        let problem = read::<Asked>(query).unwrap_err();
        let faults =
            problem.faults().iter().map(|fault| (fault.pointer.clone(), fault.kind.code())).collect();
        (problem.kind().code, faults)
    }

    #[test]
    fn parameters_are_read_by_their_shape() {
        let asked =
            read::<Asked>("gate=warm_up&gates=goal,team&limit=7&q=618+%E5%A4%A7%E4%BF%83&all=true").unwrap();
        assert_eq!(asked.gate, Some(GateKey::WarmUp));
        assert_eq!(asked.gates.unwrap().to_vec(), [GateKey::Goal, GateKey::Team]);
        assert_eq!(asked.limit.unwrap().get(), 7);
        assert_eq!(asked.q.unwrap().as_str(), "618 大促");
        assert_eq!(asked.all, Some(true));
        assert_eq!(read::<Asked>("").unwrap(), Asked::default());
    }

    #[test]
    fn unknown_and_repeated_parameters_are_refused() {
        assert_eq!(refusal("limt=7").0, "query.unknown");
        assert_eq!(refusal("limit=7&limit=7").0, "query.repeated");
        assert_eq!(refusal("gate=&gate=").0, "query.repeated");
    }

    #[test]
    fn wrong_values_are_named_by_their_parameter() {
        assert_eq!(refusal("limit=201"), ("query.invalid", vec![("/limit".into(), "number.out_of_range")]));
        assert_eq!(refusal("limit=many"), ("query.invalid", vec![("/limit".into(), "field.wrong_type")]));
        assert_eq!(refusal("gate=x"), ("query.invalid", vec![("/gate".into(), "choice.unknown")]));
        assert_eq!(refusal("all=yes").1, [("/all".into(), "field.wrong_type")]);
        assert_eq!(refusal("q=%00").1, [("/q".into(), "text.forbidden_character")]);
    }
}
