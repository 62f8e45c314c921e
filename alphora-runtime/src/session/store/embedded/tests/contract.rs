//! What every store promises.

use std::sync::Arc;

use super::{Directory, EmbeddedStore};
use crate::session::store::{SessionStore, conformance};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keeps_the_contract() {
    let directory = Directory::new();
    let report = conformance::session_store(directory.open()).await;
    let report = report.unwrap_or_else(|violation| panic!("{violation}"));
    assert_eq!(report.passed.len(), conformance::SESSION_STORE.len());
}

#[tokio::test]
async fn keeps_the_contract_on_one_thread() {
    let directory = Directory::new();
    conformance::session_store(directory.open()).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test]
async fn keeps_its_limits() {
    let open = |limits| {
        let directory = Directory::new();
        let store = EmbeddedStore::open(&directory.0, limits).unwrap();
        // The file is unlinked, and goes when it is closed.
        drop(directory);
        Arc::new(store) as Arc<dyn SessionStore>
    };
    conformance::keeps_its_limits(open).await.unwrap_or_else(|violation| panic!("{violation}"));
}

#[tokio::test]
async fn survives_reopening() {
    let directory = Directory::new();
    let open = || directory.open() as Arc<dyn SessionStore>;
    conformance::survives_reopening(open).await.unwrap_or_else(|violation| panic!("{violation}"));
}
