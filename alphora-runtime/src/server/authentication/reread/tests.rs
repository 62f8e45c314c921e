//! Which changes of a file are taken, when, and how often it is read.

use std::fs::{self, File};
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// A text that counts unless it says `bad`.
struct Text(String);

impl Reread for Text {
    const NAME: &'static str = "texts";
    const EMPTY: &'static str = "write something";
    const LARGEST: u64 = 100;

    fn read(text: &str) -> std::result::Result<Self, Mistakes> {
        if text.contains("bad") { Err("it says so".into()) } else { Ok(Self(text.to_owned())) }
    }

    fn count(&self) -> usize {
        self.0.len()
    }
}

/// A file of a test's own, removed with it.
struct TestFile(PathBuf);

impl TestFile {
    fn new(text: &str) -> Self {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("alphora-reread-{}-{number}", std::process::id()));
        fs::write(&path, text).unwrap();
        Self(path)
    }

    fn write(&self, text: &str) {
        fs::write(&self.0, text).unwrap();
    }

    /// As long after its last change that nothing is unsure about it.
    fn age(&self) {
        let file = File::options().append(true).open(&self.0).unwrap();
        file.set_modified(SystemTime::now() - 10 * GRAIN).unwrap();
    }
}

impl Drop for TestFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[test]
fn a_change_is_taken_when_it_has_settled() {
    let file = TestFile::new("one");
    let read = RereadFile::<Text>::open(&file.0, FileHealth::default()).unwrap();
    file.write("one and a half");
    assert_eq!((read.look(), &*read.content().0), (Looked::Again, "one"), "it may go on");
    file.write("two, which is longer");
    assert_eq!((read.look(), &*read.content().0), (Looked::Again, "one"), "it did");
    assert_eq!((read.look(), &*read.content().0), (Looked::Done, "two, which is longer"));
    assert_eq!(read.look(), Looked::Done);
}

#[test]
fn what_cannot_be_used_changes_nothing_until_it_can() {
    let file = TestFile::new("one");
    let read = RereadFile::<Text>::open(&file.0, FileHealth::default()).unwrap();
    let long = "x".repeat(101);
    for wrong in ["bad", &long] {
        file.write(wrong);
        assert_eq!((read.look(), read.look(), &*read.content().0), (Looked::Again, Looked::Done, "one"));
    }
    fs::remove_file(&file.0).unwrap();
    assert_eq!((read.look(), read.look()), (Looked::Again, Looked::Done));
    assert_eq!((read.look(), &*read.content().0), (Looked::Done, "one"), "it is said once that it is gone");
    file.write("three");
    assert_eq!((read.look(), read.look(), &*read.content().0), (Looked::Again, Looked::Done, "three"));
}

#[test]
fn two_changes_within_the_grain_of_a_clock_are_both_seen() {
    let file = TestFile::new("one");
    let read = RereadFile::<Text>::open(&file.0, FileHealth::default()).unwrap();
    let modified = fs::metadata(&file.0).unwrap().modified().unwrap();
    file.write("two");
    File::options().append(true).open(&file.0).unwrap().set_modified(modified).unwrap();
    assert_eq!((read.look(), &*read.content().0), (Looked::Done, "two"), "it looks as it did");
    // Later on such a thing cannot happen, and the file is not read for nothing.
    file.age();
    assert_eq!((read.look(), read.look()), (Looked::Again, Looked::Done));
    assert!(!read.seen.lock().unwrap().unsure);
}

#[test]
fn what_is_no_file_is_not_opened() {
    let error =
        RereadFile::<Text>::open(Path::new("/dev/null"), FileHealth::default()).err().unwrap().to_string();
    assert_eq!(error, "the file of the texts, /dev/null: it cannot be read: it is not a file");
    let long = TestFile::new(&"x".repeat(101));
    let error = RereadFile::<Text>::open(&long.0, FileHealth::default()).err().unwrap().to_string();
    assert!(error.ends_with("it cannot be read: it has more than 100 bytes"), "{error}");
    let no_text = TestFile::new("");
    fs::write(&no_text.0, [0xff, 0xfe]).unwrap();
    assert!(RereadFile::<Text>::open(&no_text.0, FileHealth::default()).is_err());
}
