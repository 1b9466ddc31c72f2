//! The player: owns the screen from its first second until power-off, shows the status of the device, and
//! content as soon as there is some that may be played.
//!
//! | module | is responsible for |
//! |---|---|
//! | [`presenter`] | the thread that owns the screen; everything else talks to it by messages |
//! | [`engine`] | what is on the screen: a pure state machine |
//! | [`display`] | outputs: DRM, headless |
//! | [`scene`] | the status scene |
//! | [`media`] | images and videos as pictures |
//! | [`content`] | signed publications, the store, downloads |
//! | [`bus`] | the provisioner's state, and the player's own face on D-Bus |
//! | [`app`] | what starts when |
//!
//! Start-up order is the point of this process: the display first, and only when the first picture is on the
//! screen GStreamer, D-Bus and the network.

pub mod app;
pub mod bus;
pub mod cli;
pub mod clock;
pub mod content;
pub mod display;
pub mod engine;
pub mod frame;
pub mod log;
pub mod media;
pub mod presenter;
pub mod scene;
pub mod supervision;

/// An error with all its causes, in one line, for the log.
pub fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    for cause in causes(error) {
        // Some libraries repeat their cause in their own words.
        if !text.ends_with(&cause) {
            text.push_str(": ");
            text.push_str(&cause);
        }
    }
    text
}

/// What went wrong and the reason at the bottom of it, for the screen.
pub fn error_summary(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    match causes(error).last() {
        Some(cause) if !text.ends_with(&cause) => format!("{text}: {cause}"),
        _ => text,
    }
}

fn causes(error: &dyn std::error::Error) -> impl Iterator<Item = String> {
    std::iter::successors(error.source(), |error| error.source()).map(ToString::to_string)
}
