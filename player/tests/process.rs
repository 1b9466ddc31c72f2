//! The real process between a real bus, a provisioner that comes and goes, and a hub.

// Helpers outside of test functions may unwrap as well: a panic here is a failed test.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;

use std::fmt::Debug;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use common::hub::{Shared, account, publish_files, world};
use common::solid;
use signage_protocol::bus::{self, Phase};
use signage_protocol::document::ItemKind;
use signage_protocol::problem::Code;
use zbus::Connection;

struct FakeProvisioner {
    phase: Phase,
    problem: Option<Code>,
    world: Shared,
}

#[zbus::interface(name = "org.signage.Provisioner1")]
impl FakeProvisioner {
    async fn get_hub(&self) -> (String, String, String) {
        let world = self.world.lock().unwrap();
        (world.url.clone(), String::new(), world.key.clone())
    }

    async fn get_access_token(&self) -> (String, u64) {
        (self.world.lock().unwrap().token.clone(), u64::MAX)
    }

    #[zbus(property)]
    fn generation(&self) -> u64 {
        1
    }

    #[zbus(property)]
    fn phase(&self) -> &str {
        self.phase.as_str()
    }

    #[zbus(property)]
    fn device_id(&self) -> &str {
        "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    }

    #[zbus(property)]
    fn device_name(&self) -> &str {
        "Lobby"
    }

    #[zbus(property)]
    fn address(&self) -> &str {
        "10.0.0.5"
    }

    #[zbus(property)]
    fn hub(&self) -> &str {
        "https://hub.example.com"
    }

    #[zbus(property)]
    fn problem_code(&self) -> &str {
        self.problem.map_or("", Code::as_str)
    }

    #[zbus(property)]
    fn problem_detail(&self) -> &str {
        ""
    }

    #[zbus(property)]
    fn retry_at(&self) -> u64 {
        0
    }
}

/// Ends a child with its owner.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn private_bus() -> (Running, String) {
    let mut child = Command::new("dbus-daemon")
        .args(["--session", "--nofork", "--print-address=1"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut address = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
    (Running(child), address.trim().to_owned())
}

fn player(address: &str, directory: &Path) -> Running {
    let child = Command::new(env!("CARGO_BIN_EXE_signage-player"))
        .args(["run", "--backend", "headless", "--size", "320x180", "--bus", address])
        .arg("--store")
        .arg(directory.join("store"))
        .arg("--dump")
        .arg(directory.join("dump"))
        .spawn();
    Running(child.unwrap())
}

async fn provisioner(address: &str, world: &Shared, phase: Phase, problem: Option<Code>) -> Connection {
    zbus::connection::Builder::address(address)
        .unwrap()
        .serve_at(bus::PATH, FakeProvisioner { phase, problem, world: world.clone() })
        .unwrap()
        .name(bus::SERVICE)
        .unwrap()
        .build()
        .await
        .unwrap()
}

async fn change(connection: &Connection, phase: Phase, problem: Option<Code>) {
    let object = connection.object_server().interface::<_, FakeProvisioner>(bus::PATH).await.unwrap();
    let mut provisioner = object.get_mut().await;
    provisioner.phase = phase;
    provisioner.problem = problem;
    provisioner.phase_changed(object.signal_emitter()).await.unwrap();
}

/// Waits for a property of the player.
async fn until<T>(observer: &Connection, property: &str, wanted: T)
where
    T: PartialEq + Debug + TryFrom<zbus::zvariant::OwnedValue>,
{
    let end = Instant::now() + Duration::from_secs(20);
    loop {
        let reply = observer
            .call_method(
                Some(signage_player::bus::SERVICE),
                signage_player::bus::PATH,
                Some("org.freedesktop.DBus.Properties"),
                "Get",
                &(signage_player::bus::INTERFACE, property),
            )
            .await;
        let value = reply.ok().and_then(|reply| {
            let value: zbus::zvariant::OwnedValue = reply.body().deserialize().ok()?;
            T::try_from(value).ok()
        });
        if value.as_ref() == Some(&wanted) {
            return;
        }
        assert!(Instant::now() < end, "{property} is {value:?}, not {wanted:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_an_empty_device_to_content_and_back() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    std::fs::create_dir(path.join("store")).unwrap();
    let world = world().await;
    let red = std::fs::read(solid(path, "red.png", (64, 36), [200, 0, 0])).unwrap();
    let blue = std::fs::read(solid(path, "blue.png", (64, 36), [0, 0, 200])).unwrap();
    publish_files(
        &world,
        &account(1),
        1,
        &[("red.png", ItemKind::Image, red.clone()), ("blue.png", ItemKind::Image, blue)],
    );

    // The player is there first, as on a device.
    let (_bus, address) = private_bus();
    let first = player(&address, path);
    let observer = zbus::connection::Builder::address(address.as_str()).unwrap().build().await.unwrap();
    until(&observer, "Scene", "status".to_owned()).await;
    let service = provisioner(&address, &world, Phase::Sources, Some(Code::UsbNone)).await;
    until(&observer, "Problem", "USB-001".to_owned()).await;

    change(&service, Phase::Authorized, None).await;
    until(&observer, "Scene", "content".to_owned()).await;
    until(&observer, "Problem", String::new()).await;
    until(&observer, "Item", "blue.png".to_owned()).await;

    // The provisioner goes: content stays. It comes back with bad news: content goes.
    service.close().await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    until(&observer, "Scene", "content".to_owned()).await;
    let service = provisioner(&address, &world, Phase::Unauthorized, Some(Code::AutExpired)).await;
    until(&observer, "Scene", "status".to_owned()).await;
    until(&observer, "Problem", "AUT-002".to_owned()).await;

    // A new process plays from the store, though the hub is away.
    drop(first);
    world.lock().unwrap().url = "http://127.0.0.1:9".into();
    change(&service, Phase::Authorized, None).await;
    let _second = player(&address, path);
    until(&observer, "Scene", "content".to_owned()).await;
    until(&observer, "Item", "red.png".to_owned()).await;

    let mut pictures: Vec<String> = std::fs::read_dir(path.join("dump"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    pictures.sort();
    assert!(pictures.iter().any(|name| name.ends_with("red.png.png")), "{pictures:?}");
}
