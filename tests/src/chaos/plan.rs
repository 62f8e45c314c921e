//! What happens to one connection: a fault and a pace for each direction.

use std::time::Duration;

use super::Random;
use crate::model_server::Cut;

/// What a direction does once enough bytes have passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Ends the connection, towards both sides.
    Cut(Cut),
    /// Tells the receiving side that nothing more comes. What still comes is thrown away; the other direction goes on.
    HalfClose,
    /// Passes nothing on for this long, and does not read either, so that the sender finds its socket full. Goes on
    /// afterwards.
    Stall(Duration),
    /// Passes nothing on any more.
    StallForEver,
}

/// How the bytes of a direction are passed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// As they come.
    #[default]
    AsTheyCome,
    /// Each piece after this time.
    Delayed(Duration),
    /// One byte a packet.
    SingleBytes,
    /// All that comes within this time of a first byte, as one piece.
    Joined(Duration),
}

/// One direction of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Lane {
    /// After how many bytes of this direction what happens.
    pub fault: Option<(usize, Fault)>,
    /// How the bytes before are passed on, and the bytes after, if there are any.
    pub pace: Pace,
}

/// What happens to one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plan {
    /// From the client to the server.
    pub to_server: Lane,
    /// From the server to the client.
    pub to_client: Lane,
}

impl Plan {
    /// A connection that nothing happens to.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// `fault` after so many bytes from the client to the server.
    pub fn to_server(after: usize, fault: Fault) -> Self {
        Self { to_server: Lane { fault: Some((after, fault)), ..Lane::default() }, ..Self::default() }
    }

    /// `fault` after so many bytes from the server to the client.
    pub fn to_client(after: usize, fault: Fault) -> Self {
        Self { to_client: Lane { fault: Some((after, fault)), ..Lane::default() }, ..Self::default() }
    }

    /// Both directions at this pace.
    pub fn paced(pace: Pace) -> Self {
        let lane = Lane { pace, ..Lane::default() };
        Self { to_server: lane, to_client: lane }
    }

    /// Anything. A fault comes in three of four connections, in one direction, within its first `to_server` or
    /// `to_client` bytes; stalls are short.
    pub fn random(random: &mut Random, to_server: usize, to_client: usize) -> Self {
        let mut plan = Self {
            to_server: Lane { fault: None, pace: pace(random) },
            to_client: Lane { fault: None, pace: pace(random) },
        };
        if !random.one_in(4) {
            let (lane, bytes) = if random.one_in(3) {
                (&mut plan.to_server, to_server)
            } else {
                (&mut plan.to_client, to_client)
            };
            let fault = random.pick(&[
                Fault::Cut(Cut::Fin),
                Fault::Cut(Cut::Rst),
                Fault::HalfClose,
                Fault::Stall(Duration::from_millis(30)),
                Fault::StallForEver,
            ]);
            lane.fault = Some((random.below(bytes), fault));
        }
        plan
    }
}

fn pace(random: &mut Random) -> Pace {
    random.pick(&[
        Pace::AsTheyCome,
        Pace::AsTheyCome,
        Pace::Delayed(Duration::from_millis(2)),
        Pace::SingleBytes,
        Pace::Joined(Duration::from_millis(5)),
    ])
}
