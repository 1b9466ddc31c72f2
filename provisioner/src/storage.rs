//! Whether what is written stays.
//!
//! When `/data` cannot be mounted, `/var/lib` lies in memory. A device that went on there would make itself a
//! second identity and forget it again, so it does nothing but say so.

use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use signage_protocol::bus::{Phase, Status};
use signage_protocol::problem::Code;
use zbus::Connection;

use crate::bus::{self, Face};
use crate::identity::{Identity, IdentityError};
use crate::merge::Origins;

/// `statfs(2)`.
const TMPFS_MAGIC: u64 = 0x0102_1994;
/// After this long the service starts anew, in case the storage has come back.
pub const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Whether a directory, which is made if necessary, lies on something that outlives the power.
pub fn stays(directory: &Path) -> io::Result<bool> {
    fs::create_dir_all(directory)?;
    let kind = rustix::fs::statfs(directory)?.f_type;
    Ok(u64::try_from(kind).ok() != Some(TMPFS_MAGIC))
}

/// Shows the problem on the bus, under an identity that is never used for anything.
pub async fn explain(bus: &Connection) -> anyhow::Result<()> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(IdentityError::Random)?;
    let face = Face::default();
    let status = Status {
        phase: Phase::Starting.as_str().into(),
        problem_code: Code::HwStorage.to_string(),
        problem_detail: "/data is not mounted".into(),
        ..Status::default()
    };
    face.show(status, None, Origins::new());
    bus::serve(bus, face.clone(), Identity::from_seed(&seed)).await?;
    face.announce(bus).await?;
    tracing::error!("/data is not mounted; nothing can be kept");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_does_not_stay() {
        assert!(!stays(Path::new("/dev/shm")).unwrap());
        assert!(stays(Path::new("/usr")).unwrap());
    }
}
