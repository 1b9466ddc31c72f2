//! What others can see of the player: `org.signage.Player1`, read-only.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;
use tracing::warn;
use zbus::Connection;

/// Well-known name.
pub const SERVICE: &str = "org.signage.Player1";
/// Object path.
pub const PATH: &str = "/org/signage/Player1";
/// Interface.
pub const INTERFACE: &str = "org.signage.Player1";

/// The properties, all but the number of frames.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Face {
    /// `status` or `content`; empty before the first picture.
    pub scene: &'static str,
    /// Title of the item on the screen, or empty.
    pub item: String,
    /// Items started since the process did.
    pub items_shown: u64,
    /// Code of the problem on the screen, or empty.
    pub problem: String,
}

struct Player1 {
    face: Face,
    frames: Arc<AtomicU64>,
}

#[zbus::interface(name = "org.signage.Player1")]
impl Player1 {
    #[zbus(property)]
    fn scene(&self) -> &str {
        self.face.scene
    }

    #[zbus(property)]
    fn item(&self) -> &str {
        &self.face.item
    }

    #[zbus(property)]
    fn items_shown(&self) -> u64 {
        self.face.items_shown
    }

    /// Pictures put on the screen; changes with each, so no signal tells of it.
    #[zbus(property(emits_changed_signal = "false"))]
    fn frames_presented(&self) -> u64 {
        self.frames.load(Ordering::Relaxed)
    }

    #[zbus(property)]
    fn problem(&self) -> &str {
        &self.face.problem
    }
}

/// Serves the object until the connection breaks.
pub(super) async fn serve(
    connection: &Connection,
    mut face: watch::Receiver<Face>,
    frames: Arc<AtomicU64>,
) -> zbus::Result<()> {
    let server = connection.object_server();
    let first = face.borrow_and_update().clone();
    server.at(PATH, Player1 { face: first, frames }).await?;
    if let Err(error) = connection.request_name(SERVICE).await {
        // Only observers miss it.
        warn!(error = crate::error_chain(&error), "name {SERVICE} not taken");
    }
    let object = server.interface::<_, Player1>(PATH).await?;
    loop {
        if face.changed().await.is_err() {
            // The presenter is gone, and the process with it.
            return std::future::pending().await;
        }
        let new = face.borrow_and_update().clone();
        let mut player = object.get_mut().await;
        let old = std::mem::replace(&mut player.face, new);
        let emitter = object.signal_emitter();
        if player.face.scene != old.scene {
            player.scene_changed(emitter).await?;
        }
        if player.face.item != old.item {
            player.item_changed(emitter).await?;
        }
        if player.face.items_shown != old.items_shown {
            player.items_shown_changed(emitter).await?;
        }
        if player.face.problem != old.problem {
            player.problem_changed(emitter).await?;
        }
    }
}
