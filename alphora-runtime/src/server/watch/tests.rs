//! Each limit, with a clock that is turned by hand.

use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::{Order, Watch, Watches};
use crate::config::ServerConfig;

/// What a connection is told.
fn order(watch: &Watch) -> Order {
    watch.order(&std::task::Context::from_waker(Waker::noop()))
}

/// Milliseconds until the watch is told to close, or `None` if it is not within ten minutes.
async fn milliseconds(watches: &Watches, watch: &Watch) -> Option<u128> {
    let begun = Instant::now();
    let closed = async {
        while order(watch) != Order::Close {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::select! {
        () = watches.keep() => None,
        () = closed => Some(begun.elapsed().as_millis()),
        () = tokio::time::sleep(Duration::from_secs(600)) => None,
    }
}

fn watched() -> (Arc<Watches>, Arc<Watch>) {
    let watches = Watches::new(&ServerConfig::default());
    let watch = watches.enter();
    (watches, watch)
}

/// One whose first request is over.
fn used() -> (Arc<Watches>, Arc<Watch>) {
    let (watches, watch) = watched();
    drop(watch.begin());
    (watches, watch)
}

/// Lets the clock go on for `time`.
async fn pass(watches: &Watches, time: Duration) {
    tokio::select! {
        () = watches.keep() => {}
        () = tokio::time::sleep(time) => {}
    }
}

#[track_caller]
fn assert_within(found: Option<u128>, seconds: u128, what: &str) {
    let found = found.unwrap_or_else(|| panic!("{what}: it is not closed"));
    assert!(
        (seconds * 1000..=seconds * 1000 + 600).contains(&found),
        "{what}: closed after {found} ms, not {seconds} s"
    );
}

#[tokio::test(start_paused = true)]
async fn each_wait_has_its_own_limit() {
    let (watches, watch) = watched();
    assert_within(milliseconds(&watches, &watch).await, 10, "silent from the beginning");

    let (watches, watch) = used();
    assert_within(milliseconds(&watches, &watch).await, 75, "idle after a request");

    let (watches, watch) = used();
    watch.has_read();
    assert_within(milliseconds(&watches, &watch).await, 10, "a head that does not end");

    let (watches, watch) = watched();
    watch.has_read();
    let busy = watch.begin();
    watch.has_read();
    assert_eq!(
        milliseconds(&watches, &watch).await,
        None,
        "a request may take as long as its own clocks allow"
    );
    watch.has_stalled();
    watch.has_written();
    assert_eq!(milliseconds(&watches, &watch).await, None, "a client that reads slowly");
    drop(busy);
    assert_within(milliseconds(&watches, &watch).await, 75, "idle again, from the end of the answer");

    let (watches, watch) = watched();
    let _busy = watch.begin();
    watch.has_stalled();
    assert_within(milliseconds(&watches, &watch).await, 60, "a client that does not read");
}

#[tokio::test(start_paused = true)]
async fn the_first_head_has_its_time_from_the_beginning_of_the_connection() {
    let (watches, watch) = watched();
    pass(&watches, Duration::from_secs(7)).await;
    watch.has_read();
    assert_within(milliseconds(&watches, &watch).await, 3, "it began after seven seconds");
}

#[tokio::test(start_paused = true)]
async fn limits_hold_wherever_between_two_ticks_a_wait_begins() {
    for begin in (0..600).step_by(37) {
        let (watches, watch) = used();
        pass(&watches, Duration::from_millis(begin)).await;
        watch.has_read();
        assert_within(milliseconds(&watches, &watch).await, 10, &format!("begun after {begin} ms"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_head_that_trickles_in_has_the_time_of_one() {
    let (watches, watch) = used();
    watch.has_read();
    let trickle = async {
        loop {
            tokio::time::sleep(Duration::from_secs(3)).await;
            watch.has_read();
        }
    };
    let closed = tokio::select! {
        closed = milliseconds(&watches, &watch) => closed,
        () = trickle => None,
    };
    assert_within(closed, 10, "a byte every three seconds");
}

#[tokio::test(start_paused = true)]
async fn streams_of_one_connection_are_all_its_requests() {
    let (watches, watch) = watched();
    let (one, other) = (watch.begin(), watch.begin());
    drop(one);
    assert_eq!(milliseconds(&watches, &watch).await, None);
    drop(other);
    assert_within(milliseconds(&watches, &watch).await, 75, "idle from the end of the last");
}

#[tokio::test(start_paused = true)]
async fn orders_reach_everybody_and_only_become_more_urgent() {
    let (watches, watch) = watched();
    assert_eq!(order(&watch), Order::Serve);
    watches.tell(Order::Drain);
    assert_eq!(
        (order(&watch), order(&watches.enter())),
        (Order::Drain, Order::Serve),
        "who comes later is not told"
    );
    watches.tell(Order::Close);
    watches.tell(Order::Drain);
    assert_eq!(order(&watch), Order::Close);
}

#[tokio::test(start_paused = true)]
async fn what_has_ended_is_forgotten() {
    let (watches, kept) = watched();
    for _ in 0..100 {
        drop(watches.enter());
    }
    pass(&watches, Duration::from_secs(1)).await;
    assert_eq!((watches.all().len(), Arc::strong_count(&kept)), (1, 2));
}
