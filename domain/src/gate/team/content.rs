//! The fields of gate team.

use jiff::Timestamp;

use crate::fault::{At, FaultKind, Faults};
use crate::scalar::{Int, List, Person, Ref, Set, Text};
use crate::{choices, record};

choices! {
    /// What somebody does during a show.
    pub enum TeamRole {
        Host = "host", "host", "主播";
        CoHost = "co_host", "co-host", "副播";
        /// (directs the set and keeps the pace)
        FloorControl = "floor_control", "floor control", "场控";
        /// (lists products and switches prices in the back end)
        Operator = "operator", "operator", "中控运营";
        CustomerService = "customer_service", "customer service", "客服";
        /// (runs paid traffic)
        AdBuyer = "ad_buyer", "ad buyer", "投手";
        Tech = "tech", "tech", "技术";
        /// (chooses goods and deals with suppliers)
        Buyer = "buyer", "buyer", "选品";
        Compliance = "compliance", "compliance", "合规";
        Assistant = "assistant", "assistant", "助理";
    }

    /// What people are trained in.
    pub enum Topic {
        ProductKnowledge = "product_knowledge", "product knowledge", "产品知识";
        SalesSkills = "sales_skills", "sales skills", "销售技巧";
        Interaction = "interaction", "interaction", "互动技巧";
        PlatformRules = "platform_rules", "platform rules", "平台规则";
        AdvertisingLaw = "advertising_law", "advertising law", "广告法";
        Emergency = "emergency", "emergencies", "应急处理";
        Tools = "tools", "tools", "工具使用";
    }

    /// How much of a show a rehearsal goes through.
    pub enum RehearsalKind {
        /// (the run sheet is read at a table)
        Table = "table", "table reading", "剧本围读";
        /// (on the set without streaming)
        Dry = "dry", "dry run", "走场彩排";
        /// (everything and everybody as in the show)
        Full = "full", "full rehearsal", "全流程彩排";
    }

    /// How bad an issue found in a rehearsal is.
    pub enum IssueSeverity {
        High = "high", "high", "高";
        Medium = "medium", "medium", "中";
        Low = "low", "low", "低";
    }
}

record! {
    /// Who works when, trained in what, rehearsed how.
    pub struct Team {
        /// Everybody who works during the show, one entry for each role a person has.
        roster: List<RosterEntry, 60>, yes, "Roster", "人员";
        /// Trainings held, with their scores.
        trainings: List<Training, 400>, yes, "Trainings", "培训";
        /// Rehearsals held.
        rehearsals: List<Rehearsal, 40>, yes, "Rehearsals", "彩排";
        /// Group or channel in which the team talks during the show.
        command_channel: Ref, yes, "Command channel", "指挥群";
        /// Who is called when the team cannot solve something.
        escalation_contact: Text<120>, yes, "Escalation contact", "升级联系人";
    }

    /// One person in one role.
    pub struct RosterEntry checked by shift_in_order {
        /// Who it is; the same spelling in rows of the run sheet, trainings and rehearsals.
        person: Person, yes, "Person", "姓名";
        /// What the person does.
        role: TeamRole, yes, "Role", "岗位";
        /// Whether the person is a stand-in for the role.
        is_backup: bool, yes, "Stand-in", "备岗";
        /// What this person does during the show.
        responsibilities: Text<200>, no, "Responsibilities", "职责";
        /// Why this host fits goods and audience.
        fit: Text<200>, no, "Host fit", "主播匹配";
        /// When the person is there; before `shift_to_at`.
        shift_from_at: Timestamp, yes, "Shift from", "到岗";
        /// When the person may leave.
        shift_to_at: Timestamp, yes, "Shift to", "离岗";
        /// Age in years at go-live.
        age_years: Int<0, 120>, no, "Age", "年龄";
        /// Link, file id or number of the guardian's consent, for hosts under age.
        guardian_consent_ref: Ref, no, "Guardian's consent", "监护人同意";
        /// Whether the platform has verified who the person is.
        identity_verified: bool, no, "Identity verified", "实名核验";
    }

    /// One person trained and scored in one topic.
    pub struct Training {
        /// Who was trained; spelled as in the roster.
        person: Person, yes, "Trainee", "学员";
        /// What was taught.
        topic: Topic, yes, "Topic", "主题";
        /// Result from 0 to 100.
        score: Int<0, 100>, yes, "Score", "得分";
        /// When the training was held.
        trained_at: Timestamp, yes, "Trained at", "时间";
        /// Who gave the score; nobody scores themselves.
        scored_by: Person, yes, "Scored by", "考核人";
    }

    /// One rehearsal.
    pub struct Rehearsal {
        /// How much of the show it went through.
        kind: RehearsalKind, yes, "Rehearsal kind", "类型";
        /// When it was held.
        held_at: Timestamp, yes, "Held at", "时间";
        /// How many minutes it took.
        duration_minutes: Int<1, 1440>, yes, "Duration", "时长";
        /// Who took part; spelled as in the roster.
        attendees: Set<Person, 60>, yes, "Attendees", "参加人";
        /// What went wrong.
        issues: List<Issue, 60>, no, "Issues", "问题";
    }

    /// Something that went wrong in a rehearsal.
    pub struct Issue {
        /// What went wrong.
        title: Text<200>, yes, "Issue", "问题描述";
        /// How bad it is; one that is high must be solved before the show.
        severity: IssueSeverity, yes, "Severity", "级别";
        /// Whether it is solved.
        resolved: bool, yes, "Resolved", "已解决";
    }
}

fn shift_in_order(entry: &RosterEntry, at: &At<'_>, faults: &mut Faults) {
    if entry.shift_from_at.zip(entry.shift_to_at).is_some_and(|(from, to)| from >= to) {
        faults.add(&at.member("shift_from_at"), FaultKind::Crossed { upper: "shift_to_at" });
    }
}
