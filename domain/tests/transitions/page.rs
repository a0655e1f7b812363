//! The page as data: sections, their lines, and what they expect of whom.

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../transitions.txt");

const WHO: [&str; 9] =
    ["viewer", "operator", "submitter", "manager", "admin", "tech", "service", "minted", "limited"];

/// What every plain section of a kind has.
pub(crate) fn commands(kind: &str) -> Vec<&'static str> {
    let gate =
        ["edit", "tick", "assign", "submit", "withdraw", "approve", "request_changes", "reconfirm", "reopen"];
    let campaign = [
        "edit_profile",
        "reschedule",
        "progress",
        "hold",
        "resume",
        "go_live",
        "override",
        "complete",
        "cancel",
        "remind",
    ];
    if kind == "gate" { gate.to_vec() } else { gate.into_iter().chain(campaign).collect() }
}

/// The page, read.
pub(crate) struct Page {
    pub(crate) always: Section,
    pub(crate) sections: Vec<Section>,
}

pub(crate) struct Section {
    pub(crate) kind: &'static str,
    pub(crate) title: &'static str,
    pub(crate) lines: Vec<Line>,
}

pub(crate) struct Line {
    pub(crate) number: usize,
    pub(crate) commands: Vec<&'static str>,
    pub(crate) outcome: String,
    pub(crate) who: Vec<&'static str>,
}

impl Page {
    pub(crate) fn read() -> Self {
        let mut sections: Vec<Section> = Vec::new();
        let (mut inside, mut commands) = (false, Vec::new());
        for (index, text) in PAGE.lines().enumerate() {
            if let Some((kind, title)) = text.strip_prefix('[').and_then(|heading| heading.split_once(']')) {
                sections.push(Section { kind, title: title.trim(), lines: Vec::new() });
                inside = true;
            } else if text.is_empty() {
                inside = false;
            } else if inside {
                let (left, who) = text.split_once('|').unwrap_or((text, ""));
                let at = left.find(['→', '×']).unwrap_or(left.len());
                let named: Vec<_> =
                    left[..at].split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
                if who.is_empty() || !named.is_empty() {
                    let continued = commands.last() == Some(&",");
                    commands.retain(|name| continued && *name != ",");
                    commands.extend(named);
                }
                if who.is_empty() {
                    commands.push(",");
                    continue;
                }
                let (outcome, who) = (left[at..].trim().to_owned(), people(who));
                let line = Line { number: index + 1, commands: commands.clone(), outcome, who };
                sections.last_mut().unwrap().lines.push(line);
            }
        }
        let always = sections.iter().position(|section| section.kind == "always").unwrap();
        Self { always: sections.remove(always), sections }
    }

    /// The line that speaks of this command and person, and what it says.
    pub(crate) fn expected(&self, section: &Section, command: &str, who: &str) -> Option<(usize, &str)> {
        let in_section =
            self.sections.iter().find(|own| own.kind == section.kind && own.title == section.title)?;
        let line = in_section.says(command, who);
        let line =
            line.or_else(|| self.always.says(command, who)).or_else(|| in_section.says(command, "else"))?;
        Some((line.number, &line.outcome))
    }
}

impl Section {
    fn says(&self, command: &str, who: &str) -> Option<&Line> {
        let mut lines = self.lines.iter().filter(|line| self.names(line, command) && line.who.contains(&who));
        let line = lines.next()?;
        assert!(
            lines.next().is_none(),
            "[{}] {} says two things of {command} by {who}",
            self.kind,
            self.title
        );
        Some(line)
    }

    /// Whether a line speaks of a command: by name, or of every other one where no line names it.
    fn names(&self, line: &Line, command: &str) -> bool {
        let by_name = |line: &Line| line.commands.contains(&command);
        let all = line.commands.contains(&"every command");
        let rest = line.commands.contains(&"every other") && !self.lines.iter().any(by_name);
        by_name(line) || all || rest
    }

    pub(crate) fn status(&self) -> &'static str {
        self.title.split(',').next().unwrap()
    }

    pub(crate) fn is_whole(&self) -> bool {
        !self.title.contains(',')
    }

    /// What is tried: every command in a plain section, and what the section names.
    pub(crate) fn cells(&self) -> BTreeSet<(&'static str, &'static str)> {
        let whole = if self.is_whole() { commands(self.kind) } else { Vec::new() };
        let named = self.lines.iter().flat_map(|line| &line.commands).copied();
        let tried = whole.into_iter().chain(named.filter(|name| !name.starts_with("every ")));
        tried.flat_map(|command| WHO.map(|who| (command, who))).collect()
    }
}

fn people(text: &'static str) -> Vec<&'static str> {
    let one = |name: &'static str| match name {
        "managers" => vec!["submitter", "manager", "admin", "service", "minted"],
        "below" => vec!["viewer", "operator", "tech", "limited"],
        "else" => vec!["else"],
        known => {
            assert!(WHO.contains(&known), "nobody is called {known}");
            vec![known]
        }
    };
    text.split_whitespace().flat_map(one).collect()
}
