//! Row-level security: a statement that forgets its owner sees nothing.

use std::time::Duration;

use alphora::session::Owner;
use alphora::session::store::{LoggedEvent, RunKey, RunLogLimits, SessionStore};

use super::cluster::Cluster;
use super::load::{key, replace, turn};

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs PostgreSQL"]
async fn postgres_shows_rows_to_their_owner_alone() {
    let cluster = Cluster::start();
    let store = cluster.store();
    turn(&*store, &key("a"), &replace("[]")).await;
    let log = store.run_log().unwrap();
    let run = RunKey { agent: "Agent".into(), owner: Owner::named("somebody"), run: 7 };
    log.open(&run, &RunLogLimits { time: Duration::from_secs(60), ..RunLogLimits::default() }).await.unwrap();
    log.append(&run, &[LoggedEvent { id: 1, bytes: "data: x\n\n".into() }]).await.unwrap();

    let all = "select (select count(*) from alphora.session), (select count(*) from alphora.piece), \
        (select count(*) from alphora.run), (select count(*) from alphora.event)";
    let enter = |owner: &str| {
        format!("begin; set local alphora.agent = 'Agent'; set local alphora.owner = '{owner}'")
    };
    // A superuser sees them, and they are there; the role of the store, which owns the tables, does not.
    assert_eq!(cluster.sql("sessions", all), "1|1|1|1");
    assert_eq!(cluster.agent_sql(all).unwrap(), "0|0|0|0");
    for stranger in ["+somebody else", "-", "", "somebody"] {
        assert_eq!(
            cluster.agent_sql(&format!("{}; {all}", enter(stranger))).unwrap(),
            "0|0|0|0",
            "{stranger}"
        );
    }
    assert_eq!(cluster.agent_sql(&format!("{}; {all}", enter("+somebody"))).unwrap(), "1|1|1|1");
    // What a transaction has named ends with it.
    assert_eq!(cluster.agent_sql(&format!("{}; commit; {all}", enter("+somebody"))).unwrap(), "0|0|0|0");

    // Nor is anything changed, moved or added for another.
    let forgotten =
        "update alphora.session set version = 9; delete from alphora.piece; delete from alphora.event";
    cluster.agent_sql(forgotten).unwrap();
    cluster.agent_sql(&format!("{}; {forgotten}; commit", enter("+somebody else"))).unwrap();
    assert_eq!(cluster.sql("sessions", all), "1|1|1|1");
    assert_eq!(cluster.sql("sessions", "select version from alphora.session"), "1");
    let added = "insert into alphora.piece (agent, owner, id, ordinal, bytes) values ('Agent', '+somebody', 'a', 5, '')";
    let refused = cluster.agent_sql(&format!("{}; {added}", enter("+somebody else"))).unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
    let moved = "update alphora.session set owner = '+somebody else'";
    let refused = cluster.agent_sql(&format!("{}; {moved}", enter("+somebody"))).unwrap_err();
    assert!(refused.contains("row-level security"), "{refused}");
}
