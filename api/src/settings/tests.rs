//! Tests of the settings: precedence, checks, and what an error says.

use super::*;

fn environment(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn read(pairs: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::read(None, environment(pairs), &Given::default())
}

fn refusal(pairs: &[(&str, &str)]) -> String {
    read(pairs).unwrap_err().to_string()
}

/// A file that is removed again.
struct File(PathBuf);

impl File {
    fn with(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("greenroom-settings-{}", uuid::Uuid::now_v7()));
        std::fs::write(&path, text).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

#[test]
fn nothing_given_means_the_documented_defaults() {
    let settings = read(&[("PATH", "/bin"), ("GREENROOM_SMTP_URL", "")]).unwrap();
    assert_eq!(settings.listen, "127.0.0.1:8080");
    assert_eq!(settings.database_url.reveal(), "sqlite://greenroom.db");
    assert_eq!(settings.mail_dir, PathBuf::from("mail"));
    assert_eq!(settings.log, LogForm::Readable);
    assert_eq!((settings.smtp, settings.workers, settings.public_url), (None, None, None));
    assert_eq!((settings.metrics, settings.drain), (MetricsFor::Anybody, Duration::from_secs(3)));
    assert_eq!((settings.max_connections, settings.max_requests), (20_000, 1024));
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let file =
        File::with("listen = \"0.0.0.0:1\"\nworkers = 3\nlog = \"json\"\npublic_url = \"https://a/\"\n");
    let given = Given { listen: Some("0.0.0.0:3".into()), ..Given::default() };
    let pairs = environment(&[("GREENROOM_LISTEN", "0.0.0.0:2"), ("GREENROOM_LOG", "readable")]);
    let settings = Settings::read(Some(&file.0), pairs, &given).unwrap();
    assert_eq!(settings.listen, "0.0.0.0:3");
    assert_eq!(settings.log, LogForm::Readable);
    assert_eq!(settings.workers, Some(3));
    assert_eq!(settings.public_url.as_deref(), Some("https://a"));
}

#[test]
fn an_unknown_setting_is_refused_and_the_nearest_named() {
    let said = refusal(&[("GREENROOM_LISTNE", "x")]);
    assert_eq!(said, "environment: unknown setting \"GREENROOM_LISTNE\"; did you mean \"GREENROOM_LISTEN\"?");
    assert_eq!(refusal(&[("GREENROOM_COLOUR", "x")]), "environment: unknown setting \"GREENROOM_COLOUR\"");
    let file = File::with("databse_url = \"sqlite://x\"\n");
    let said = Settings::read(Some(&file.0), [], &Given::default()).unwrap_err().to_string();
    assert!(said.ends_with("unknown setting \"databse_url\"; did you mean \"database_url\"?"), "{said}");
}

#[test]
fn a_secret_may_come_from_a_file_but_not_from_both() {
    let key = "k".repeat(32);
    let file = File::with(&format!("{key}\n"));
    let path = file.0.display().to_string();
    let settings = read(&[("GREENROOM_ADMIN_KEY_FILE", &path)]).unwrap();
    assert_eq!(settings.admin_key, Some(Hidden::new(key.clone())));
    let said = refusal(&[("GREENROOM_ADMIN_KEY_FILE", &path), ("GREENROOM_ADMIN_KEY", &key)]);
    assert_eq!(said, "give either admin_key or admin_key_file, not both");
    assert!(read(&[("GREENROOM_SECRET_KEY_FILE", "/nowhere/at/all")]).is_err());
}

#[test]
fn a_key_of_digits_stays_a_text() {
    let key = "1".repeat(40);
    assert_eq!(read(&[("GREENROOM_ADMIN_KEY", &key)]).unwrap().admin_key, Some(Hidden::new(key)));
}

#[test]
fn wrong_values_are_refused_by_name() {
    for (name, value) in [
        ("GREENROOM_LISTEN", "8080"),
        ("GREENROOM_LISTEN", "localhost:99999"),
        ("GREENROOM_DATABASE_URL", "mysql://x"),
        ("GREENROOM_PUBLIC_URL", "room.example.org"),
        ("GREENROOM_SMTP_URL", "http://mail"),
        ("GREENROOM_MAIL_FROM", "nobody"),
        ("GREENROOM_ADMIN_KEY", "short"),
        ("GREENROOM_LOG", "loud"),
        ("GREENROOM_WORKERS", "0"),
        ("GREENROOM_METRICS", "all"),
        ("GREENROOM_DRAIN_SECONDS", "16"),
        ("GREENROOM_MAX_CONNECTIONS", "-1"),
        ("GREENROOM_MAX_REQUESTS", "many"),
    ] {
        let said = refusal(&[(name, value)]);
        let setting = name.trim_start_matches(PREFIX).to_lowercase();
        assert!(said.starts_with(&format!("{setting}: ")), "{name}={value}: {said}");
        assert!(!said.contains(value) || value.len() < 6, "{said} repeats the value");
    }
}

#[test]
fn a_mail_server_is_read_with_its_transport_and_credentials() {
    let server = SmtpServer::read("smtp+starttls://room%40example.com:p%3Aw@mail.example.com").unwrap();
    assert_eq!((server.transport, server.port), (Transport::StartTls, 587));
    assert_eq!(server.credentials, Some(("room@example.com".into(), Hidden::new("p:w".into()))));
    let server = SmtpServer::read("smtp://127.0.0.1:2525").unwrap();
    assert_eq!((server.transport, server.host.as_str(), server.port), (Transport::Plain, "127.0.0.1", 2525));
    assert_eq!(SmtpServer::read("smtps://mail").unwrap().port, 465);
    assert!(SmtpServer::read("smtps://:465").is_err());
    assert!(SmtpServer::read("smtps://user@mail").is_err());
}

#[test]
fn names_and_fields_are_the_same_list() {
    let all = Given {
        listen: Some(String::new()),
        database_url: Some(String::new()),
        public_url: Some(String::new()),
        smtp_url: Some(String::new()),
        mail_from: Some(String::new()),
        mail_dir: Some(PathBuf::new()),
        admin_key: Some(String::new()),
        secret_key: Some(String::new()),
        log: Some(String::new()),
        workers: Some(String::new()),
        metrics: Some(String::new()),
        drain_seconds: Some(String::new()),
        max_connections: Some(String::new()),
        max_requests: Some(String::new()),
        database_url_file: Some(PathBuf::new()),
        smtp_url_file: Some(PathBuf::new()),
        admin_key_file: Some(PathBuf::new()),
        secret_key_file: Some(PathBuf::new()),
    };
    let written = serde_json::to_value(all).unwrap();
    let fields: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(fields, NAMES);
}
