//! The file of the keys is read again when it changes, and what is wrong with it then changes nothing.

use alphora_tests::{get, serve_router};

use super::*;

#[tokio::test]
async fn a_key_that_is_added_counts_soon_and_one_that_is_removed_no_longer() {
    let folder = Folder::create("keys").unwrap();
    let (one, two) = (key("one", "sk-1", ""), key("two", "sk-2", ""));
    let server = TestServer::start(with_keys(&folder.put("keys", &one))).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-1").await.status, 200);
    folder.put("keys", &(one.clone() + &two));
    becomes(server.addr, "sk-2", 200).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-1").await.status, 200);
    // The same file, written in place.
    fs::write(folder.path().join("keys"), &two).unwrap();
    becomes(server.addr, "sk-1", 401).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-2").await.status, 200);
    // The last one too, where that is said.
    folder.put("keys", "[keys]\n");
    becomes(server.addr, "sk-2", 401).await;
    server.stopped().await;
}

/// What the metrics say of the file of the keys.
async fn refused(addr: SocketAddr) -> String {
    let metrics = get(addr, "/metrics").await.body;
    let line = metrics.lines().find_map(|line| line.strip_prefix("alphora_file_refused{file=\"api_keys\"} "));
    line.unwrap_or("it is not there").to_owned()
}

#[tokio::test]
async fn a_bad_file_leaves_the_keys_as_they_are_and_a_good_one_counts_again() {
    let folder = Folder::create("keys").unwrap();
    let one = key("one", "sk-1", "");
    let path = folder.put("keys", &one);
    let program = program(&[("ALPHORA_API_KEYS_FILE", path.to_str().unwrap())]).await;
    let bad = ["", "[keys", "[keys.one]\nsha256 = \"sk-1\"", &(one.clone() + &key("two", "sk-1", ""))];
    for (nth, bad) in bad.into_iter().enumerate() {
        folder.put("keys", bad);
        until_complaints(&program, nth + 1).await;
        assert_eq!(call(program.addr, "GET", "/v1/models", "sk-1").await.status, 200, "{bad:?}");
        assert_eq!(refused(program.addr).await, "1", "{bad:?}");
    }
    fs::remove_file(&path).unwrap();
    until_complaints(&program, bad.len() + 1).await;
    assert_eq!(call(program.addr, "GET", "/v1/models", "sk-1").await.status, 200, "without a file");
    folder.put("keys", &key("two", "sk-2", ""));
    becomes(program.addr, "sk-2", 200).await;
    assert_eq!(refused(program.addr).await, "0");
    assert_unknown(&call(program.addr, "GET", "/v1/models", "sk-1").await, "sk-1");
}

/// As Kubernetes exchanges the files of a secret: by a link to another folder.
#[cfg(unix)]
#[tokio::test]
async fn a_link_that_is_set_anew_is_a_change() {
    use std::os::unix::fs::symlink;

    let folder = Folder::create("keys").unwrap();
    let data = |name: &str, secret: &str| {
        fs::create_dir(folder.path().join(name)).unwrap();
        folder.put(&format!("{name}/keys"), &key("one", secret, ""));
    };
    data("first", "sk-1");
    symlink("first", folder.path().join("..data")).unwrap();
    symlink("..data/keys", folder.path().join("keys")).unwrap();
    let server = TestServer::start(with_keys(&folder.path().join("keys"))).await;
    assert_eq!(call(server.addr, "GET", "/v1/models", "sk-1").await.status, 200);
    data("second", "sk-2");
    symlink("second", folder.path().join("..next")).unwrap();
    fs::rename(folder.path().join("..next"), folder.path().join("..data")).unwrap();
    becomes(server.addr, "sk-2", 200).await;
    assert_unknown(&call(server.addr, "GET", "/v1/models", "sk-1").await, "sk-1");
}

/// A router has no server of ours, and reads its keys again all the same.
#[tokio::test]
async fn a_router_reads_its_keys_again() {
    let folder = Folder::create("keys").unwrap();
    let publisher = with_keys(&folder.put("keys", &key("one", "sk-1", "")));
    let router = publisher.environment(alphora::Environment::empty()).router().unwrap();
    let addr = serve_router(router).await;
    folder.put("keys", &key("two", "sk-2", ""));
    becomes(addr, "sk-2", 200).await;
}
