//! Looks into an uploaded file with GStreamer, in a process of its own: a broken file ends this program, not the hub.

fn main() {}
