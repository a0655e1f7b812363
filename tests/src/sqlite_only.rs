//! What there is only beside a SQLite file: its lock, and the secret key that is made for it.

use std::os::unix::fs::PermissionsExt as _;

use harness::Setup;

use crate::settings::refused;

#[tokio::test]
async fn a_second_service_on_one_file_is_refused() {
    let server = Setup::sandbox("2027-02-27T10:00:00+08:00").start().await;
    let second = Setup::new(&["serve", "--sandbox"]).with("GREENROOM_LISTEN", "127.0.0.1:0");
    let said = refused(&second, &server.folder);
    assert!(said.contains("greenroom.db"), "{said}");
    refused(&Setup::new(&["migrate"]), &server.folder);
    server.admin.get("/v1/me").expect(200).await;
}

#[tokio::test]
async fn a_secret_key_that_is_gone_is_missed_at_the_start() {
    let mut server = Setup::new(&["serve"]).start().await;
    server.stop().await;
    let file = server.folder.path().join("greenroom.secret");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(file).unwrap();
    let said = refused(&Setup::new(&["serve"]).with("GREENROOM_LISTEN", "127.0.0.1:0"), &server.folder);
    assert!(said.contains("greenroom.secret"), "{said}");
}
