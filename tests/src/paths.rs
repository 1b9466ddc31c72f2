//! Where things lie. Everything is relative to the checkout that this crate was compiled in.

use std::path::{Path, PathBuf};

use crate::vm::arch::Arch;

/// The checkout.
pub fn top() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// A path below `target/`.
pub fn target(name: &str) -> PathBuf {
    top().join("target").join(name)
}

/// A directory below `target/` that each architecture has its own of.
pub fn of_arch(name: &str) -> PathBuf {
    target(&Arch::current().directory(name))
}

/// A program of the workspace: it lies beside the program that asks, or beside the directory of a unit test.
pub fn program(name: &str) -> PathBuf {
    let own = std::env::current_exe().unwrap_or_default();
    own.ancestors()
        .skip(1)
        .take(2)
        .map(|directory| directory.join(name))
        .find(|path| path.exists())
        .unwrap_or_else(|| target("debug").join(name))
}

/// The directory with `disk.img`, `vmlinuz` and `initrd`; `SIGNAGE_IMAGE` names another one.
pub fn image() -> PathBuf {
    std::env::var_os("SIGNAGE_IMAGE").map_or_else(|| of_arch("image"), PathBuf::from)
}
