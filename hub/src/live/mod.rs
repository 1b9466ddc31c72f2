//! Who is connected to this hub right now, screens and open pages, and what they still have to be told.
//!
//! * [`mailbox`]: what one of them has to be told, in a few bytes however much happens.
//! * [`follow`]: reads what is new in the database, whoever wrote it, and drops it into the mailboxes.
//! * [`presence`]: writes down which screens are connected, for the pages of every hub.

pub mod follow;
pub mod mailbox;
pub mod presence;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;

use self::mailbox::{End, Mailbox};
use self::presence::Presence;
use crate::ident::{self, Millis};
use crate::store::pushes::{Push, Topic};
use crate::{Error, Result};

/// Open pages of all accounts together.
const MOST_PAGES: usize = 2000;

/// Screens that may come back in a second after a hub has stopped.
const COMEBACKS: usize = 200;

/// Everybody who is connected.
#[derive(Debug)]
pub struct Live {
    /// Of this hub, as long as it runs.
    pub(crate) hub: String,
    screens: Mutex<HashMap<Arc<str>, Seat>>,
    pages: Mutex<HashMap<u64, (String, Arc<Mailbox>)>>,
    numbers: AtomicU64,
    stopping: AtomicBool,
    /// Somebody has come: the database has to be followed.
    arrived: Notify,
    presence: Mutex<Presence>,
}

/// A connected screen.
#[derive(Debug)]
struct Seat {
    number: u64,
    account: Arc<str>,
    address: Option<IpAddr>,
    mailbox: Arc<Mailbox>,
}

/// A place among the connected, given back when it is dropped.
#[derive(Debug)]
pub struct Joined {
    live: Arc<Live>,
    number: u64,
    /// The screen; pages have none.
    device: Option<Arc<str>>,
    mailbox: Arc<Mailbox>,
}

/// A lock whose holder cannot have left half a change: a panic elsewhere must not stop the hub.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Live {
    /// Nobody yet.
    pub fn new() -> Result<Arc<Self>> {
        Ok(Arc::new(Self {
            hub: ident::new("hub")?,
            screens: Mutex::default(),
            pages: Mutex::default(),
            numbers: AtomicU64::new(0),
            stopping: AtomicBool::new(false),
            arrived: Notify::new(),
            presence: Mutex::default(),
        }))
    }

    /// Takes a screen in. One that is connected already loses its earlier connection, whose address is answered.
    pub fn screen(
        self: &Arc<Self>,
        device: &str,
        account: &str,
        address: Option<IpAddr>,
    ) -> Result<(Joined, Option<Option<IpAddr>>)> {
        self.open()?;
        let device: Arc<str> = device.into();
        let (number, mailbox) = self.number();
        let seat = Seat { number, account: account.into(), address, mailbox: Arc::clone(&mailbox) };
        let before = lock(&self.screens).insert(Arc::clone(&device), seat);
        let replaced = before.map(|before| {
            before.mailbox.end(End::Replaced);
            before.address
        });
        lock(&self.presence).came(&device);
        self.arrived.notify_one();
        Ok((Joined { live: Arc::clone(self), number, device: Some(device), mailbox }, replaced))
    }

    /// Takes an open page of an account in.
    pub fn page(self: &Arc<Self>, account: &str) -> Result<Joined> {
        self.open()?;
        let (number, mailbox) = self.number();
        let mut pages = lock(&self.pages);
        if pages.len() >= MOST_PAGES {
            return Err(busy("too many pages are open", 60));
        }
        pages.insert(number, (account.to_owned(), Arc::clone(&mailbox)));
        drop(pages);
        self.arrived.notify_one();
        Ok(Joined { live: Arc::clone(self), number, device: None, mailbox })
    }

    fn number(&self) -> (u64, Arc<Mailbox>) {
        (self.numbers.fetch_add(1, Ordering::Relaxed), Arc::default())
    }

    fn open(&self) -> Result<()> {
        match self.stopping.load(Ordering::Acquire) {
            true => Err(busy("the hub is stopping", 5)),
            false => Ok(()),
        }
    }

    /// How many screens are connected.
    pub fn screens(&self) -> usize {
        lock(&self.screens).len()
    }

    fn is_empty(&self) -> bool {
        lock(&self.screens).is_empty() && lock(&self.pages).is_empty()
    }

    /// Tells everybody whom a change concerns.
    fn tell(&self, push: &Push) {
        // Of a newer hub: this one knows nobody who could make something of it.
        let Some(topic) = push.topic() else { return };
        if topic != Topic::Screens {
            let screens = lock(&self.screens);
            match &push.device {
                Some(device) => {
                    if let Some(seat) = screens.get(device.as_str()) {
                        seat.mailbox.tell(topic, push.id);
                    }
                }
                None => screens
                    .values()
                    .filter(|seat| *seat.account == *push.account)
                    .for_each(|seat| seat.mailbox.tell(topic, push.id)),
            }
        }
        for (account, mailbox) in lock(&self.pages).values() {
            if *account == push.account {
                mailbox.tell(topic, push.id);
            }
        }
    }

    /// Ends the session of a screen, unless it has another by now.
    fn end(&self, device: &str, number: u64, end: End) {
        if let Some(seat) = lock(&self.screens).get(device).filter(|seat| seat.number == number) {
            seat.mailbox.end(end);
        }
    }

    fn end_all(&self, end: End) {
        self.stopping.store(true, Ordering::Release);
        lock(&self.screens).values().for_each(|seat| seat.mailbox.end(end));
        lock(&self.pages).values().for_each(|(_, mailbox)| mailbox.end(end));
    }

    /// Sends everybody away, each to come back at a moment of its own, and waits until they have gone or a while
    /// has passed.
    pub async fn stop(&self, wait: Duration) {
        let spread = self.screens() / COMEBACKS + 5;
        self.end_all(End::Stopping { spread: u32::try_from(spread).unwrap_or(u32::MAX) });
        let gone = async {
            while !self.is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let _ = tokio::time::timeout(wait, gone).await;
    }

    /// Cuts every connection without a word, as the end of the process would.
    pub fn cut(&self) {
        self.end_all(End::Cut);
    }

    fn leave(&self, number: u64, device: Option<&Arc<str>>, until: Millis) {
        let Some(device) = device else {
            lock(&self.pages).remove(&number);
            return;
        };
        if let Entry::Occupied(seat) = lock(&self.screens).entry(Arc::clone(device))
            && seat.get().number == number
        {
            seat.remove();
            lock(&self.presence).went(device, until);
        }
    }
}

fn busy(detail: &str, seconds: u64) -> Error {
    let code = signage_protocol::problem::Code::HubBusy;
    Error::Refused { status: 503, code, detail: detail.into(), retry_after: Some(seconds) }
}

impl Joined {
    /// What has to be told.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Gives the place back; a screen that was sent away counts as connected until it comes back.
    pub fn leave(self, comes_back: Millis) {
        self.live.leave(self.number, self.device.as_ref(), comes_back);
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        self.live.leave(self.number, self.device.as_ref(), ident::now());
    }
}

#[cfg(test)]
mod tests {
    use super::mailbox::News;
    use super::*;

    fn push(id: i64, device: Option<&str>, topic: &str) -> Push {
        Push { id, account: "acc_1".into(), device: device.map(Into::into), topic: topic.into() }
    }

    #[test]
    fn each_is_told_what_concerns_it() {
        let live = Live::new().unwrap();
        let (one, _) = live.screen("one", "acc_1", None).unwrap();
        let (two, _) = live.screen("two", "acc_1", None).unwrap();
        let (other, _) = live.screen("other", "acc_2", None).unwrap();
        let (page, foreign) = (live.page("acc_1").unwrap(), live.page("acc_2").unwrap());
        live.tell(&push(1, Some("one"), "command"));
        live.tell(&push(2, None, "content"));
        live.tell(&push(3, None, "screens"));
        live.tell(&push(4, None, "of-a-newer-hub"));
        let told = |joined: &Joined| match joined.mailbox().take() {
            Some(News::Changed { topics, sequence }) => (topics, sequence),
            _ => (vec![], 0),
        };
        assert_eq!(told(&one), (vec![Topic::Content, Topic::Command], 2));
        assert_eq!(told(&two), (vec![Topic::Content], 2));
        assert_eq!(told(&other), (vec![], 0));
        assert_eq!(told(&page), (vec![Topic::Content, Topic::Command, Topic::Screens], 3));
        assert_eq!(told(&foreign), (vec![], 0));
    }

    #[test]
    fn the_newest_connection_of_a_screen_wins() {
        let live = Live::new().unwrap();
        let address = "192.0.2.1".parse().ok();
        let (old, replaced) = live.screen("one", "acc_1", address).unwrap();
        assert_eq!(replaced, None);
        let (new, replaced) = live.screen("one", "acc_1", None).unwrap();
        assert_eq!(replaced, Some(address));
        assert!(matches!(old.mailbox().take(), Some(News::End(End::Replaced))));
        drop(old);
        live.tell(&push(1, Some("one"), "command"));
        assert!(new.mailbox().take().is_some(), "the end of the old one does not end the new one");
        drop(new);
        assert_eq!(live.screens(), 0);
    }

    #[tokio::test]
    async fn a_hub_that_stops_takes_nobody_in() {
        let live = Live::new().unwrap();
        let (one, _) = live.screen("one", "acc_1", None).unwrap();
        live.stop(Duration::from_millis(1)).await;
        assert!(matches!(one.mailbox().take(), Some(News::End(End::Stopping { spread: 5 }))));
        assert!(live.screen("two", "acc_1", None).is_err() && live.page("acc_1").is_err());
    }
}
