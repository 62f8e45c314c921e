//! R5: thousands of clients that begin to read a stream and then stop. They cost little, nobody else notices them,
//! and they are cut.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::Result;
use crate::client;
use crate::figure::Row;
use crate::latency::Healthy;
use crate::machine::{allow_connections, tcp_memory_kib};
use crate::parallel::in_parallel;
use crate::proc_stat::{cpu_time, resident_kib};
use crate::server_process::ServerProcess;
use crate::settings::Scale;

/// With the healthy ones, what fits into the 20,000 files that a process may have open in many places.
const READERS: usize = 18_000;
/// Readers that connect at once.
const AT_ONCE: usize = 64;
/// What a reader's kernel takes for it, in bytes; Linux doubles it for its own use.
const RECEIVE_BUFFER: u32 = 4_096;

/// How long a client may leave unread what waits for it, and how far from that it may be cut.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);
const TOLERANCE: Duration = Duration::from_secs(5);
/// How long healthy requests are measured, before and among stalled readers.
const HEALTHY: Duration = Duration::from_secs(4);
/// How many times as long as at an idle server a healthy request may take.
const RATIO: f64 = 3.0;
/// How long the buffers may take to fill, and how often that is looked at.
const SETTLING: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(500);
/// The time that memory has to come back.
const BACK: Duration = Duration::from_secs(3);

/// KiB of the server process, and of the kernel for both ends, that a stalled reader may cost.
const RESIDENT: f64 = 40.0;
const KERNEL: f64 = 45.0;
/// How much of the kernel's share may be left after all are cut: the readers' own ends are still open, and hold what
/// they have not read.
const LEFT: f64 = 0.25;
/// How often as many stall again, and by how much of its share the process may grow with each. What leaks, leaks each
/// time; how an allocator's free pieces fit once is chance (0.15 to 0.28 of 900 readers).
const AGAIN: usize = 2;
const MORE: f64 = 0.25;
/// By how much at most with one of them.
const MOST: f64 = 0.5;

/// Memory in KiB.
#[derive(Clone, Copy)]
struct Memory {
    resident: u64,
    kernel: u64,
}

impl Memory {
    fn now(server: &ServerProcess) -> io::Result<Self> {
        Ok(Self { resident: resident_kib(server.id())?, kernel: tcp_memory_kib()? })
    }
}

pub(crate) async fn run(scale: Scale) -> Result<Vec<Row>> {
    let readers = allow_connections(scale.of(READERS))?;
    let (places, stall) = ((readers + 100).to_string(), STALL_TIMEOUT.as_secs().to_string());
    let options = [("max_runs", &*places), ("max_connections", &places), ("stall_timeout", &stall)];
    let mut server = ServerProcess::start(&options).await?;
    let idle = ServerProcess::start(&options).await?;
    let healthy = Healthy::measure(server.address, idle.address, HEALTHY).await;
    let before = Memory::now(&server)?;

    let wave = Wave::begin(&mut server, readers).await?;
    let worked = cpu_time(server.id())?;
    let while_stalled = Healthy::measure(server.address, idle.address, HEALTHY).await;
    let worked = cpu_time(server.id())?.saturating_sub(worked).div_duration_f64(HEALTHY);
    let (address, patience) = (server.address, STALL_TIMEOUT + 3 * TOLERANCE);
    let (ended, while_cut) = tokio::join!(
        server.wait_until(patience, |state| state.running == 0),
        Healthy::measure(address, idle.address, STALL_TIMEOUT),
    );
    let ended = ended?;
    tokio::time::sleep(BACK).await;
    let after = Memory::now(&server)?;

    let mut rows = wave.rows(readers);
    rows.extend(costs(before, &wave, after, readers));
    rows.extend(while_stalled.rows("among stalled readers", &healthy, RATIO));
    let work = format!("{:.1} %", worked * 100.0);
    rows.push(Row::shown("a processor's time for the server meanwhile", work));
    rows.extend(while_cut.rows("while they are cut", &healthy, RATIO));
    let seconds = |duration: Duration| duration.as_secs_f64();
    let shortest = seconds(STALL_TIMEOUT.saturating_sub(ended.shortest));
    let longest = seconds(ended.longest.saturating_sub(STALL_TIMEOUT));
    rows.extend([
        Row::exactly("runs that were cut while they waited to send", ended.cut, readers),
        Row::at_most("cut before the stall timeout, at most by", shortest, seconds(TOLERANCE), " s"),
        Row::at_most("cut after the stall timeout, at most by", longest, seconds(TOLERANCE), " s"),
        Row::exactly("runs left", ended.running, 0),
    ]);
    let peak = wave.memory;
    // The readers hold their ends until here, as such clients do.
    drop(wave);
    rows.extend(again(&mut server, [before, peak], readers).await?);
    Ok(rows)
}

/// The same again: an allocator may keep what was freed, but it has to use it once more. These readers leave.
async fn again(server: &mut ServerProcess, [before, peak]: [Memory; 2], readers: usize) -> Result<Vec<Row>> {
    let (mut rows, mut peaks) = (Vec::new(), vec![peak.resident]);
    for _ in 0..AGAIN {
        let wave = Wave::begin(server, readers).await?;
        rows.extend(wave.rows(readers));
        peaks.push(wave.memory.resident);
        drop(wave);
        let left = server.wait_until(TOLERANCE, |state| state.running == 0).await?;
        rows.push(Row::exactly("runs after these have left", left.running, 0));
    }
    let share = kib(before.resident, peak.resident).max(1.0);
    let grown: Vec<f64> = peaks.windows(2).map(|pair| kib(pair[0], pair[1]) / share).collect();
    let least = grown.iter().copied().fold(f64::INFINITY, f64::min);
    let shown: Vec<String> = grown.iter().map(|grown| format!("{grown:.2}")).collect();
    rows.push(Row::shown("memory of the process with as many again, more by the factors", shown.join(", ")));
    rows.push(Row::at_most("the least of them", least, MORE, ""));
    let most = grown.iter().copied().fold(0.0, f64::max);
    rows.push(Row::at_most("the most of them", most, MOST, ""));
    Ok(rows)
}

/// Readers that have stopped reading.
struct Wave {
    readers: Vec<TcpStream>,
    /// The time in which they connected.
    took: Duration,
    /// Before they stalled.
    quiet: Memory,
    memory: Memory,
    running: usize,
}

impl Wave {
    /// Opens the streams, which are quiet at first, so that all of them stall at once.
    async fn begin(server: &mut ServerProcess, readers: usize) -> Result<Self> {
        server.tell("close").await?;
        let begun = Instant::now();
        let readers = open(server.address, readers).await;
        let took = begun.elapsed();
        let quiet = Memory::now(server)?;
        server.tell("open").await?;
        let memory = settled(server).await?;
        Ok(Self { readers, took, quiet, memory, running: server.state().await?.running })
    }

    fn rows(&self, readers: usize) -> Vec<Row> {
        let took = self.took.as_secs_f64();
        vec![
            Row::exactly(
                format_args!("readers that have begun to read, in {took:.1} s"),
                self.readers.len(),
                readers,
            ),
            Row::exactly("runs while they stall", self.running, readers),
        ]
    }
}

/// The memory once nothing more fits into any buffer: until then the agents compute as fast as they can.
async fn settled(server: &ServerProcess) -> io::Result<Memory> {
    let mut last = Memory::now(server)?;
    for _ in 0..SETTLING.as_millis() / LOOK.as_millis() {
        tokio::time::sleep(LOOK).await;
        let now = Memory::now(server)?;
        if now.kernel <= last.kernel + last.kernel / 100
            && now.resident <= last.resident + last.resident / 100
        {
            return Ok(now);
        }
        last = now;
    }
    Ok(last)
}

#[expect(clippy::cast_precision_loss, reason = "a number of readers is small")]
fn costs(before: Memory, wave: &Wave, after: Memory, readers: usize) -> Vec<Row> {
    let quiet = kib(before.resident, wave.quiet.resident);
    let resident = kib(before.resident, wave.memory.resident);
    let kernel = kib(before.kernel, wave.memory.kernel);
    let per_reader = |kib: f64| kib / readers as f64;
    let left = |left: f64, of: f64| left / of.max(1.0);
    vec![
        Row::shown(
            "memory of the process per reader, before they stall",
            format_args!("{:.2} KiB", per_reader(quiet)),
        ),
        Row::at_most("memory of the process per stalled reader", per_reader(resident), RESIDENT, " KiB"),
        Row::at_most(
            "memory of the kernel per stalled reader, both ends",
            per_reader(kernel),
            KERNEL,
            " KiB",
        ),
        Row::at_most(
            format_args!("of the kernel's {:.0} MiB, left {BACK:?} after all are cut", kernel / 1024.0),
            left(kib(before.kernel, after.kernel), kernel),
            LEFT,
            "",
        ),
        Row::shown(
            format_args!("of the process's {:.0} MiB, left then", resident / 1024.0),
            format_args!("{:.2}", left(kib(before.resident, after.resident), resident)),
        ),
    ]
}

/// By how many KiB memory has grown.
#[expect(clippy::cast_precision_loss, reason = "memory in KiB is small")]
fn kib(from: u64, to: u64) -> f64 {
    to.saturating_sub(from) as f64
}

/// Opens streams, of which only the head is read. One that could not be opened is missing.
async fn open(address: SocketAddr, readers: usize) -> Vec<TcpStream> {
    let request: Arc<[u8]> = client::request("gate", true).into();
    let opened = in_parallel(readers, AT_ONCE, move |_| {
        let request = request.clone();
        async move { reader(address, &request).await.ok() }
    });
    opened.await.into_iter().flatten().collect()
}

async fn reader(address: SocketAddr, request: &[u8]) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request).await?;
    let mut read = Vec::with_capacity(512);
    while !read.windows(4).any(|window| window == b"\r\n\r\n") {
        if stream.read_buf(&mut read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    if read.starts_with(b"HTTP/1.1 200") {
        Ok(stream)
    } else {
        Err(io::Error::other("the stream was refused"))
    }
}
