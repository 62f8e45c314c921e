//! Lists of sessions.

use super::super::Violation;
use super::super::bench::{Bench, replace};
use crate::session::store::{Page, PageRequest};
use crate::session::{Owner, SessionKey};

/// Ids whose order differs between bytes, words and numbers.
const IDS: [&str; 12] = ["-", ".", "10", "2", "A", "B", "Z", "_", "a", "a.b", "a:b", "~"];

pub(in super::super) async fn order(bench: &Bench) -> Result<(), Violation> {
    let mut shuffled = IDS;
    shuffled.reverse();
    shuffled.swap(2, 7);
    for id in shuffled {
        bench.named(id)?.turn(replace(id)).await?;
    }
    // To be used again moves nobody.
    bench.named("B")?.turn(replace("again")).await?;
    let page = page(bench, None, 100).await?;
    bench.same("listed sessions", &ids(&page), &IDS.map(str::to_owned).to_vec())?;
    bench.same("listed all sessions", &page.more, &false)?;
    for summary in &page.sessions {
        let read = bench.named(summary.id.as_str())?.stored().await?.summary;
        bench.same("compared what is listed with what is read", summary, &read)?;
    }
    Ok(())
}

pub(in super::super) async fn pages(bench: &Bench) -> Result<(), Violation> {
    for id in IDS {
        bench.named(id)?.turn(replace(id)).await?;
    }
    for limit in [1, 5, IDS.len(), 1_000] {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = page(bench, after.as_deref(), limit).await?;
            bench.holds("listed a page", &format!("at most {limit}"), &page, page.sessions.len() <= limit)?;
            bench.holds("listed a page", "at least one while there are more", &page, {
                !page.more || !page.sessions.is_empty()
            })?;
            found.extend(ids(&page));
            after = found.last().cloned();
            if !page.more {
                break;
            }
            bench.holds("listed page after page", "an end of it", &found, found.len() <= IDS.len())?;
        }
        bench.same("listed all pages", &found, &IDS.map(str::to_owned).to_vec())?;
    }
    // A page goes on from an id that is not there, too.
    let page = page(bench, Some("A0"), 2).await?;
    bench.same("listed after an id that is not there", &ids(&page), &vec!["B".to_owned(), "Z".to_owned()])?;
    bench.same("listed two of many", &page.more, &true)?;
    let page = self::page(bench, Some("~"), 2).await?;
    bench.same("listed after the last", &(ids(&page), page.more), &(Vec::new(), false))
}

pub(in super::super) async fn isolation(bench: &Bench) -> Result<(), Violation> {
    let mine = bench.named("mine")?;
    mine.turn(replace("mine")).await?;
    let number = bench.random()?;
    let strangers = [
        (bench.agent.to_string(), Owner::named(format!("stranger-{number:x}"))),
        (bench.agent.to_string(), Owner::anonymous()),
        (format!("stranger-{number:x}"), bench.owner.clone()),
    ];
    for (agent, owner) in strangers {
        let theirs = bench.session_of(SessionKey::new(agent.as_str(), owner.clone(), mine.key.id().clone()));
        bench.same("read another's session", &theirs.read().await?, &None)?;
        let deleted = bench.done("deleted", bench.store.delete(&theirs.key).await)?;
        bench.same("deleted another's session", &deleted, &false)?;
        let page = PageRequest { after: None, limit: 10 };
        let listed = bench.done("listed", bench.store.list(&agent, &owner, &page).await)?;
        bench.same("listed where another has a session", &listed.sessions, &Vec::new())?;
        let lease = theirs.lend_anew().await?;
        // Neither of them stands in the other's way.
        let (held, _) = mine.lend().await?;
        mine.release(&held).await?;
        theirs.commit(&lease, replace("theirs")).await?;
        let listed = bench.done("listed", bench.store.list(&agent, &owner, &page).await)?;
        bench.same("listed what is theirs", &listed.sessions.len(), &1)?;
        bench.same(
            "read what is theirs",
            &theirs.record().await?.snapshot.as_ref(),
            &b"theirs".as_slice(),
        )?;
        bench.done("deleted", bench.store.delete(&theirs.key).await)?;
        bench.same("read what is mine", &mine.record().await?.snapshot.as_ref(), &b"mine".as_slice())?;
    }
    Ok(())
}

async fn page(bench: &Bench, after: Option<&str>, limit: usize) -> Result<Page, Violation> {
    let after = after.map(|id| bench.named(id)).transpose()?.map(|session| session.key.id().clone());
    let request = PageRequest { after, limit };
    bench.done("listed sessions", bench.store.list(&bench.agent, &bench.owner, &request).await)
}

fn ids(page: &Page) -> Vec<String> {
    page.sessions.iter().map(|summary| summary.id.to_string()).collect()
}
