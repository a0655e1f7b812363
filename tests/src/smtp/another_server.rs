//! Delivery to `OpenSMTPD`, a mail server that is nothing of ours.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use harness::{Folder, python, server};

use super::*;

/// A running `OpenSMTPD`; gone with the test.
struct Postman {
    folder: Folder,
    child: Child,
    port: u16,
}

impl Postman {
    async fn start() -> Self {
        let (folder, port) = (Folder::beside(), server::free_port());
        let mut starting = Command::new(python::script("postman/postman"));
        let child = starting.arg(folder.path()).arg(port.to_string()).spawn().unwrap();
        let postman = Self { folder, child, port };
        let since = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(since.elapsed() < Duration::from_secs(20), "{}", postman.folder.read("smtpd.log"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        postman
    }

    /// Every mail it has delivered, once there are so many.
    async fn mails(&self, count: usize) -> Vec<String> {
        let (new, since) = (self.folder.path().join("home/mail/new"), Instant::now());
        while files(&new).len() < count {
            assert!(since.elapsed() < Duration::from_secs(30), "{}", self.folder.read("smtpd.log"));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        files(&new)
    }
}

impl Drop for Postman {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn files(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap()).collect()
}

#[tokio::test]
async fn mails_reach_another_projects_server_whole_and_each_recipient_once() {
    let postman = Postman::start().await;
    let asked = Asked::begin(&format!("smtp://127.0.0.1:{}", postman.port)).await;
    asked.at("02-26T09:30").await;
    let deliveries = asked.deliveries().await;
    for one in &deliveries {
        assert_eq!((&one["status"], &one["attempts"]), (&json!("sent"), &json!(1)), "{one:#}");
    }
    let mails = postman.mails(deliveries.len()).await;
    assert_eq!(mails.len(), deliveries.len());
    let mut lines = String::new();
    for mail in &mails {
        lines += &(json!({ "data": mail }).to_string() + "\n");
    }
    let kept = postman.folder.path().join("messages.jsonl");
    std::fs::write(&kept, lines).unwrap();
    let read = python::run("mail/read.py", &[kept.as_os_str()]);
    let mut ids: Vec<&str> =
        read.as_array().unwrap().iter().map(|one| one["message_id"].as_str().unwrap()).collect();
    let mut expected: Vec<&str> = deliveries.iter().map(id).collect();
    ids.sort_unstable();
    expected.sort_unstable();
    assert_eq!(ids, expected);
    let subject = "[SANDBOX] 目标与定位 · 禾颜春日樱花新品首发 · 2月27日 18:00 · 待审批";
    let chinese =
        read.as_array().unwrap().iter().find(|one| one["to"] == json!(["admin@localhost"])).unwrap();
    assert_eq!(chinese["subject"], subject);
    assert!(chinese["text"].as_str().unwrap().contains("等待审批"), "{chinese:#}");
    assert!(read.as_array().unwrap().iter().all(|one| one["defects"] == json!([])), "{read:#}");
}
