//! The configuration of a server, whatever it serves.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::StoreUrl;
use crate::principal::Limits;
use crate::session::MemoryPool;
use crate::session::store::StoreLimits;

/// The options of a server: the table `[server]` of the configuration file, or `ALPHORA_<OPTION>`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own, which is on or off")]
pub struct ServerConfig {
    /// Where to listen. Default `127.0.0.1:8000`; `--host` and `--port` on the command line win.
    pub addr: SocketAddr,
    /// The path of the surface for OpenAI's clients, or `None` for no such surface. Default `/v1`.
    pub openai_path: Option<String>,
    /// The origins whose pages may call the server from a browser, each as `https://example.com` or
    /// `http://localhost:3000`; `*` is none. Default: none.
    pub allow_origins: Vec<String>,
    /// The most bytes that a request's body may have, at most `bodies_in_flight`. Default 32 MiB.
    pub body_limit: usize,
    /// The most bytes that the bodies of all requests under way may have together. Default 256 MiB. Those of one caller who
    /// has said who they are may have three quarters of it, or one body of `body_limit` where that is more.
    pub bodies_in_flight: usize,
    /// How many runs there are at once; the next request is answered with 429. Default 1,024.
    pub max_runs: usize,
    /// How many connections are open at once. Further ones wait in the system's queue of the listening socket, which
    /// holds some thousands; those that find it full try again by themselves. A probe of `/ready` waits like any
    /// other. Default 10,000.
    pub max_connections: usize,
    /// How long a client may take to send the head of a request, from its first byte; that of the first request of a
    /// connection, from when the connection was accepted, or its TLS handshake was over. So whoever only opens connections
    /// holds none of `max_connections` for longer. Default 10 seconds.
    pub head_timeout: Duration,
    /// How long a client may take to send the body of a request; it is answered with 408 then. Default 60 seconds.
    pub body_timeout: Duration,
    /// How long a connection stays open between two requests; before the first one, see `head_timeout`. Default 75
    /// seconds: longer than the minute for which proxies keep theirs, so that it is never the server that ends a
    /// connection which a proxy is about to use.
    pub keep_alive_timeout: Duration,
    /// How long a client may leave unread what waits for it; then its connection is reset and its run ends as if the
    /// client had left. Default 60 seconds.
    ///
    /// What is in the kernel's buffers on both sides counts as read, so that a client which pauses is only noticed
    /// once they are full.
    /// The kernel ends a connection earlier, after 30 seconds, whose client acknowledges nothing or has no room while
    /// what waits for it still fits into the send buffer.
    pub stall_timeout: Duration,
    /// The most bytes that the head of a request may have; a longer one is answered with 431, and so is one with
    /// more than 100 headers. Where it is more than 16 KiB, so much of an answer may also wait in the server for a
    /// client that does not read. From 1 KiB to 1 MiB. Default 16 KiB.
    pub max_head_bytes: usize,
    /// How many bytes that a client has not taken yet the kernel holds for a connection (`SO_SNDBUF`; Linux takes
    /// twice as much for its own needs). From 4 KiB to 1 GiB. Default 64 KiB.
    ///
    /// A connection begins with at most 16 KiB and gets all of it when its client has read what did not fit. So
    /// thousands of clients that read nothing cost little, and one that reads quickly is not held up. A connection
    /// carries at most so many bytes in each of its round trips, which is more than any model writes.
    pub send_buffer: usize,
    /// Whether a client may close its sending side and still read the answer. Default `false`.
    ///
    /// To a server, a client that has closed its sending side looks like one that has left. With `false` it is taken
    /// to have left, and its run ends within milliseconds. With `true` it gets its answer; but then a client that
    /// has really left is noticed only when something is written to it, at the next event or heartbeat.
    pub half_close: bool,
    /// How long running streams may go on after a signal to stop. Default 30 seconds.
    /// What is cut then has a second for its last event, and another one if its agent does not await; runs that go on
    /// without a client are waited for as well. Leave whoever stops the process five seconds more than this.
    pub drain_timeout: Duration,
    /// Whether clients may choose session ids where the server listens beyond loopback, or `allow_hosts` says that a
    /// proxy brings others. Without authentication,
    /// who guesses an id reads the session; ids that the server has made cannot be guessed. Default `false`.
    pub client_session_ids: bool,
    /// The directory in which sessions are kept so that they outlive the process: a file of the server's own, which
    /// one process has at a time. It is made if it is not there. Default: none, sessions live in memory.
    pub data_dir: Option<PathBuf>,
    /// The store in which several servers share sessions, instead of `data_dir`: `redis://..` with the feature
    /// `redis`, `postgres://..` with the feature `postgres`. Default: none.
    pub session_store: Option<StoreUrl>,
    /// How long a server has a session of a shared store if it is not heard of any more; then another one may take
    /// it over. It says so five times as often. Default 15 seconds.
    pub session_lease: Duration,
    /// How much sessions may take: one of them, all, and those of one owner. With a store, all agents share it, and what
    /// was not said is not limited. Without one, it holds for each agent, `max_memory_items` holds as well, and what was
    /// not said is 256 MiB for all sessions, and for one owner three quarters of what all may have.
    ///
    /// In a file or a variable they are `max_session_bytes`, `max_sessions`, `max_sessions_bytes`,
    /// `max_owner_sessions` and `max_owner_bytes`.
    pub session_limits: StoreLimits,
    /// Whether clients may list, read and delete sessions where nobody has to say who they are: everybody has
    /// everybody's sessions then. With authentication, everybody has their own in any case. Default `false`.
    pub session_endpoints: bool,
    /// The file of the API keys that may use the server. Default: none. Then everybody on
    /// this machine may use it; for others, see `allow_anonymous`.
    ///
    /// It is TOML with a table for each key, by the name under which logs and metrics know it. Only `sha256` has to be
    /// there; more than one digest is for the time in which a key is exchanged.
    ///
    /// ```toml
    /// [keys.shop-frontend]
    /// sha256 = "..64 hexadecimal digits.."  # or ["..", ".."]
    /// owner = "shop"                # whose sessions and runs; keys of one owner share them. Default: the key's name
    /// agents = ["support"]          # the only agents that it may use. Default: all
    /// metrics = true                # may read `/metrics`. Default: false
    /// requests_per_minute = 60      # Default of these three: `key_limits`
    /// tokens_per_minute = 20000
    /// max_runs = 4
    /// expires = 2027-01-31          # from then on it does not count. Default: never
    /// disabled = false
    /// ```
    ///
    /// The key itself is written nowhere. To make one, and what is written of it:
    ///
    /// ```sh
    /// KEY="sk-$(openssl rand -hex 32)"
    /// printf %s "$KEY" | sha256sum
    /// ```
    ///
    /// Clients send it as `Authorization: Bearer`, `x-api-key` or `api-key`. The file is looked at every two seconds, and
    /// read again when it has changed: what was removed counts no longer then, but lets runs end that have begun. A file
    /// that is missing or wrong leaves the keys as they were, and the log says so; at the start it is an error. Put a new
    /// file in its place with `mv`, so that nobody reads half of it. A program that says by itself who a request is from
    /// (`Publisher::authenticate`) cannot have this too.
    pub api_keys_file: Option<PathBuf>,
    /// The file of the public keys (a JWK set) whose JSON Web Tokens may use the server; it is read again when it
    /// changes, as `api_keys_file` is. Needs the feature `jwt`. Default: none.
    ///
    /// A token is sent as `Authorization: Bearer`, and is checked by the key that its `kid` names and with the algorithm
    /// that this key is for: `RS256`, `PS256`, `ES256` or `EdDSA`. It has to have `exp`, `iss`, `aud` and `sub`; clocks may be a
    /// minute apart. Its `sub` is the caller's name, and `issuer#sub` the owner of its sessions, so that no key
    /// has them by accident.
    /// The agent reads the rest as a [`Claims`](crate::principal::Claims). Where there are API keys as well, a bearer
    /// with two dots is a token.
    pub jwt_keys_file: Option<PathBuf>,
    /// The issuer that tokens have to be of (`iss`). Default: none, which `jwt_keys_file` does not go without.
    pub jwt_issuer: Option<String>,
    /// The audience that tokens have to be for (`aud`). Default: none, which `jwt_keys_file` does not go without.
    pub jwt_audience: Option<String>,
    /// Whether everybody who reaches the server may use it, where it listens beyond loopback or `allow_hosts` says that a
    /// proxy brings others, and nobody has to say who they are. Without it such a server does not start. Default
    /// `false`.
    pub allow_anonymous: bool,
    /// How many chat completions all callers together may begin in a minute; the next one is answered with 429.
    /// Default: no limit.
    pub requests_per_minute: Option<u64>,
    /// How many tokens all callers together may use in a minute: those that agents report, and an estimate for answers of
    /// models that are broken off before their servers have told any. Default: no limit.
    pub tokens_per_minute: Option<u64>,
    /// The limits of each caller that has none of its own; where nobody has to say who they are, of all together.
    ///
    /// In a file or a variable they are `key_requests_per_minute`, `key_tokens_per_minute` and `key_max_runs`.
    /// Default: none.
    pub key_limits: Limits,
    /// The most messages that a request may have, 1 to 10,000; one with more is answered with 400. Default 4,096.
    pub max_messages: usize,
    /// The names, and addresses, that a request's `Host` may have besides loopback's own, with any port. Default: none.
    ///
    /// A server that listens on loopback answers to `localhost`, 127.0.0.0/8, `[::1]` and these, and refuses everything
    /// else with 403: no page of another site can then reach it under a name of its own (DNS rebinding). It also
    /// refuses what would change something and comes from a page whose `Origin` is neither the server's own nor one of
    /// `allow_origins`. Beyond loopback, and for [`Publisher::router`](crate::server::Publisher::router), both is so
    /// where this list is not empty. `/health`, `/ready` and `/metrics` answer to any address, as probes ask by it.
    ///
    /// Behind a proxy on the same machine that passes on the client's `Host`, these are the names of the site. Where
    /// there are any, a server on loopback takes others to reach it as well: see `allow_anonymous`,
    /// `client_session_ids` and `open_metrics`.
    pub allow_hosts: Vec<String>,
    /// Whether whoever reaches the server may read `/metrics`. Without it, everybody may on loopback where `allow_hosts` is
    /// empty, and elsewhere those whose key says so. Default `false`.
    pub open_metrics: bool,
    /// For how long the answer of a request with an `Idempotency-Key` is kept. Default 10 minutes.
    pub idempotency_time: Duration,
    /// The certificate chain (PEM), the server's own first, with which the server speaks TLS 1.2 and 1.3; with
    /// `tls_key`, and the feature `tls`. Both files are read again when they change; what cannot be used then leaves the
    /// pair in use where it is. Default: none, and the server speaks plain HTTP.
    ///
    /// A handshake has the time of `head_timeout` and a place among `max_connections`.
    pub tls_certificate: Option<PathBuf>,
    /// The private key (PEM) of `tls_certificate`. Default: none.
    pub tls_key: Option<PathBuf>,
    /// Whether the log has a line for each request. Default `true`.
    pub log_requests: bool,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8000)),
            openai_path: Some("/v1".to_owned()),
            allow_origins: Vec::new(),
            body_limit: 32 * 1024 * 1024,
            bodies_in_flight: 256 * 1024 * 1024,
            max_runs: 1024,
            max_connections: 10_000,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(60),
            keep_alive_timeout: Duration::from_secs(75),
            stall_timeout: Duration::from_secs(60),
            max_head_bytes: 16 * 1024,
            send_buffer: 64 * 1024,
            half_close: false,
            drain_timeout: Duration::from_secs(30),
            client_session_ids: false,
            data_dir: None,
            session_store: None,
            session_lease: MemoryPool::LEASE,
            session_limits: StoreLimits::default(),
            session_endpoints: false,
            api_keys_file: None,
            jwt_keys_file: None,
            jwt_issuer: None,
            jwt_audience: None,
            allow_anonymous: false,
            requests_per_minute: None,
            tokens_per_minute: None,
            key_limits: Limits::default(),
            max_messages: 4096,
            allow_hosts: Vec::new(),
            open_metrics: false,
            idempotency_time: Duration::from_secs(600),
            tls_certificate: None,
            tls_key: None,
            log_requests: true,
        }
    }
}
