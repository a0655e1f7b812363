//! Mail for people without a mail server: one `.eml` file per message, which every mail program opens.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::outcome::Fault;

/// A folder that mails are written to.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// The folder at this path; it is made when the first mail comes.
    #[must_use]
    pub const fn new(path: PathBuf) -> Self {
        Self(path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Writes one message; a second writing of the same one replaces the first.
    pub(super) async fn put(&self, name: &str, message: &[u8]) -> Result<(), Fault> {
        let file = self.0.join(name);
        // A reader of the folder never meets half a mail.
        let unfinished = self.0.join(format!(".{name}.part"));
        let written = async {
            tokio::fs::create_dir_all(&self.0).await?;
            tokio::fs::write(&unfinished, message).await?;
            tokio::fs::rename(&unfinished, &file).await
        };
        written.await.map_err(|cause| Fault::network(format!("the mail folder cannot be written: {cause}")))
    }
}

/// The file name of a delivery: its planned instant in UTC, so that files sort by time, and its id.
/// Colons are left out because some file systems know no such names.
#[must_use]
pub fn file_name(planned_at: Timestamp, delivery: impl std::fmt::Display) -> String {
    let planned_at = planned_at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string();
    format!("{planned_at}-{delivery}.eml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_planned_instant_and_delivery() {
        let planned_at = "2027-03-09T18:00:00.25+08:00".parse().unwrap();
        assert_eq!(file_name(planned_at, "018f"), "20270309T100000Z-018f.eml");
    }

    #[tokio::test]
    async fn a_message_written_twice_is_one_file() {
        let folder =
            Folder::new(std::env::temp_dir().join(format!("greenroom-mail-{}", uuid::Uuid::now_v7())));
        folder.put("a.eml", b"first").await.unwrap();
        folder.put("a.eml", b"second").await.unwrap();
        let files: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files, [folder.path().join("a.eml")]);
        assert_eq!(std::fs::read(&files[0]).unwrap(), b"second");
        std::fs::remove_dir_all(folder.path()).unwrap();
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_made_is_tried_again_later() {
        let folder = Folder::new(PathBuf::from("/dev/null/mail"));
        let fault = folder.put("a.eml", b"first").await.unwrap_err();
        assert_eq!(fault.kind, super::super::FaultKind::Network);
    }
}
