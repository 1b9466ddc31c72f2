//! The hub as devices, browsers and operators meet it: most tests on the router without a socket, a few on a
//! port or as the real command.

// Helpers outside of test functions may unwrap as well: a panic here is a failed test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod access;
mod alerts;
mod alerts_tls;
mod api;
mod audit;
mod authorization_in_steps;
mod browser;
mod bucket;
mod cli;
mod commands;
mod common;
mod composing;
mod composition;
mod console;
mod content;
mod contract;
mod enrolment;
mod fleet;
mod folders;
mod headers;
mod idempotency;
mod lasting;
mod library;
mod narrowed;
mod oidc;
mod oidc_real;
mod openapi;
mod pairing;
mod parity;
mod people;
mod reports;
mod routes;
mod second_step;
mod serve;
mod session;
mod store_s3;
mod tokens;
mod tokens_in_steps;
mod uploads;
mod vault;
