//! Media made once for all tests: a moving picture with a tone, a wide image, a tall image. Each has a
//! background of its own, by which it is recognised on a picture of the screen.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use image::{Rgb, RgbImage};
use tokio::process::Command;

use crate::screen::Picture;
use crate::{paths, process};

/// One file and how to recognise it.
#[derive(Debug, Clone, Copy)]
pub struct Fixture {
    /// File name.
    pub name: &'static str,
    /// Colour of most of its picture.
    pub colour: [u8; 3],
}

/// 640x360, 25 frames a second for 5 s, H.264 and AAC: a white ball that moves over magenta.
pub const VIDEO: Fixture = Fixture { name: "ball.mp4", colour: [176, 0, 128] };
/// 1280x720: a white circle on orange.
pub const WIDE: Fixture = Fixture { name: "wide.png", colour: [232, 112, 16] };
/// 720x1280: a white circle on teal.
pub const TALL: Fixture = Fixture { name: "tall.jpg", colour: [16, 128, 136] };
/// All, in the order in which tests play them.
pub const ALL: [Fixture; 3] = [VIDEO, WIDE, TALL];

/// YUV, JPEG and scaling move colours a little.
const TOLERANCE: u8 = 24;
/// The tall image fills a third of a wide screen, its circle a part of that.
const SHARE: f64 = 0.15;

impl Fixture {
    /// Where it lies after [`make`].
    pub fn path(&self) -> PathBuf {
        paths::target("fixtures").join(self.name)
    }

    /// Whether `picture` shows it.
    pub fn is_on(&self, picture: &Picture) -> bool {
        picture.share_of(self.colour, TOLERANCE) > SHARE
    }
}

/// The fixture that `picture` shows.
pub fn on(picture: &Picture) -> Option<Fixture> {
    ALL.into_iter().find(|fixture| fixture.is_on(picture))
}

/// Makes what is not there yet.
pub async fn make() -> Result<()> {
    let directory = paths::target("fixtures");
    std::fs::create_dir_all(&directory).context("target/fixtures")?;
    for fixture in ALL {
        let path = fixture.path();
        if path.exists() {
            continue;
        }
        // Under another name first: an interrupted run leaves nothing that looks complete.
        let part = directory.join(format!("part-{}", fixture.name));
        match fixture.name {
            name if name == VIDEO.name => video(&part).await?,
            name if name == WIDE.name => circle(1280, 720, fixture.colour).save(&part)?,
            _ => circle(720, 1280, fixture.colour).save(&part)?,
        }
        std::fs::rename(&part, &path)?;
    }
    Ok(())
}

/// A circle shows whether a picture keeps its shape.
fn circle(width: u32, height: u32, background: [u8; 3]) -> RgbImage {
    let (x0, y0) = (i64::from(width / 2), i64::from(height / 2));
    let radius = x0.min(y0) * 2 / 3;
    RgbImage::from_fn(width, height, |x, y| {
        let (x, y) = (i64::from(x) - x0, i64::from(y) - y0);
        if x * x + y * y < radius * radius { Rgb([255; 3]) } else { Rgb(background) }
    })
}

async fn video(path: &Path) -> Result<()> {
    let [red, green, blue] = VIDEO.colour;
    let pipeline = format!(
        "videotestsrc num-buffers=125 pattern=ball background-color=0xff{red:02x}{green:02x}{blue:02x} \
         ! video/x-raw,format=I420,width=640,height=360,framerate=25/1 \
         ! x264enc speed-preset=veryfast key-int-max=25 ! h264parse ! mux. \
         audiotestsrc num-buffers=234 freq=440 volume=0.2 ! audio/x-raw,rate=48000,channels=2 \
         ! audioconvert ! avenc_aac ! aacparse ! mux. \
         mp4mux name=mux ! filesink location={}",
        path.display()
    );
    let mut command = Command::new("gst-launch-1.0");
    command.arg("--quiet").args(pipeline.split_whitespace());
    process::output(&mut command).await.map(drop)
}
