//! A small disk that can be filled: a tmpfs. Mounting one needs root.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A mounted disk; gone with the test.
#[derive(Debug)]
pub struct Tmpfs(PathBuf);

impl Tmpfs {
    /// A disk of so many mebibytes.
    pub fn new(mebibytes: u32) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("greenroom-disk-{}-{number}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m,mode=1777"), "greenroom-test"])
            .arg(&path);
        let mounted = mount.output().unwrap();
        assert!(
            mounted.status.success(),
            "a small disk cannot be had, which needs root: {}",
            String::from_utf8_lossy(&mounted.stderr)
        );
        Self(path)
    }

    /// Where it is mounted.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Leaves not a byte free.
    pub fn fill(&self) {
        let full = std::fs::File::create(self.ballast())
            .and_then(|mut file| std::io::copy(&mut std::io::repeat(0), &mut file));
        assert_eq!(full.unwrap_err().kind(), std::io::ErrorKind::StorageFull);
    }

    /// Frees what [`Tmpfs::fill`] took.
    pub fn make_room(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Whoever still works on it keeps it until they end.
        let _unmounted = Command::new("umount").arg("-l").arg(&self.0).status();
        let _removed = std::fs::remove_dir(&self.0);
    }
}
