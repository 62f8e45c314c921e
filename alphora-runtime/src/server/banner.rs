//! What a server says when it starts: where it is, and a line that works when it is pasted.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;

use super::application::Application;
use super::exposure;

/// Prints the banner. A closed standard output is nobody's concern.
pub(super) fn print(application: &Application, addr: SocketAddr) {
    let _ = std::io::stdout().write_all(text(application, addr).as_bytes());
}

/// Prints that everything is in order, and what would be served with the options of `file` if there is one.
pub(super) fn print_checked(application: &Application, file: Option<&Path>, is_in_use: bool) {
    let _ = std::io::stdout().write_all(summary(application, file, is_in_use).as_bytes());
}

fn summary(application: &Application, file: Option<&Path>, is_in_use: bool) -> String {
    let server = &application.server;
    let mut out = String::from("configuration is fine\n\n");
    let mut line = |what: &str, is: &dyn std::fmt::Display| {
        let _ = writeln!(out, "  {what:<10}{is}");
    };
    match file {
        Some(file) => line("file", &file.display()),
        None => line("file", &"none"),
    }
    let in_use = if is_in_use { ", where something listens at the moment" } else { "" };
    line("address", &format_args!("{}://{}{in_use}", scheme(application), server.addr));
    if let Some(path) = server.openai_path.as_deref() {
        line("OpenAI", &path);
    }
    for served in &application.endpoints {
        let endpoint = &served.endpoint;
        let path = if endpoint.path.is_empty() { "/" } else { &endpoint.path };
        line("agent", &format_args!("{} ({}.{}) at {path}", endpoint.name, served.agent, endpoint.method));
    }
    line("callers", &callers(application, server.addr));
    if let Some(place) = sessions(application) {
        line("sessions", &place);
    }
    out
}

/// Who may send requests.
fn callers(application: &Application, addr: SocketAddr) -> String {
    let server = &application.server;
    let files = [("API keys", &server.api_keys_file), ("tokens", &server.jwt_keys_file)];
    let files: Vec<String> = files
        .iter()
        .filter_map(|(what, file)| Some(format!("{what} of {}", file.as_ref()?.display())))
        .collect();
    if !files.is_empty() {
        files.join(", ")
    } else if application.authentication.is_some() {
        "those that the program lets in".to_owned()
    } else if exposure::is_local(server, addr) {
        "everybody on this machine".to_owned()
    } else {
        "everybody who reaches the address".to_owned()
    }
}

/// Where sessions are, if an agent has any.
fn sessions(application: &Application) -> Option<String> {
    let server = &application.server;
    application.endpoints.iter().any(|served| served.has_memory).then(|| {
        match (&server.data_dir, &server.session_store, &application.store) {
            (Some(directory), _, _) => format!("in {}", directory.display()),
            (_, Some(url), _) => format!("in {url}"),
            (None, None, Some(_)) => "in a store of the program's own".to_owned(),
            (None, None, None) => "in this process, and gone with it (`data_dir` keeps them)".to_owned(),
        }
    })
}

fn scheme(application: &Application) -> &'static str {
    if application.server.tls_certificate.is_some() { "https" } else { "http" }
}

fn text(application: &Application, addr: SocketAddr) -> String {
    let base = format!("{}://{}", scheme(application), reachable(addr));
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
    let sessions = sessions(application);
    let has_memory = sessions.is_some();
    if let Some(place) = sessions {
        let _ = writeln!(out, "\n  Sessions are {place}.");
    }
    let is_open = application.authentication.is_none();
    if !is_open {
        let _ = writeln!(out, "\n  Requests have to say whose they are, or are refused with 401.");
    } else if !exposure::is_loopback(addr) {
        let _ = writeln!(
            out,
            "\n  {}: there is no\n  authentication, and `allow_anonymous = true` says that it is meant.",
            exposure::WARNING
        );
    }
    let is_local = exposure::is_local(&application.server, addr);
    if has_memory && is_open && application.server.session_endpoints && !is_local {
        let _ = writeln!(
            out,
            "\n  There is no authentication and `session_endpoints = true`: whoever reaches this address can list, read \
             and delete\n  all sessions."
        );
    }
    if has_memory && is_open && !application.client_session_ids() {
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
