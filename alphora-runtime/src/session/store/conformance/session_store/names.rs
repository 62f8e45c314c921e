//! Names of agents and owners that a careless store would tear apart or put together.

use super::super::Violation;
use super::super::bench::{Bench, Session, replace};
use crate::session::store::PageRequest;
use crate::session::{Owner, SessionKey};

pub(in super::super) async fn strange(bench: &Bench) -> Result<(), Violation> {
    let number = bench.random()?;
    let own = |text: &str| text.replace('#', &format!("{number:x}"));
    // Pairs that are one text when they are joined by a separator; braces mean something to a cluster, wildcards to
    // a search, and quotes to a language of queries. An owner that is named by nothing is not the anonymous one.
    let names = [
        ("", Some("#")),
        ("#", None),
        ("#", Some("")),
        ("#", Some("-")),
        ("#", Some("a/b")),
        ("#/a", Some("b")),
        ("#:a", Some("b:c")),
        ("#", Some("a:b:c")),
        ("#{}", Some("{x}")),
        ("{#}", Some("}{")),
        ("#*", Some("?[a-z]")),
        ("#%", Some("_%")),
        ("#'", Some("'; --\"")),
        ("# \t", Some(" ")),
        ("#\u{E4}", Some("\u{4F60}\u{597D}")),
        ("#a\u{308}", Some("\u{1F600}\u{200D}")),
        ("#\\", Some("\\x00\n")),
    ];
    let mut sessions: Vec<Session> = Vec::new();
    for (agent, owner) in names {
        let owner = owner.map_or_else(Owner::anonymous, |owner| Owner::named(own(owner)));
        // The ids are the same for all, and half of what separates others.
        for id in ["a:b", "-"] {
            let id = bench.named(id)?.key.id().clone();
            sessions.push(bench.session_of(SessionKey::new(own(agent), owner.clone(), id)));
        }
    }
    for session in &sessions {
        let lease = session.lend_anew().await?;
        session.commit(&lease, replace(&session.key.to_string())).await?;
    }
    for session in &sessions {
        let expected = session.key.to_string();
        let record = session.record().await?;
        let action = format!("read the session {:?}", session.key);
        bench.same(&action, &record.snapshot.as_ref(), &expected.as_bytes())?;
        let page = PageRequest { after: None, limit: 10 };
        let listed = bench.store.list(session.key.agent(), session.key.owner(), &page).await;
        let listed = bench.done("listed", listed)?;
        let ids: Vec<_> = listed.sessions.iter().map(|summary| summary.id.as_str()).collect();
        bench.same(&format!("listed the neighbours of {:?}", session.key), &ids, &vec!["-", "a:b"])?;
    }
    for session in &sessions {
        let deleted = bench.done("deleted", bench.store.delete(&session.key).await)?;
        bench.same(&format!("deleted the session {:?}", session.key), &deleted, &true)?;
    }
    Ok(())
}
