//! What may be written into a file of API keys, and what becomes of what may not.

use super::api_keys::ApiKeys;
use crate::principal::{Limits, Principal};

fn key(name: &str, key: &str, fields: &str) -> String {
    format!("[keys.{name}]\nsha256 = \"{}\"\n{fields}\n", ApiKeys::digest(key))
}

fn refused(text: &str) -> String {
    ApiKeys::parse(text).unwrap_err().to_string()
}

#[test]
fn a_digest_is_what_sha256sum_prints() {
    let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(ApiKeys::digest("abc"), digest);
    let keys = ApiKeys::parse(&format!("[keys.a]\nsha256 = \"{}\"", digest.to_uppercase())).unwrap();
    assert_eq!(keys.find("abc").map(Principal::name), Some("a"));
}

#[test]
fn a_key_has_all_that_is_written_about_it() {
    let fields = "owner = \"shop\"\nagents = [\"support\", \"desk\"]\nmetrics = true\n\
                  requests_per_minute = 60\ntokens_per_minute = 20_000\nmax_runs = 4";
    let keys = ApiKeys::parse(&(key("front", "one", fields) + &key("plain", "two", ""))).unwrap();
    assert_eq!((keys.len(), keys.is_empty()), (2, false));
    let front = keys.find("one").unwrap();
    assert_eq!((front.name(), front.owner()), ("front", "shop"));
    let limits = Limits { requests_per_minute: Some(60), tokens_per_minute: Some(20_000), runs: Some(4) };
    assert_eq!(front.limits(), limits);
    assert!(front.may_read_metrics() && front.may_use("desk") && !front.may_use("other"));
    let plain = keys.find("two").unwrap();
    assert_eq!((plain.name(), plain.owner()), ("plain", "plain"));
    assert!(plain.limits().is_none() && !plain.may_read_metrics() && plain.may_use("other"));
    let scraper = key("scraper", "three", "metrics = true\nagents = []");
    let scraper = ApiKeys::parse(&scraper).unwrap().find("three").unwrap().clone();
    assert!(scraper.may_read_metrics() && !scraper.may_use("desk"), "it is for the metrics alone");
    for other in ["", "One", "one ", "three", &"x".repeat(5000)] {
        assert_eq!(keys.find(other), None);
    }
}

#[test]
fn a_key_may_have_two_digests_while_it_is_exchanged() {
    let [old, new] = ["old", "new"].map(ApiKeys::digest);
    let keys = ApiKeys::parse(&format!("[keys.a]\nsha256 = [\"{old}\", \"{new}\"]")).unwrap();
    assert_eq!(keys.len(), 1);
    assert!(keys.find("old").is_some() && keys.find("old") == keys.find("new"));
}

#[test]
fn a_key_may_be_disabled_or_expire() {
    let text = key("off", "one", "disabled = true")
        + &key("on", "two", "disabled = false")
        + &key("gone", "three", "expires = 2020-01-01")
        + &key("older", "four", "expires = 1969-07-20T20:17:00Z")
        + &key("later", "five", "expires = 2999-12-31T00:00:00+08:00");
    let error = refused(&text);
    assert!(error.contains("key `older`: `expires`: write a date such as 2027-01-31"), "{error}");
    let keys = ApiKeys::parse(&text.replace("1969", "1970")).unwrap();
    let found = ["one", "two", "three", "four", "five"].map(|key| keys.find(key).is_some());
    assert_eq!(found, [false, true, false, false, true]);
    let words = |key| keys.recognise(key).unwrap_err().to_string();
    assert!(words("three").contains("expired") && words("four").contains("expired"));
    assert!(words("one").contains("incorrect"), "a disabled key is none");
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let text = format!(
        "[keys.first]\nowner = 7\n\n[keys.second]\nsha256 = \"sk-canary\"\nrequest_per_minute = 1\n\n{}{}{}",
        key("third", "same", "agents = []\nmax_runs = 0"),
        key("fourth", "same", "metrics = \"yes\"\nexpires = \"2027-01-01\""),
        "[keys.\" \"]\nsha256 = [\"canary\"]\n[key.fifth]\nsha256 = \"canary\"\n"
    );
    let error = refused(&text);
    for expected in [
        "line 1: key `first` has no `sha256`: write the 64 hexadecimal digits",
        "line 2: key `first`: `owner`: write a text",
        "line 5: key `second`: `sha256` is not a digest: write the 64 hexadecimal digits that `printf %s \"$KEY\" | \
         sha256sum` prints, and not the key itself",
        "line 6: key `second`: unknown field `request_per_minute` (did you mean `requests_per_minute`?)",
        "line 10: key `third`: `agents` names none, so that the key is for nothing",
        "line 11: key `third`: `max_runs`: write a whole number above zero",
        "line 13: key `fourth`: `sha256` is that of key `third` too",
        "line 14: key `fourth`: `metrics`: write `true` or `false`",
        "line 15: key `fourth`: `expires`: write a date",
        "line 16: the name ` ` of a key: write it without control characters",
        "line 18: `key` is not known here: write keys as `[keys.name]`",
    ] {
        assert!(error.contains(expected), "{expected:?} in {error}");
    }
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn what_is_no_list_of_keys_is_refused() {
    for (text, expected) in [
        ("", "line 1: there is no key: write `[keys.name]`"),
        ("# nothing\n", "there is no key"),
        ("keys = 1", "line 1: `keys` is not known here: write keys as `[keys.name]`"),
        ("[keys]\na = 1", "line 2: key `a` is not a table: write `[keys.a]`"),
        ("[keys.a]\nsha256 = canary", "line 2: "),
        ("[keys.a]\nsha256 = \"canary\n", "line 2: "),
        ("[keys.a]\n[keys.a]\n", "line 2: "),
        ("[keys.a]\nsha256 = []", "`sha256` is not a text"),
        ("[keys.a]\nsha256 = 7", "`sha256` is not a text"),
    ] {
        let error = refused(text);
        assert!(error.contains(expected), "{text:?}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
    assert!(ApiKeys::parse("[keys]\n").unwrap().is_empty());
    let error = refused(&key("a", "", ""));
    assert!(error.contains("`sha256` is the digest of nothing"), "{error}");
}

#[test]
fn nothing_of_a_key_is_shown() {
    let keys = ApiKeys::parse(&key("a", "one", "")).unwrap();
    assert_eq!(format!("{keys:?}"), "ApiKeys { keys: 1, .. }");
}

#[test]
fn ten_thousand_keys_are_read_and_each_is_found() {
    let text: String = (0..10_000)
        .map(|number| key(&format!("k{number}"), &format!("sk-{number}"), "max_runs = 4"))
        .collect();
    let keys = ApiKeys::parse(&text).unwrap();
    assert_eq!(keys.len(), 10_000);
    for number in 0..10_000 {
        assert_eq!(keys.find(&format!("sk-{number}")).unwrap().name(), format!("k{number}"));
        assert_eq!(keys.find(&format!("sk-{number}x")), None);
    }
}

proptest::proptest! {
    /// A wrong file is an error, whatever is wrong with it.
    #[test]
    fn no_text_is_too_strange(text in "(\\[keys\\.[a-z\"]{0,3}\\]\n|(sha256|owner|agents|expires) = [\"\\[\\]a-z0-9-]{0,9}\n|.|\n){0,12}") {
        drop(ApiKeys::parse(&text));
    }
}
