//! The rules of gate team. What they demand of the roster stands in `roster`, of trainings and rehearsals in
//! `preparation`.

use super::{preparation, roster};
use crate::gate::GateKey;
use crate::rule::{Rule, required_fields};

/// Every rule of the gate, in the order of results.
pub static RULES: &[Rule] = &[
    Rule::complete("team.complete", GateKey::Team, |case| required_fields(case, GateKey::Team)),
    Rule::blocker("team.roles_filled", GateKey::Team, roster::roles_filled)
        .says("Nobody is assigned as: {missing}.", "岗位空缺:{missing}。")
        .fix("assign people", "补充人员")
        .reads(&["team.required_roles"]),
    Rule::blocker("team.backups_named", GateKey::Team, roster::backups_named)
        .says("No stand-in for: {missing}.", "缺少备岗:{missing}。")
        .fix("name a stand-in", "指定备岗")
        .reads(&["team.backup_roles"]),
    Rule::blocker("team.shifts_cover_show", GateKey::Team, roster::shifts_cover_show)
        .says("The shifts of {missing} leave part of {from}–{to} open.", "{missing} 班次未覆盖 {from}–{to}。")
        .fix("extend the shifts", "调整班次")
        .reads(&["team.required_roles", "team.before_minutes", "team.after_minutes"]),
    Rule::blocker("team.hosts_of_age", GateKey::Team, roster::hosts_of_age)
        .law("cn")
        .says(
            "{person} is {observed}; hosts must be {min}, under {adult} with a guardian's consent.",
            "{person} {observed} 岁;主播须满 {min} 岁,未满 {adult} 岁须监护人同意。",
        )
        .fix("change the host or add the consent", "更换或补同意书")
        .reads(&["team.on_air_roles", "team.min_age", "team.adult_age"]),
    Rule::blocker("team.identity_verified", GateKey::Team, roster::identity_verified)
        .law("cn")
        .says("The identity of {person} is not verified.", "{person} 未实名核验。")
        .fix("verify", "完成核验")
        .reads(&["team.verified_roles"]),
    Rule::blocker("team.training_complete", GateKey::Team, preparation::training_complete)
        .says("{person} lacks a valid training in: {missing}.", "{person} 缺少有效培训:{missing}。")
        .fix("train and score again", "补训并考核")
        .reads(&["team.on_air_roles", "team.required_topics", "team.min_score"]),
    Rule::blocker("team.full_rehearsal", GateKey::Team, preparation::full_rehearsal)
        .says(
            "No full rehearsal of today's run sheet with the whole team.",
            "缺少按当前脚本、全员参加的完整彩排。",
        )
        .fix(
            "rehearse (at least {min_minutes} min, with {attendees})",
            "组织彩排(至少 {min_minutes} 分钟,参加人:{attendees})",
        )
        .reads(&["team.rehearsal_kinds", "team.min_rehearsal_pct", "team.required_roles"]),
    Rule::blocker("team.no_open_high_issue", GateKey::Team, preparation::no_open_high_issue)
        .says("Open from the rehearsal: {title}.", "彩排高风险问题未解决:{title}。")
        .fix("solve it", "解决问题"),
    Rule::blocker("team.script_hosts_on_roster", GateKey::Team, roster::script_hosts_on_roster)
        .unwaivable()
        .says("{observed} leads rows but is no host on the roster.", "脚本主播 {observed} 不在主播名单。")
        .fix("correct the name or the roster", "修正姓名或名单")
        .reads(&["team.on_air_roles"]),
];
