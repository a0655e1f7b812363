//! What a merge patch makes of a person.

use serde_json::json;

use super::*;

fn li() -> Member {
    Member {
        id: MemberId(Uuid::nil()),
        name: "Li".to_owned(),
        email: Some("li@heyan.example".to_owned()),
        role: Role::Manager,
        duties: vec!["finance".to_owned()],
        mobile: Some("1".to_owned()),
        handles: Map::from_iter([("dingtalk".to_owned(), json!("li")), ("wecom".to_owned(), json!("li2"))]),
        locale: Locale::En,
        time_zone: TimeZone::UTC,
        active: true,
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::UNIX_EPOCH,
        preferences: Preferences::default(),
    }
}

fn after(patch: &Value) -> Result<Member, Vec<(String, &'static str)>> {
    let defaults = record::read(&json!({"time_zone": "Asia/Shanghai", "locale": "zh-CN"}), "").unwrap();
    patched(li(), patch.as_object().unwrap(), defaults, Timestamp::UNIX_EPOCH)
        .map_err(|faults| faults.into_iter().map(|fault| (fault.pointer, fault.kind.code())).collect())
}

#[test]
fn what_is_left_out_stays() {
    assert_eq!(after(&json!({})).unwrap(), li());
}

#[test]
fn null_clears_what_a_person_may_be_without() {
    let member = after(&json!({"email": null, "handles": null, "duties": null})).unwrap();
    assert_eq!(member, Member { email: None, handles: Map::new(), duties: Vec::new(), ..li() });
    assert_eq!(after(&json!({"mobile": null})).unwrap().mobile, None);
}

#[test]
fn null_as_language_or_zone_means_the_organizations() {
    let member = after(&json!({"locale": null, "time_zone": null})).unwrap();
    assert_eq!((member.locale, member.time_zone.iana_name()), (Locale::ZhCn, Some("Asia/Shanghai")));
}

#[test]
fn a_member_is_reached_by_mail_or_telephone() {
    let faults = after(&json!({"email": null, "mobile": null})).unwrap_err();
    assert_eq!(faults, [("/email".to_owned(), "field.required")]);
}

#[test]
fn a_name_a_role_and_presence_cannot_be_removed() {
    for name in ["name", "role", "active"] {
        let faults = after(&json!({name: null})).unwrap_err();
        assert_eq!(faults, [(format!("/{name}"), "field.required")]);
    }
}

#[test]
fn handles_are_merged_one_by_one() {
    let member = after(&json!({"handles": {"dingtalk": null, "feishu": "li3"}})).unwrap();
    assert_eq!(Value::Object(member.handles), json!({"wecom": "li2", "feishu": "li3"}));
    let long = "x".repeat(41);
    let faults = after(&json!({"handles": {long.clone(): "li"}})).unwrap_err();
    assert_eq!(faults, [(format!("/handles/{long}"), "text.too_long")]);
}
