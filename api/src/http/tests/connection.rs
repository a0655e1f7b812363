//! What happens on the connection itself, over real TCP.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use actix_web::{HttpServer, rt};

use super::*;

/// Sends a head and then a body without end, and reads until the server closes the connection.
fn flood(address: SocketAddr, head: &str) -> String {
    let mut reader = TcpStream::connect(address).unwrap();
    // Only a server that never closes makes this run out.
    reader.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut writer = reader.try_clone().unwrap();
    writer.write_all(head.as_bytes()).unwrap();
    let sender = std::thread::spawn(move || {
        let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
        while writer.write_all(chunk.as_bytes()).is_ok() {}
    });
    let mut answer = Vec::new();
    let closed = match reader.read_to_end(&mut answer) {
        Ok(_) => true,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    };
    // The sender fails as soon as the connection is gone.
    drop(reader.shutdown(std::net::Shutdown::Both));
    sender.join().unwrap();
    assert!(closed, "the connection stays open");
    String::from_utf8_lossy(&answer).into_owned()
}

#[actix_web::test]
async fn a_body_without_end_ends_with_the_answer() {
    let room = room().await;
    let service = room.service.clone();
    let server = HttpServer::new(move || super::super::app(service.clone())).workers(1);
    let server = server.bind("127.0.0.1:0").unwrap();
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    rt::spawn(server);
    for (path, key, status) in [
        ("/v1/members", "nobody", "401"),
        ("/v1/members", room.admin_key.as_str(), "413"),
        ("/v1/nothing", room.admin_key.as_str(), "404"),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        );
        let answer = rt::task::spawn_blocking(move || flood(address, &head)).await.unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{path}: {answer:.60}");
    }
    handle.stop(false).await;
}
