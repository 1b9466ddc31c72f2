//! Cards from the first byte to the label: the real program and real images; read back as a screen reads them.

#![allow(clippy::unwrap_used)]

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use signage_factory::image::Image;
use signage_factory::writer::{self, Step};
use signage_protocol::config;
use signage_protocol::token::{Kind, RANDOM_BYTES};
use signage_provisioner::medium::image;

/// A folder with an image, its block map, a table of units and their common settings.
struct Bench {
    folder: tempfile::TempDir,
}

const NAMES: [&str; 4] = ["Foyer", "Bar", "Lift, left", "Lift/right"];
const BLOCK: usize = 4096;

impl Bench {
    /// An image of 48 MiB with one FAT partition, a few blocks of data near its end, and nothing between.
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        let bytes = 48 << 20;
        let mut file =
            File::options().read(true).write(true).create_new(true).open(bench.path("os.img")).unwrap();
        file.set_len(bytes).unwrap();
        signage_stick::write(&mut file, bytes - (4 << 20), [("config.txt", &b"arm_64bit=1\n"[..])]).unwrap();
        file.seek(SeekFrom::Start(bytes - (2 << 20))).unwrap();
        file.write_all(&[0x5a; 3 * BLOCK]).unwrap();
        bench.map();
        let tokens = NAMES.iter().zip(1..).map(|(name, seed)| {
            format!("\"{name}\",{},unused,\r\n", Kind::Device.encode(&[seed; RANDOM_BYTES]).expose())
        });
        let table: String =
            std::iter::once("name,token,state,expires\r\n".to_owned()).chain(tokens).collect();
        fs::write(bench.path("units.csv"), table).unwrap();
        let common =
            r#"{"version":1,"hub":{"url":"https://hub.example:8443"},"device":{"timezone":"Europe/Berlin"}}"#;
        fs::write(bench.path("common.json"), common).unwrap();
        fs::create_dir(bench.path("cards")).unwrap();
        fs::create_dir(bench.path("labels")).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The block map of everything that is not zero, with the first block even if it is.
    fn map(&self) {
        let image = fs::read(self.path("os.img")).unwrap();
        let blocks: Vec<&[u8]> = image.chunks(BLOCK).collect();
        let mut ranges = String::new();
        let mut at = 0;
        while at < blocks.len() {
            let used = |at: usize| {
                at == 0 || blocks.get(at).is_some_and(|block| block.iter().any(|byte| *byte != 0))
            };
            let first = at;
            while used(at) {
                at += 1;
            }
            if at > first {
                let hash = hex::encode(Sha256::digest(&image[first * BLOCK..at * BLOCK]));
                ranges += &format!("<Range chksum=\"{hash}\">{first}-{}</Range>", at - 1);
            }
            at += 1;
        }
        let zeros = "0".repeat(64);
        let text = format!(
            "<bmap version=\"2.0\"><ImageSize>{}</ImageSize><BlockSize>{BLOCK}</BlockSize>\
             <ChecksumType>sha256</ChecksumType><BmapFileChecksum>{zeros}</BmapFileChecksum>\
             <BlockMap>{ranges}</BlockMap></bmap>",
            image.len()
        );
        let own = hex::encode(Sha256::digest(&text));
        fs::write(self.path("os.img.bmap"), text.replacen(&zeros, &own, 1)).unwrap();
    }

    fn command(&self, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_signage-factory"));
        command.current_dir(self.folder.path());
        command.args(["run", "--image", "os.img", "--units", "units.csv", "--config", "common.json"]);
        command.args(["--journal", "journal", "--labels", "labels", "--json"]).args(more);
        command.stdin(Stdio::null());
        command
    }

    fn run(&self, more: &[&str]) -> Output {
        self.command(more).output().unwrap()
    }

    fn card(&self, stem: &str) -> PathBuf {
        self.path(&format!("cards/{stem}.img"))
    }
}

fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// The settings on a card as a screen reads them, and the rest of the card as the image has it.
fn assert_is_card_of(bench: &Bench, card: &Path, name: &str) {
    let file = File::open(card).unwrap();
    let bytes = file.metadata().unwrap().len();
    let found = image::scan(file, bytes).unwrap().into_iter().find_map(|volume| volume.content.ok()).unwrap();
    let settings = config::parse(&found.file).unwrap().file;
    assert_eq!(settings.device.unwrap().name.as_deref(), Some(name));
    assert!(settings.device_token.is_some());
    let tail = |path: &Path| {
        let mut file = File::open(path).unwrap();
        file.seek(SeekFrom::Start(46 << 20)).unwrap();
        let mut bytes = vec![0; 3 * BLOCK];
        file.read_exact(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(tail(card), tail(&bench.path("os.img")));
}

fn stems() -> [String; 4] {
    NAMES.map(signage_factory::line::file_name)
}

#[test]
fn four_images_at_once_killed_at_any_time_and_gone_on_with() {
    let bench = Bench::new();
    let arguments = ["--into", "cards", "--writers", "4"];
    // Each time a little later, until one run comes to its end by itself.
    let mut killed = 0;
    let mut delay = Duration::from_millis(10);
    loop {
        let mut child =
            bench.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(delay);
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
        killed += 1;
        delay += delay / 2;
        // What is not done has no label.
        let journal = fs::read_to_string(bench.path("journal")).unwrap_or_default();
        for (name, stem) in NAMES.iter().zip(stems()) {
            let done = journal.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let done = done.filter(|line| line["event"] == "finish").any(|line| line["unit"] == *name);
            assert!(done || !bench.path(&format!("labels/{stem}.pdf")).exists(), "{name} has a label");
        }
    }
    assert!(killed > 0);
    for (name, stem) in NAMES.iter().zip(stems()) {
        assert_is_card_of(&bench, &bench.card(&stem), name);
        assert!(bench.path(&format!("labels/{stem}.png")).exists(), "{name} has no label");
    }
    // Nothing is made twice, nothing is left lying about.
    let output = bench.run(&arguments);
    assert!(output.status.success());
    assert_eq!(events(&output), [serde_json::json!({ "event": "end", "done": 4, "left": 0 })]);
    assert!(
        fs::read_dir(bench.path("cards"))
            .unwrap()
            .all(|entry| { entry.unwrap().path().extension().is_some_and(|extension| extension == "img") })
    );
    let journal = fs::read_to_string(bench.path("journal")).unwrap();
    assert!(!journal.contains("sgd_"), "a token lies in the journal");
}

#[test]
fn an_image_that_is_not_what_its_map_says_touches_nothing() {
    let bench = Bench::new();
    let mut file = File::options().write(true).open(bench.path("os.img")).unwrap();
    file.seek(SeekFrom::Start(46 << 20)).unwrap();
    file.write_all(b"!").unwrap();
    let output = bench.run(&["--into", "cards"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(error(&output).contains("FAC-005"), "{}", error(&output));
    assert!(fs::read_dir(bench.path("cards")).unwrap().next().is_none());
    assert!(!bench.path("journal").exists());
}

#[test]
fn an_image_without_a_place_for_the_settings_touches_nothing() {
    let bench = Bench::new();
    let mut file = File::options().write(true).open(bench.path("os.img")).unwrap();
    file.seek(SeekFrom::Start(1 << 20)).unwrap();
    file.write_all(&[0; 512]).unwrap();
    bench.map();
    let output = bench.run(&["--into", "cards"]);
    assert!(error(&output).contains("FAC-013"), "{}", error(&output));
    assert!(fs::read_dir(bench.path("cards")).unwrap().next().is_none());
}

#[test]
fn another_image_or_another_list_does_not_take_over_a_journal() {
    let bench = Bench::new();
    assert!(bench.run(&["--into", "cards"]).status.success());
    fs::write(bench.path("common.json"), r#"{"version":1,"hub":{"url":"https://other.example"}}"#).unwrap();
    let output = bench.run(&["--into", "cards"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        error(&output).contains("FAC-030") && error(&output).contains("other units"),
        "{}",
        error(&output)
    );
}

#[test]
fn somebody_elses_file_is_not_overwritten() {
    let bench = Bench::new();
    fs::write(bench.card("Foyer"), "precious").unwrap();
    let output = bench.run(&["--into", "cards", "--writers", "1"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(error(&output).contains("FAC-010"), "{}", error(&output));
    assert_eq!(fs::read(bench.card("Foyer")).unwrap(), b"precious");
}

#[test]
fn what_is_no_card_reader_is_refused() {
    let bench = Bench::new();
    for (path, says) in
        [("os.img", "not a block device"), ("/dev/null", "not a block device"), ("/nowhere", "FAC-010")]
    {
        let output = bench.run(&["--to", path, "--yes"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(error(&output).contains(says), "{}", error(&output));
    }
    // Nobody is there to say yes.
    let output = bench.run(&["--to", "/dev/null"]);
    assert!(error(&output).contains("FAC-050"), "{}", error(&output));
}

/// Runs a program that needs root; what it printed.
fn as_root(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Two loop devices with cards of this size, if this user may have any.
fn loops(bench: &Bench, bytes: u64) -> Option<Vec<String>> {
    let attach = |number: u32| {
        let path = bench.path(&format!("loop{number}"));
        File::create(&path).unwrap().set_len(bytes).unwrap();
        as_root("losetup", &["--find", "--show", path.to_str().unwrap()])
    };
    (0..2).map(attach).collect()
}

#[test]
fn real_block_devices_are_written_and_the_cards_changed_in_between() {
    let bench = Bench::new();
    let Some(devices) = loops(&bench, 64 << 20) else {
        eprintln!("skipped: loop devices need root");
        return;
    };
    let mut child = bench.command(&["--to", &devices[0], "--to", &devices[1], "--yes"]);
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // A card is taken out when it is done, and an empty one put in.
    let swap = |device: &str, number: u32| {
        let old = bench.path(&format!("loop{}", number % 2));
        let deadline = std::time::Instant::now() + Duration::from_secs(60);
        while fs::read_to_string(bench.path("journal")).unwrap_or_default().matches("\"finish\"").count()
            <= usize::from(number > 1) * 2 + 1
        {
            assert!(std::time::Instant::now() < deadline, "no card was finished");
            std::thread::sleep(Duration::from_millis(100));
        }
        as_root("losetup", &["--detach", device]).unwrap();
        std::thread::sleep(Duration::from_millis(1200));
        fs::rename(&old, bench.path(&format!("card{number}"))).unwrap();
        File::create(&old).unwrap().set_len(64 << 20).unwrap();
        as_root("losetup", &[device, old.to_str().unwrap()]).unwrap();
    };
    swap(&devices[0], 0);
    swap(&devices[1], 1);
    let output = child.wait_with_output().unwrap();
    for device in &devices {
        let _ = as_root("losetup", &["--detach", device]);
    }
    assert!(output.status.success(), "{}", error(&output));
    let mut names: Vec<String> = ["card0", "card1", "loop0", "loop1"]
        .iter()
        .map(|card| {
            let file = File::open(bench.path(card)).unwrap();
            let volumes = image::scan(file, 64 << 20).unwrap();
            let found = volumes.into_iter().find_map(|volume| volume.content.ok()).unwrap();
            config::parse(&found.file).unwrap().file.device.unwrap().name.unwrap()
        })
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Bar", "Foyer", "Lift, left", "Lift/right"]);
}

#[test]
fn a_card_in_use_or_too_small_is_refused() {
    let bench = Bench::new();
    let Some(devices) = loops(&bench, 16 << 20) else {
        eprintln!("skipped: loop devices need root");
        return;
    };
    let small = bench.run(&["--to", &devices[0], "--yes"]);
    for device in &devices {
        let _ = as_root("losetup", &["--detach", device]);
    }
    assert_eq!(small.status.code(), Some(2));
    assert!(error(&small).contains("FAC-011"), "{}", error(&small));
}

#[test]
fn until_everything_is_proven_no_board_can_boot_from_it() {
    let bench = Bench::new();
    let image = Image::open(&bench.path("os.img"), Some(&bench.path("os.img.bmap")), &|_| ()).unwrap();
    let path = bench.path("card");
    let mut card = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    // An earlier life of the card, with a partition table and its copy at the end.
    card.write_all(&vec![0xff; 64 << 20]).unwrap();
    let look = |_: Step, _: u64| {
        let mut head = [0xff; 512];
        File::open(&path).unwrap().read_exact(&mut head).unwrap();
        assert_eq!(head, [0; 512]);
    };
    writer::write(&image, &mut card, &path, 64 << 20, &look).unwrap();
    let (written, image) = (fs::read(&path).unwrap(), fs::read(bench.path("os.img")).unwrap());
    assert_eq!(written[..1 << 20], image[..1 << 20]);
    assert!(written.ends_with(&[0; 512]));
}

#[test]
fn a_card_that_gives_back_something_else_is_found_out() {
    let bench = Bench::new();
    let image = Image::open(&bench.path("os.img"), Some(&bench.path("os.img.bmap")), &|_| ()).unwrap();
    let path = bench.path("card");
    let mut card = File::options().read(true).write(true).create_new(true).open(&path).unwrap();
    card.set_len(64 << 20).unwrap();
    let damage = |step: Step, _: u64| {
        if step == Step::Verifying {
            let mut other = File::options().write(true).open(&path).unwrap();
            other.seek(SeekFrom::Start((46 << 20) + 7)).unwrap();
            other.write_all(b"x").unwrap();
        }
    };
    let error = writer::write(&image, &mut card, &path, 64 << 20, &damage).unwrap_err();
    assert_eq!(error.code(), "FAC-012");
    // And it does not boot.
    let mut head = [0xff; 512];
    File::open(&path).unwrap().read_exact(&mut head).unwrap();
    assert_eq!(head, [0; 512]);
}
