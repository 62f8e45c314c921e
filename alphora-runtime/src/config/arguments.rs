//! The command line of a server that chooses its address itself. In any other program it is somebody else's.

use std::net::{IpAddr, SocketAddr};

use super::invalid::invalid;
use super::suggestion::nearest;
use super::{Environment, Mistakes};

/// The arguments that mean something here. All others are the program's own.
const ARGUMENTS: [&str; 3] = ["host", "port", "check"];

/// The address with what `--host` and `--port` say of it. A value that is no address or no port is noted.
pub(crate) fn apply_arguments(
    environment: &Environment,
    mut addr: SocketAddr,
    mistakes: &mut Mistakes,
) -> SocketAddr {
    if let Some(host) = environment.argument("host") {
        let name = if host == "localhost" { "127.0.0.1" } else { host };
        if let Ok(address) = name.trim_matches(['[', ']']).parse::<IpAddr>() {
            addr.set_ip(address);
        } else {
            let expected = "write an address such as 127.0.0.1 or 0.0.0.0";
            mistakes.add(invalid("argument --host", "host", host, expected));
        }
    }
    if let Some(port) = environment.argument("port") {
        if let Ok(port) = port.parse() {
            addr.set_port(port);
        } else {
            mistakes.add(invalid("argument --port", "port", port, "write a number from 0 to 65535"));
        }
    }
    for (argument, meant) in slips(environment) {
        tracing::warn!(argument, meant, "this argument sets nothing here; another one was perhaps meant");
    }
    addr
}

/// Whether everything is to be checked and nothing served: `--check`.
pub(crate) fn is_check(environment: &Environment) -> bool {
    environment.options().any(|argument| argument == "check")
}

/// Arguments that look like ours with a slip in them. They may be the program's own, so that they are no mistakes.
fn slips(environment: &Environment) -> impl Iterator<Item = (String, String)> {
    environment.options().filter_map(|argument| {
        let name = argument.split_once('=').map_or(argument, |(name, _)| name);
        let meant = nearest(name, ARGUMENTS).filter(|_| !ARGUMENTS.contains(&name))?;
        Some((format!("--{name}"), format!("--{meant}")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(arguments: &[&str]) -> Environment {
        arguments.iter().fold(Environment::empty(), |all, argument| all.with_argument(*argument))
    }

    fn applied(arguments: &[&str]) -> (String, Result<(), String>) {
        let mut mistakes = Mistakes::default();
        let addr = SocketAddr::from(([127, 0, 0, 1], 8000));
        let addr = apply_arguments(&environment(arguments), addr, &mut mistakes);
        (addr.to_string(), mistakes.finish().map_err(|error| error.to_string()))
    }

    #[test]
    fn an_address_in_two_parts() {
        for (arguments, addr) in [
            (&["--port=11"][..], "127.0.0.1:11"),
            (&["--host", "0.0.0.0", "--port", "12", "--port", "13"], "0.0.0.0:13"),
            (&["--host=[::1]"], "[::1]:8000"),
            (&["--host", "localhost", "--", "--port", "1"], "127.0.0.1:8000"),
            (&["mine", "-v", "--portfolio=3"], "127.0.0.1:8000"),
        ] {
            assert_eq!(applied(arguments), (addr.to_owned(), Ok(())), "{arguments:?}");
        }
    }

    #[test]
    fn both_parts_can_be_wrong() {
        let (addr, told) = applied(&["--host=here", "--port"]);
        assert_eq!(addr, "127.0.0.1:8000");
        let told = told.unwrap_err();
        assert!(told.starts_with("2 mistakes:\n- argument --host: `here`"), "{told}");
        assert!(told.contains("\n- argument --port: ``"), "{told}");
    }

    #[test]
    fn a_check_is_asked_for_by_its_whole_name() {
        for (arguments, expected) in [
            (&["--check"][..], true),
            (&["--port", "1", "--check"], true),
            (&["--checks"], false),
            (&["check"], false),
            (&["--", "--check"], false),
        ] {
            assert_eq!(is_check(&environment(arguments)), expected, "{arguments:?}");
        }
    }

    #[test]
    fn a_slip_is_told_from_what_is_the_programs_own() {
        let found: Vec<_> =
            slips(&environment(&["--prot=1", "--hots", "--chekc", "--port", "--verbose", "--x"])).collect();
        let told = |argument: &str, meant: &str| (argument.to_owned(), meant.to_owned());
        assert_eq!(found, [told("--prot", "--port"), told("--hots", "--host"), told("--chekc", "--check")]);
    }
}
