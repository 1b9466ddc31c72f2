//! Every scenario, in the order in which they run: the quick and general ones first.

mod boot;
mod card;
mod file;
mod hub_away;
mod plays;
mod power;
mod sources;
mod standing;
mod sticks;
mod storage;
mod token;

use crate::scenario::Scenario;

macro_rules! scenarios {
    ($($name:literal, $about:literal, $run:path $(, only_on $arch:literal)?;)+) => {
        /// All of them.
        pub const ALL: &[Scenario] = &[$(Scenario {
            name: $name,
            about: $about,
            only_on: [$(Some($arch),)? None][0],
            run: |context| Box::pin($run(context)),
        }),+];
    };
}

scenarios! {
    "no-stick", "without a stick the screen says what to do, and all of a larger card is used", boot::no_stick;
    "stick-at-boot", "a stick that is there at boot leads to content on a healthy system", plays::stick_at_boot;
    "stick-later", "a stick that is plugged in later leads to content", plays::stick_later;
    "broken-file", "broken JSON is shown with line and column", file::broken;
    "plug-to-verdict", "how soon the screen tells what is wrong with a stick", file::plug_to_verdict;
    "unknown-token", "a refused token is explained and not tried again and again", token::unknown;
    "sources", "every source is taken in its rank, and the screen tells which setting came from where", sources::ranked;
    "sticks", "what is wrong with a stick is read on the screen, case by case of the corpus", sticks::corpus;
    "stick-faults", "worn-out, write-protected and full sticks do no more harm than they must", sticks::faults;
    "unplug-storm", "a hundred sticks plugged in and out at once leave nothing behind", sticks::storm;
    "hub-down-at-boot", "enrolment ends within 10 s of the hub coming back", hub_away::at_boot;
    "hub-down-after-reboot", "content plays from the store while the hub is down", hub_away::after_reboot;
    "data-wiped", "broken storage is explained on the screen", storage::wiped;
    "card", "a Raspberry Pi 3 starts from a card, and U-Boot counts the tries of a slot", card::starts, only_on "arm64";
    "power-cut", "a power cut right after enrolment loses nothing", power::after_enrolment;
}
