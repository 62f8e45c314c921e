//! Files that are new, in use, newer, damaged, or of something else.

use std::fs;
use std::path::Path;

use redb::{Database, ReadableDatabase, TableDefinition};

use super::super::tables::{META, META_FORMAT};
use super::{Directory, EmbeddedStore, key, replace, turn};
use crate::error::{Error, ErrorKind};
use crate::session::store::{SessionStore, StoreLimits};

fn refused(directory: &Path) -> Error {
    EmbeddedStore::open(directory, StoreLimits::default()).unwrap_err()
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_made_is_for_its_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = Directory::new();
    let deep = directory.0.join("a/b");
    let store = super::open(&deep);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&deep), mode(&deep.join("sessions.redb"))), (0o700, 0o600));
    drop(store);
    // What is there already stays as it is.
    fs::set_permissions(&deep, fs::Permissions::from_mode(0o755)).unwrap();
    drop(super::open(&deep));
    assert_eq!(mode(&deep), 0o755);
}

/// A process that was killed while it made the file has left something under another name.
#[tokio::test]
async fn a_file_that_was_never_finished_is_in_nobodys_way() {
    let directory = Directory::new();
    fs::create_dir_all(&directory.0).unwrap();
    fs::write(directory.0.join(format!("sessions.{}-0.new", std::process::id())), "half of it").unwrap();
    assert_eq!(turn(&directory.open(), "s", 1, replace("x")).await, 1);
    let others = Directory::new();
    let opened: Vec<_> = std::thread::scope(|scope| {
        let open = || EmbeddedStore::open(&others.0, StoreLimits::default());
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(open)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let (opened, refused): (Vec<_>, Vec<_>) = opened.into_iter().partition(Result::is_ok);
    assert!(!opened.is_empty());
    for error in refused.into_iter().filter_map(Result::err) {
        assert!(error.to_string().contains("is in use"), "{error}");
    }
    drop(opened);
    let left = fs::read_dir(&others.0).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["sessions.redb"]);
}

#[tokio::test]
async fn a_second_store_is_told_who_has_the_file() {
    let directory = Directory::new();
    let store = directory.open();
    let error = refused(&directory.0);
    assert_eq!(error.kind(), ErrorKind::Io);
    let told = error.to_string();
    assert!(told.contains(directory.file().to_str().unwrap()), "{told}");
    assert!(told.contains("is in use") && told.contains("`data_dir`"), "{told}");
    assert_eq!(turn(&store, "s", 1, replace("x")).await, 1, "the first one goes on");
    drop(store);
    assert!(directory.open().read(&key("s")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_directory_that_cannot_be_made_is_named() {
    let directory = Directory::new();
    fs::create_dir_all(&directory.0).unwrap();
    fs::write(directory.0.join("file"), "x").unwrap();
    let error = refused(&directory.0.join("file/below"));
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("file/below cannot be made"), "{error}");
}

#[tokio::test]
async fn a_newer_file_is_left_as_it_is() {
    let directory = Directory::new();
    turn(&directory.open(), "s", 1, replace("x")).await;
    let set_format = |format: u64| {
        let database = Database::open(directory.file()).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert(META_FORMAT, format).unwrap();
        transaction.commit().unwrap();
        database
    };
    drop(set_format(2));
    let before = fs::read(directory.file()).unwrap();
    let error = refused(&directory.0);
    assert_eq!(error.kind(), ErrorKind::Session);
    let told = error.to_string();
    assert!(told.contains("has format 2") && told.contains("up to 1"), "{told}");
    assert!(fs::read(directory.file()).unwrap() == before);

    // Also when whoever has written it was killed: then it is repaired, and nothing else.
    let database = set_format(3);
    let copy = Directory::new();
    fs::create_dir_all(&copy.0).unwrap();
    fs::copy(directory.file(), copy.file()).unwrap();
    drop(database);
    assert!(refused(&copy.0).to_string().contains("has format 3"));
    let database = Database::open(copy.file()).unwrap();
    let meta = database.begin_read().unwrap().open_table(META).unwrap();
    assert_eq!(meta.get(META_FORMAT).unwrap().unwrap().value(), 3);
}

#[tokio::test]
async fn what_is_no_session_file_is_left_as_it_is() {
    let directory = Directory::new();
    fs::create_dir_all(&directory.0).unwrap();
    for content in [b"x".to_vec(), vec![7; 100_000]] {
        fs::write(directory.file(), &content).unwrap();
        let error = refused(&directory.0);
        assert_eq!(error.kind(), ErrorKind::Session, "{error}");
        assert!(error.to_string().contains("left as it is"), "{error}");
        assert!(fs::read(directory.file()).unwrap() == content);
    }
    fs::remove_file(directory.file()).unwrap();
    let database = Database::create(directory.file()).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(TableDefinition::<u64, u64>::new("mine")).unwrap().insert(1, 1).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let error = refused(&directory.0);
    assert!(error.to_string().contains("a database of something else"), "{error}");
}

#[tokio::test]
async fn a_file_that_was_cut_is_left_as_it_is() {
    let directory = Directory::new();
    let store = directory.open();
    for number in 0..200_u128 {
        turn(&store, &format!("s{number}"), number, replace(&"x".repeat(2_000))).await;
    }
    drop(store);
    let whole = fs::read(directory.file()).unwrap();
    for part in [1, 50, 320, 4_096, whole.len() / 3, whole.len() / 2, whole.len() - 1] {
        fs::write(directory.file(), &whole[..part]).unwrap();
        let error = refused(&directory.0);
        assert_eq!(error.kind(), ErrorKind::Session, "{part}: {error}");
        assert!(fs::read(directory.file()).unwrap() == whole[..part], "{part}");
    }
    fs::write(directory.file(), &whole).unwrap();
    assert!(directory.open().read(&key("s199")).await.unwrap().is_some());
}

/// Pages are not verified when a file was closed properly, so that it opens at once. Whatever is in them, nobody
/// waits for ever, nothing ends the process, and what can be read is what was written.
#[tokio::test]
async fn a_file_with_foreign_bytes_in_it_harms_nobody() {
    let directory = Directory::new();
    let store = directory.open();
    for number in 0..60_u128 {
        turn(&store, &format!("s{number}"), number, replace(&format!("{number}/{}", "x".repeat(500)))).await;
    }
    drop(store);
    let whole = fs::read(directory.file()).unwrap();
    let mut opened = 0;
    for page in (0..whole.len()).step_by(4_096) {
        let mut bytes = whole.clone();
        let end = (page + 4_096).min(bytes.len());
        for byte in &mut bytes[page..end] {
            *byte = byte.wrapping_mul(31).wrapping_add(7);
        }
        fs::write(directory.file(), &bytes).unwrap();
        let Ok(store) = EmbeddedStore::open(&directory.0, StoreLimits::default()) else { continue };
        opened += 1;
        for number in 0..60_u128 {
            let _ = store.begin(&key(&format!("s{number}")), &super::claim(100 + number)).await;
            let _ = store.read(&key(&format!("s{number}"))).await;
        }
        let _ = store.sweep().await;
        let _ = store.check().await;
    }
    assert!(opened > 0);
}
