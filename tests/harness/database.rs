//! Which database a test gets: a SQLite file in its folder, or a database of its own in the PostgreSQL whose address is
//! in `GREENROOM_TEST_POSTGRES`.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The secret key of every replica of a test.
pub const SECRET_KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// A database in a PostgreSQL, dropped when the test ends.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
}

impl Database {
    /// A database that nobody else has, if the tests run on PostgreSQL.
    pub fn of_the_tests() -> Option<Self> {
        std::env::var("GREENROOM_TEST_POSTGRES").ok().map(|server| Self::new(&server))
    }

    /// A database that nobody else has, in the PostgreSQL at this address.
    pub fn new(server: &str) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("it_{}_{number}", std::process::id());
        let database = Self { server: server.to_owned(), name };
        assert!(database.tell(&format!("CREATE DATABASE {}", database.name)), "no database can be made");
        database
    }

    /// Its address.
    pub fn url(&self) -> String {
        let (before, _) = self.server.rsplit_once('/').expect("an address with a database");
        format!("{before}/{}", self.name)
    }

    /// What PostgreSQL answers to a query, a line a row, columns between bars.
    pub fn ask(&self, query: &str) -> String {
        let asked =
            Command::new("psql").args(["-X", "-A", "-t", "-c", query]).arg(self.url()).output().unwrap();
        assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stderr));
        String::from_utf8(asked.stdout).unwrap()
    }

    /// Everything it holds, as `pg_dump` writes it.
    pub fn dump(&self) -> Vec<u8> {
        let dumped = Command::new("pg_dump").arg(self.url()).output().unwrap();
        assert!(dumped.status.success(), "{}", String::from_utf8_lossy(&dumped.stderr));
        dumped.stdout
    }

    /// Says something to the server; tells whether it was done.
    fn tell(&self, words: &str) -> bool {
        let mut told = Command::new("psql");
        told.args(["-X", "-q", "-c", words]).arg(&self.server).stdout(Stdio::null()).stderr(Stdio::null());
        told.status().is_ok_and(|status| status.success())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone, and then so is the database.
        self.tell(&format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}
