//! Where sessions are kept, as options of the server: what each sets, and that no password is repeated.

use std::path::Path;
use std::time::Duration;

use super::{ONE, checked, file, layered};
use crate::config::{Environment, ServerConfig};

#[test]
fn where_sessions_are_and_how_many() {
    let text = "[server]\ndata_dir = \"/var/lib/agent\"\nsession_lease = \"2s\"\nmax_session_bytes = \"1 MiB\"\n\
                max_sessions = 7\nmax_sessions_bytes = \"2 MiB\"\nmax_owner_sessions = 3\nmax_owner_bytes = 4096\n\
                session_endpoints = true\n";
    let (server, _) = layered(&[&ONE], &Environment::empty().with_file(file("stores", text))).unwrap();
    assert_eq!(server.data_dir.as_deref(), Some(Path::new("/var/lib/agent")));
    assert_eq!((server.session_lease, server.session_endpoints), (Duration::from_secs(2), true));
    let limits = server.session_limits;
    assert_eq!((limits.session_bytes, limits.sessions, limits.bytes), (1 << 20, Some(7), Some(2 << 20)));
    assert_eq!((limits.owner_sessions, limits.owner_bytes), (Some(3), Some(4096)));
    let variable = Environment::empty().with_variable("ALPHORA_DATA_DIR", "/srv");
    assert_eq!(layered(&[&ONE], &variable).unwrap().0.data_dir.as_deref(), Some(Path::new("/srv")));
}

#[test]
fn what_is_empty_is_not_set() {
    for variable in ["ALPHORA_DATA_DIR", "ALPHORA_SESSION_STORE"] {
        let (server, _) = layered(&[&ONE], &Environment::empty().with_variable(variable, "")).unwrap();
        assert!(server.data_dir.is_none() && server.session_store.is_none(), "{variable}");
    }
}

#[test]
fn no_error_repeats_a_password() {
    for url in ["mysql://me:s3cret@host", "s3cret", "redis://", "postgres:s3cret"] {
        let environment = Environment::empty().with_variable("ALPHORA_SESSION_STORE", url);
        let error = layered(&[&ONE], &environment).unwrap_err();
        let told = format!("{error} {error:?}");
        assert!(told.contains("ALPHORA_SESSION_STORE") && !told.contains("s3cret"), "{told}");
    }
    #[cfg(feature = "redis")]
    {
        let environment =
            Environment::empty().with_variable("ALPHORA_SESSION_STORE", "redis://me:s3cret@host:1/2");
        let (server, _) = layered(&[&ONE], &environment).unwrap();
        assert!(!format!("{server:?}").contains("s3cret"), "{server:?}");
    }
}

#[cfg(all(feature = "redb", feature = "redis"))]
#[test]
fn sessions_are_in_one_place() {
    let both = ServerConfig {
        data_dir: Some("/srv".into()),
        session_store: crate::config::StoreUrl::parse("redis://me:s3cret@host").ok(),
        ..ServerConfig::default()
    };
    let told = checked(&both).unwrap_err().to_string();
    assert!(told.contains("redis://host") && told.contains("/srv") && !told.contains("s3cret"), "{told}");
}

#[cfg(not(feature = "postgres"))]
#[test]
fn a_store_that_was_not_built_in_is_told_how_to_be() {
    let environment = Environment::empty().with_variable("ALPHORA_SESSION_STORE", "postgres://host/x");
    let told = layered(&[&ONE], &environment).unwrap_err().to_string();
    assert!(told.contains("features = [\"postgres\"]"), "{told}");
    assert!(checked(&ServerConfig::default()).is_ok());
}
