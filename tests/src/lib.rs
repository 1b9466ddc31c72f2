//! Whole-system tests: the real programs on the test image in virtual machines, a real hub beside them.
//!
//! What a test has in its hands:
//!
//! * [`vm`]: a machine with its disk, sticks, screen, network and a way to run commands inside.
//! * [`hub`]: the hub as a child process, and its command line.
//! * [`stick`]: USB sticks as image files.
//! * [`sticks`]: the corpus of sticks, good and bad, with the verdict that each has to get.
//! * [`screen`]: what a picture of the screen shows, as text and as colours.
//! * [`fixtures`]: media that can be told apart on a picture of the screen.
//! * [`wait`]: the one way to wait, a predicate with a deadline.
//! * [`site`]: all of it put together, from which scenarios and the demo start.
//! * [`scenario`] and [`scenarios`]: what is tested, and the programs that run it.

pub mod fixtures;
pub mod hub;
pub mod paths;
pub mod process;
pub mod scenario;
pub mod scenarios;
pub mod screen;
pub mod site;
pub mod stick;
pub mod sticks;
pub mod timeline;
pub mod vm;
pub mod wait;
