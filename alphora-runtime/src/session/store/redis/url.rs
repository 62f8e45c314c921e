//! From a URL to the servers that it names.

use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::sentinel::{SentinelClientBuilder, SentinelServerType};
use redis::{ConnectionAddr, ConnectionInfo, IntoConnectionInfo as _};

use super::target::{Sentinels, Target};
use super::timing::{ANSWER, CONNECT};
use crate::error::{Error, ErrorKind};

const FORMS: &str = "`redis://host:6379/0`, `redis+sentinel://host:26379,host:26379/service/0`, \
                     `redis+cluster://host:6379,host:6379` or `redis+unix:///path/to/socket`";

/// What the keys begin with unless the URL says otherwise.
const PREFIX: &str = "alphora";

/// A URL that was understood.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) target: Target,
    /// What all keys begin with, so that two installations can share a server.
    pub(super) prefix: String,
}

/// Understands a URL. Its errors repeat nothing of it but the names of its parts, because it may have a password.
pub(super) fn parse(url: &str) -> Result<Parsed, Error> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return Err(mistake(format!("it has no `://`: write {FORMS}")));
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let kind = scheme.strip_prefix("valkey").or_else(|| scheme.strip_prefix("redis"));
    let mut query = Query::parse(query)?;
    let prefix = query.take("prefix").unwrap_or(PREFIX).to_owned();
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if prefix.is_empty() || !prefix.bytes().all(is_plain) {
        return Err(mistake("its `prefix` has other characters than `A-Z a-z 0-9 . _ -`, or none"));
    }
    let target = match kind {
        Some("") => single(&format!("redis://{rest}"))?,
        Some("+unix") => unix(rest, &mut query)?,
        Some("+sentinel") => sentinel(rest, &mut query)?,
        Some("+cluster") => cluster(rest)?,
        Some("s" | "s+sentinel" | "s+cluster") => {
            return Err(mistake(
                "it asks for TLS, which this build does not speak to redis: write `redis://` and the address \
                 of a tunnel on this machine, as stunnel makes one",
            ));
        }
        _ => return Err(mistake(format!("its scheme is none of redis's: write {FORMS}"))),
    };
    query.end()?;
    Ok(Parsed { target, prefix })
}

fn single(url: &str) -> Result<Target, Error> {
    let address = connection_info(url)?;
    let name = address.addr().to_string();
    let client = redis::Client::open(address).map_err(|_| not_an_address())?;
    Ok(Target::Single { name, client })
}

fn unix(path: &str, query: &mut Query<'_>) -> Result<Target, Error> {
    let mut url = format!("redis+unix://{path}");
    let mut separator = '?';
    for name in ["db", "user", "pass"] {
        if let Some(value) = query.take(name) {
            url = format!("{url}{separator}{name}={value}");
            separator = '&';
        }
    }
    single(&url)
}

fn sentinel(rest: &str, query: &mut Query<'_>) -> Result<Target, Error> {
    let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (service, database) = path.split_once('/').unwrap_or((path, ""));
    if service.is_empty() {
        return Err(mistake(
            "it does not say which service the sentinels watch: write \
             `redis+sentinel://host:26379/service`",
        ));
    }
    let addresses = addresses(hosts, 26_379)?;
    let names = addresses.iter().map(|address| address.addr().to_string()).collect();
    let sentinels: Vec<ConnectionAddr> = addresses.iter().map(|address| address.addr().clone()).collect();
    let mut builder = SentinelClientBuilder::new(sentinels, service, SentinelServerType::Master)
        .map_err(|_| not_an_address())?;
    if !database.is_empty() {
        let database = database.parse().map_err(|_| mistake("its database is not a number"))?;
        builder = builder.set_client_to_redis_db(database);
    }
    if let Some(settings) = addresses.first().map(ConnectionInfo::redis_settings) {
        if let Some(username) = settings.username() {
            builder = builder.set_client_to_redis_username(username);
        }
        if let Some(password) = settings.password() {
            builder = builder.set_client_to_redis_password(password);
        }
    }
    let (username, password) = (query.take("sentinel_username"), query.take("sentinel_password"));
    if username.is_some() || password.is_some() {
        // Their escapes are those of any URL's user and password.
        let own = format!("redis://{}:{}@sentinel", username.unwrap_or(""), password.unwrap_or(""));
        let own = connection_info(&own)?;
        if let Some(username) = own.redis_settings().username() {
            builder = builder.set_client_to_sentinel_username(username);
        }
        if let Some(password) = own.redis_settings().password() {
            builder = builder.set_client_to_sentinel_password(password);
        }
    }
    let client = builder.build().map_err(|_| not_an_address())?;
    Ok(Target::Sentinel(Sentinels::new(names, service.to_owned(), client)))
}

fn cluster(rest: &str) -> Result<Target, Error> {
    let hosts = rest.strip_suffix('/').unwrap_or(rest);
    if hosts.contains('/') {
        return Err(mistake("it names a database, and a cluster has only one: leave it out"));
    }
    let addresses = addresses(hosts, 6_379)?;
    let names = addresses.iter().map(|address| address.addr().to_string()).collect();
    let client: ClusterClient = ClusterClientBuilder::new(addresses)
        .connection_timeout(CONNECT)
        .response_timeout(ANSWER)
        .overall_response_timeout(Some(ANSWER))
        .retries(4)
        .min_retry_wait(10)
        .max_retry_wait(200)
        .build()
        .map_err(|_| not_an_address())?;
    Ok(Target::Cluster { names, client })
}

/// Several hosts behind one user and password.
fn addresses(hosts: &str, port: u16) -> Result<Vec<ConnectionInfo>, Error> {
    let (credentials, hosts) = hosts.rsplit_once('@').map_or(("", hosts), |(user, hosts)| (user, hosts));
    let at = if credentials.is_empty() { "" } else { "@" };
    hosts
        .split(',')
        .map(|host| {
            // An address of IPv6 has colons too, and ends with its bracket.
            let has_port = host.rsplit(']').next().is_some_and(|end| end.contains(':'));
            let port = if has_port { String::new() } else { format!(":{port}") };
            connection_info(&format!("redis://{credentials}{at}{host}{port}"))
        })
        .collect()
}

/// What the client library makes of a URL. Its own words may repeat parts of it, and are left out.
fn connection_info(url: &str) -> Result<ConnectionInfo, Error> {
    url.into_connection_info().map_err(|_| not_an_address())
}

fn not_an_address() -> Error {
    mistake(format!(
        "its address, user, password or database cannot be read: write {FORMS}, with `%40` for `@`"
    ))
}

fn mistake(what: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        format!("the URL of the session store cannot be used, because {what}"),
    )
}

/// The options after the question mark.
struct Query<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Query<'a> {
    fn parse(query: &'a str) -> Result<Self, Error> {
        let parts = query.split('&').filter(|part| !part.is_empty());
        parts
            .map(|part| part.split_once('=').ok_or_else(|| mistake("an option after its `?` has no `=`")))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    fn take(&mut self, name: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|(found, _)| *found == name)?;
        Some(self.0.swap_remove(at).1)
    }

    fn end(self) -> Result<(), Error> {
        match self.0.first() {
            None => Ok(()),
            Some((name, _)) => Err(mistake(format!(
                "it has no option `{}`, or not twice: there are `prefix`, for a socket `db`, `user` and `pass`, \
                 for sentinels `sentinel_username` and `sentinel_password`",
                name.escape_debug()
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_it_has_understood() {
        for (url, expected) in [
            ("redis://127.0.0.1", "Single { name: \"127.0.0.1:6379\" }"),
            ("valkey://:secret@db.internal:7000/3", "Single { name: \"db.internal:7000\" }"),
            ("redis+unix:///run/redis.sock?db=2&user=u&pass=secret", "Single { name: \"/run/redis.sock\" }"),
            (
                "redis+sentinel://u:secret@a:1,b/main/2?sentinel_password=secret",
                "Sentinel { sentinels: [\"a:1\", \"b:26379\"], service: \"main\" }",
            ),
            (
                "redis+cluster://u:secret@a:1,[::1],c:3/",
                "Cluster { nodes: [\"a:1\", \"::1:6379\", \"c:3\"] }",
            ),
        ] {
            let parsed = parse(url).unwrap();
            assert_eq!(format!("{:?}", parsed.target), expected, "{url}");
            assert_eq!(parsed.prefix, "alphora");
        }
        assert_eq!(parse("redis://a/0?prefix=shop-1").unwrap().prefix, "shop-1");
    }

    #[test]
    fn says_what_is_wrong_without_repeating_it() {
        for (url, part) in [
            ("secret", "no `://`"),
            ("http://secret", "scheme"),
            ("rediss://:secret@a", "TLS"),
            ("redis://u:secret@a:port", "cannot be read"),
            ("redis://u:secret@a/secret", "cannot be read"),
            ("redis://a?secret", "no `=`"),
            ("redis://a?timeout=secret", "no option `timeout`"),
            ("redis://a?prefix={secret}", "`prefix`"),
            ("redis+sentinel://u:secret@a", "service"),
            ("redis+sentinel://u:secret@a/main/secret", "not a number"),
            ("redis+cluster://u:secret@a/1", "database"),
            ("redis+cluster://u:secret@", "cannot be read"),
            ("redis+unix://?pass=secret", "cannot be read"),
        ] {
            let error = parse(url).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{url}");
            let words = format!("{error} {error:?}");
            assert!(words.contains(part), "{url}: {words}");
            assert!(!words.contains("secret"), "{url}: {words}");
        }
    }
}
