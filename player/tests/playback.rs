//! Plays real files on a headless screen and looks at every picture.

// Helpers outside of test functions may unwrap as well: a panic here is a failed test.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Rig, SCREEN, disc, film, image, near, solid, status, video};
use signage_player::engine::Event;
use signage_protocol::bus::Phase;

const GREEN: u32 = 0xff00_c000;

#[test]
fn a_mixed_playlist_loops_without_a_dark_moment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let items = vec![
        image(&disc(path, "disc.png", 400), 300),
        video(&film(path, "film.mp4", (120, 90), "1/1", 25, GREEN)),
        image(&solid(path, "wide.jpg", (400, 100), [30, 60, 220]), 300),
    ];
    let rig = Rig::start();
    rig.authorize();
    rig.play(1, items);
    let order = ["disc.png", "film.mp4", "wide.jpg"];
    rig.until_captions(&order.repeat(3));

    let captions = rig.captions();
    let content: Vec<&str> =
        captions.iter().map(String::as_str).skip_while(|caption| caption.starts_with("status")).collect();
    for (caption, wanted) in content.iter().zip(order.iter().cycle()) {
        assert_eq!(caption, wanted, "{captions:?}");
    }
    for shot in rig.shots() {
        assert_eq!(shot.frame.size(), SCREEN);
        assert!(!shot.is_black(), "{}", shot.caption);
    }
    let pictures = rig.shots().iter().filter(|shot| shot.caption == "film.mp4").count();
    assert!(pictures >= 30, "two turns of 25 pictures: {pictures}");

    // 400x400 becomes 180x180 in the middle, and the disc stays round.
    assert_extent(&rig, "disc.png", (70, 0, 249, 179));
    // 4:3 gets bars at the sides.
    assert_extent(&rig, "film.mp4", (40, 0, 279, 179));
    assert!(near(rig.last("film.mp4").frame.rgb(160, 90), [0, 192, 0]));
    // 4:1 gets bars above and below.
    assert_extent(&rig, "wide.jpg", (0, 50, 319, 129));
    assert_eq!(rig.face.borrow().scene, "content");
}

#[test]
fn a_video_with_oblong_pixels_keeps_its_shape() {
    let directory = tempfile::tempdir().unwrap();
    // 64x128 pixels that are twice as wide as high: a square.
    let film = film(directory.path(), "square.mp4", (64, 128), "2/1", 10, GREEN);
    let rig = Rig::start();
    rig.authorize();
    rig.play(1, vec![video(&film)]);
    rig.until_captions(&["square.mp4"]);
    assert_extent(&rig, "square.mp4", (70, 0, 249, 179));
}

#[test]
fn one_video_loops_and_holds_its_last_picture() {
    let directory = tempfile::tempdir().unwrap();
    let film = film(directory.path(), "film.mp4", (160, 90), "1/1", 10, GREEN);
    let rig = Rig::start();
    rig.authorize();
    rig.play(1, vec![video(&film)]);
    rig.until("four turns", |rig| rig.face.borrow().items_shown >= 4);
    assert_eq!(rig.captions().last().map(String::as_str), Some("film.mp4"));
    assert!(rig.shots().iter().all(|shot| !shot.is_black()));
}

#[test]
fn what_cannot_be_played_is_skipped_and_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let broken_film = path.join("broken.mp4");
    std::fs::write(&broken_film, vec![0; 10_000]).unwrap();
    let broken_image = path.join("broken.png");
    std::fs::write(&broken_image, "text").unwrap();
    let good = solid(path, "good.png", (32, 18), [200, 30, 30]);
    let mut rig = Rig::start();
    rig.authorize();
    rig.play(1, vec![video(&broken_film), image(&broken_image, 100), image(&good, 200)]);
    rig.until("two turns", |rig| rig.face.borrow().items_shown >= 2);
    let content: Vec<String> =
        rig.captions().into_iter().filter(|caption| !caption.starts_with("status")).collect();
    assert_eq!(content, ["good.png"]);
    let commands = rig.commands.as_mut().unwrap();
    let mut suspects = Vec::new();
    while let Ok(command) = commands.try_recv() {
        if let signage_player::content::sync::Command::Suspect(path) = command {
            suspects.push(path);
        }
    }
    assert_eq!(suspects, [broken_film.clone(), broken_image.clone()]);

    // With nothing left to show, the status scene says so.
    rig.play(2, vec![video(&broken_film), image(&broken_image, 100)]);
    rig.until("PLY-003", |rig| rig.face.borrow().problem == "PLY-003");
    assert_eq!(rig.face.borrow().scene, "status");
}

#[test]
fn new_content_waits_for_its_turn_and_permission_decides() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let red = solid(path, "red.png", (32, 18), [200, 0, 0]);
    let blue = solid(path, "blue.png", (32, 18), [0, 0, 200]);
    let rig = Rig::start();
    rig.play(1, vec![image(&red, 400)]);
    rig.until("the status scene", |rig| rig.face.borrow().scene == "status");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(rig.face.borrow().scene, "status", "not permitted yet");
    rig.authorize();
    rig.until_captions(&["red.png"]);
    rig.play(2, vec![image(&blue, 400)]);
    rig.until_captions(&["red.png", "blue.png"]);
    // The provisioner starts again: nothing changes on the screen.
    rig.tell(Event::Provisioner(status(Phase::Starting)));
    rig.tell(Event::Provisioner(status(Phase::Network)));
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert_eq!(rig.face.borrow().scene, "content");
    rig.tell(Event::Provisioner(status(Phase::Unauthorized)));
    rig.until("status scene", |rig| rig.face.borrow().scene == "status");
    rig.until_captions(&["red.png", "blue.png", "status-unauthorized"]);
    rig.authorize();
    rig.until("content again", |rig| rig.face.borrow().item == "blue.png");
    rig.play(3, vec![]);
    rig.until("nothing to play", |rig| rig.face.borrow().problem == "PLY-001");
}

fn assert_extent(rig: &Rig, caption: &str, wanted: (u32, u32, u32, u32)) {
    let found = rig.last(caption).extent().unwrap();
    let pairs = [(found.0, wanted.0), (found.1, wanted.1), (found.2, wanted.2), (found.3, wanted.3)];
    assert!(
        pairs.iter().all(|(found, wanted)| found.abs_diff(*wanted) <= 2),
        "{caption}: {found:?}, not {wanted:?}"
    );
}
