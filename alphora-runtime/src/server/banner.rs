//! What a server says when it starts: where it is, and a line that works when it is pasted.

use std::borrow::Cow;
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
            "  curl -N {} -H 'Content-Type: application/json' \\\n    -d '{{\"messages\": \
             [{{\"role\": \"user\", \"content\": \"hello\"}}]}}'",
            quoted(&format!("{base}{}/chat/completions", endpoint.path))
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

/// `word` as a shell reads it: a path may hold what means something to shells.
fn quoted(word: &str) -> Cow<'_, str> {
    if word.chars().all(|c| c.is_ascii_alphanumeric() || "/:.-_~".contains(c)) {
        Cow::Borrowed(word)
    } else {
        // Nothing can be escaped inside single quotes: they are closed, and opened again.
        Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn only_what_a_shell_would_read_is_quoted() {
        assert_eq!(quoted("http://127.0.0.1:8000/a-b_c.d~e"), "http://127.0.0.1:8000/a-b_c.d~e");
        assert_eq!(quoted("http://h/a$b&c;(d)"), "'http://h/a$b&c;(d)'");
        assert_eq!(quoted("http://h/it's"), r"'http://h/it'\''s'");
        assert_eq!(quoted("http://[::1]:8000/a"), "'http://[::1]:8000/a'");
    }
}
