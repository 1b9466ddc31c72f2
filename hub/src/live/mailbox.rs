//! What one connected screen or page has to be told. However much happens while it is slow, it takes a few bytes: a
//! change of a topic that waits already adds nothing.

use std::sync::Mutex;

use tokio::sync::Notify;

use super::lock;
use crate::store::pushes::Topic;

/// Why a connection is ended by the hub.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// The hub stops; come back within so many seconds.
    Stopping {
        /// Seconds.
        spread: u32,
    },
    /// The screen has another connection.
    Replaced,
    /// The hub no longer knows the screen.
    Unknown,
    /// At once and without a word.
    Cut,
}

/// What is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// Something has changed.
    Changed {
        /// What, each once.
        topics: Vec<Topic>,
        /// Id of the newest change.
        sequence: i64,
    },
    /// It is over.
    End(End),
}

/// The mailbox.
#[derive(Debug, Default)]
pub struct Mailbox {
    waiting: Mutex<Waiting>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    /// One bit for each of [`Topic::ALL`].
    topics: u8,
    sequence: i64,
    /// What comes up to here was told by another way.
    known: i64,
    end: Option<End>,
}

impl Mailbox {
    /// Puts a change in.
    pub fn tell(&self, topic: Topic, sequence: i64) {
        let mut waiting = lock(&self.waiting);
        if sequence <= waiting.known {
            return;
        }
        waiting.topics |= bit(topic);
        waiting.sequence = waiting.sequence.max(sequence);
        drop(waiting);
        self.wake.notify_one();
    }

    /// Everything up to here is told by another way.
    pub fn know(&self, sequence: i64) {
        let mut waiting = lock(&self.waiting);
        waiting.known = sequence;
        if waiting.sequence <= sequence {
            waiting.topics = 0;
        }
    }

    /// Puts the end in. The first one counts.
    pub fn end(&self, end: End) {
        lock(&self.waiting).end.get_or_insert(end);
        self.wake.notify_one();
    }

    /// Takes out what is there.
    pub fn take(&self) -> Option<News> {
        let mut waiting = lock(&self.waiting);
        if let Some(end) = waiting.end {
            return Some(News::End(end));
        }
        let bits = std::mem::take(&mut waiting.topics);
        let topics: Vec<Topic> = Topic::ALL.into_iter().filter(|topic| bits & bit(*topic) != 0).collect();
        (!topics.is_empty()).then_some(News::Changed { topics, sequence: waiting.sequence })
    }

    /// Waits until there is something, and takes it out. Nothing is lost when the waiting is given up.
    pub async fn next(&self) -> News {
        loop {
            if let Some(news) = self.take() {
                return news;
            }
            self.wake.notified().await;
        }
    }
}

const fn bit(topic: Topic) -> u8 {
    1 << topic as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn however_much_happens_it_is_told_once() {
        let mailbox = Mailbox::default();
        for sequence in 1..1000 {
            mailbox.tell(Topic::Content, sequence);
        }
        mailbox.tell(Topic::Authorization, 7);
        let topics = vec![Topic::Authorization, Topic::Content];
        assert_eq!(mailbox.next().await, News::Changed { topics, sequence: 999 });
        assert_eq!(mailbox.take(), None);
        mailbox.tell(Topic::Content, 1000);
        mailbox.know(1000);
        mailbox.tell(Topic::Authorization, 1000);
        assert_eq!(mailbox.take(), None);
        mailbox.tell(Topic::Content, 1001);
        mailbox.know(1000);
        assert_eq!(mailbox.next().await, News::Changed { topics: vec![Topic::Content], sequence: 1001 });
        mailbox.end(End::Replaced);
        mailbox.end(End::Cut);
        assert_eq!(mailbox.next().await, News::End(End::Replaced));
    }
}
