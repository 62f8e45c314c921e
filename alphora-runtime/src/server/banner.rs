//! What a server says when it starts: where it is, and a line that works when it is pasted.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;

use super::application::Application;

/// Prints the banner. A closed standard output is nobody's concern.
pub(super) fn print(application: &Application, addr: SocketAddr) {
    let _ = std::io::stdout().write_all(text(application, addr).as_bytes());
}

fn text(application: &Application, addr: SocketAddr) -> String {
    let base = format!("http://{}", reachable(addr));
    let mut out = format!("alphora {} listening on {addr}\n\n", env!("CARGO_PKG_VERSION"));
    let _ = writeln!(out, "  docs    {base}/docs");
    if let Some(path) = application.server.openai_path.as_deref() {
        let _ = writeln!(out, "  OpenAI  {base}{path}  (base_url of any OpenAI client)");
    }
    for served in &application.endpoints {
        let endpoint = &served.endpoint;
        let _ = writeln!(out, "\n  {} ({}.{})", endpoint.name, served.agent, endpoint.method);
        let _ = writeln!(
            out,
            "  curl -N {base}{}/chat/completions -H 'Content-Type: application/json' \\\n    -d '{{\"messages\": \
             [{{\"role\": \"user\", \"content\": \"hello\"}}]}}'",
            endpoint.path
        );
    }
    if !application.client_session_ids() && application.endpoints.iter().any(|served| served.has_memory) {
        let _ = writeln!(
            out,
            "\n  This address is reachable from other machines and there is no authentication: clients get session \
             ids from the server\n  (`x-session-id`) and cannot choose them. `client_session_ids = true` under [server] \
             lets them choose."
        );
    }
    out.push('\n');
    out
}

/// An address that a client on this machine can use.
fn reachable(addr: SocketAddr) -> SocketAddr {
    if addr.ip().is_unspecified() { SocketAddr::from(([127, 0, 0, 1], addr.port())) } else { addr }
}
