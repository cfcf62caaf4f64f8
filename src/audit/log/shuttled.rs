//! Group commit in many orders: [`desk`] and [`progress`], the very files, over shuttle's threads, locks and condition variables.
//!
//! The channels between them are tokio's own, which are tested by their makers; here one step of a channel is not cut into
//! pieces. Every wait, every lock of the followers, and each act of the disk is where another thread may go on.
#![expect(
    clippy::duplicate_mod,
    reason = "the same logic over another scheduler: there is no second one to keep alike"
)]

mod sync {
    pub(super) use shuttle::sync::atomic::{AtomicBool, Ordering};
    pub(super) use shuttle::sync::{Condvar, Mutex, MutexGuard};
    pub(super) use std::sync::PoisonError;
}

#[expect(dead_code, reason = "what nobody waits for has no part in it")]
#[path = "desk.rs"]
mod desk;
#[expect(dead_code, reason = "what looks at a clock, or is asked from outside, has no part in it")]
#[path = "../progress.rs"]
mod progress;

mod scene;

use shuttle::scheduler::{PctScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use super::{DirectoryLock, Receipt, Unwritable};
use progress::Progress;
use scene::{Break, Plan, Scene};

/// Orders that are tried of each plan, by each way of choosing them.
const ORDERS: usize = 400;
/// So many times at most the order is turned round by choice.
const TURNS: usize = 3;

/// What sealing an entry needs.
const STACK_BYTES: usize = 1024 * 1024;

fn run(scheduler: impl Scheduler + 'static, scene: &Scene, plan: Plan) {
    let mut config = Config::new();
    config.stack_size = STACK_BYTES;
    let scene = scene.clone();
    Runner::new(scheduler, config).run(move || scene.play(plan));
}

fn in_many_orders(plan: Plan) -> Scene {
    let scene = Scene::new();
    run(RandomScheduler::new(ORDERS), &scene, plan);
    run(PctScheduler::new(TURNS, ORDERS), &scene, plan);
    scene
}

const WHOLE: Plan = Plan { fails: false, closes: false, broken: None };

#[test]
fn whoever_is_told_is_durable_in_order_and_nobody_waits_for_ever() {
    let scene = in_many_orders(WHOLE);
    assert!(scene.largest_group() > 1, "in some order, those who wait share a sync");
}

#[test]
fn a_disk_that_refuses_takes_back_all_of_a_group_and_nothing_else() {
    let scene = in_many_orders(Plan { fails: true, ..WHOLE });
    assert!(scene.refused() > 0 && scene.written() > 0, "both were met");
}

#[test]
fn a_close_writes_what_was_handed_in_and_turns_everybody_else_away() {
    let scene = in_many_orders(Plan { closes: true, ..WHOLE });
    assert!(scene.turned_away() > 0 && scene.written() > 0, "both were met");
}

#[test]
fn a_close_beside_a_disk_that_refuses_leaves_nobody_waiting() {
    in_many_orders(Plan { fails: true, closes: true, ..WHOLE });
}

#[test]
#[should_panic(expected = "told before it is durable")]
fn a_sync_that_returns_before_the_bytes_are_safe_is_found() {
    in_many_orders(Plan { broken: Some(Break::EarlySync), ..WHOLE });
}

#[test]
#[should_panic(expected = "deadlock")]
fn a_caller_whom_nobody_tells_is_found() {
    in_many_orders(Plan { broken: Some(Break::ForgottenCaller), ..WHOLE });
}

#[test]
#[should_panic(expected = "told before it is durable")]
fn a_receipt_for_another_record_is_found() {
    in_many_orders(Plan { broken: Some(Break::AnothersReceipt), ..WHOLE });
}
