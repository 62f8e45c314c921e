//! Carries the bytes of one direction, as its plan says.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep, timeout_at};

use super::{Fault, Lane, Pace};
use crate::model_server::Cut;

/// The most that is read at once, and joined.
const PIECE: usize = 16 * 1024;

/// Carries bytes until their sender has no more, or gives how the connection ends.
pub(super) async fn carry(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, lane: Lane) -> Result<(), Cut> {
    let Lane { mut fault, pace } = lane;
    let mut carried = 0;
    let mut piece = Vec::with_capacity(PIECE);
    loop {
        let room = match fault {
            Some((after, what)) if after <= carried => {
                fault = None;
                strike(from, to, what).await?;
                continue;
            }
            Some((after, _)) => (after - carried).min(PIECE),
            None => PIECE,
        };
        piece.clear();
        read(from, &mut piece, room).await?;
        if piece.is_empty() {
            return to.shutdown().await.map_err(|_| Cut::Rst);
        }
        if let Pace::Joined(window) = pace {
            join(from, &mut piece, room, window).await?;
        }
        carried += piece.len();
        write(to, &piece, pace).await.map_err(|_| Cut::Rst)?;
    }
}

/// What becomes of this direction now; returns when it goes on.
async fn strike(from: &mut ReadHalf<'_>, to: &mut WriteHalf<'_>, fault: Fault) -> Result<(), Cut> {
    match fault {
        Fault::Cut(cut) => Err(cut),
        Fault::HalfClose => {
            to.shutdown().await.map_err(|_| Cut::Rst)?;
            // The sender is not to notice: what it says is read and thrown away.
            tokio::io::copy(from, &mut tokio::io::sink()).await.map_err(|_| Cut::Rst)?;
            Ok(())
        }
        Fault::Stall(time) => {
            sleep(time).await;
            Ok(())
        }
        Fault::StallForEver => std::future::pending().await,
    }
}

/// Adds at most `room` bytes to `piece`, none at the end. An end that is no end breaks the connection.
async fn read(from: &mut ReadHalf<'_>, piece: &mut Vec<u8>, room: usize) -> Result<usize, Cut> {
    from.take(u64::try_from(room).unwrap_or(u64::MAX)).read_buf(piece).await.map_err(|_| Cut::Rst)
}

/// Adds what comes within `window`.
async fn join(
    from: &mut ReadHalf<'_>,
    piece: &mut Vec<u8>,
    room: usize,
    window: Duration,
) -> Result<(), Cut> {
    let until = Instant::now() + window;
    while piece.len() < room {
        match timeout_at(until, read(from, piece, room - piece.len())).await {
            Ok(Ok(0)) | Err(_) => break,
            Ok(read) => drop(read?),
        }
    }
    Ok(())
}

async fn write(to: &mut WriteHalf<'_>, piece: &[u8], pace: Pace) -> std::io::Result<()> {
    match pace {
        Pace::SingleBytes => {
            for byte in piece.chunks(1) {
                to.write_all(byte).await?;
            }
            Ok(())
        }
        Pace::Delayed(delay) => {
            sleep(delay).await;
            to.write_all(piece).await
        }
        Pace::AsTheyCome | Pace::Joined(_) => to.write_all(piece).await,
    }
}
