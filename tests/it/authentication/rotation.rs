//! Keys are exchanged while everybody asks, and nobody whose key counts is refused.

use std::sync::atomic::Ordering;

use super::*;

const ROUNDS: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_are_exchanged_under_load_without_a_wrong_refusal() {
    let folder = Folder::create("keys").unwrap();
    // Of each round the file has the key of the round before and the one after, as an operator writes it.
    let text = |round: usize| {
        let keys = [format!("sk-{round}"), format!("sk-{}", round + 1)].map(|key| ApiKeys::digest(&key));
        key("always", "sk-always", "") + &format!("[keys.app]\nsha256 = [\"{}\", \"{}\"]\n", keys[0], keys[1])
    };
    let server = TestServer::start(with_keys(&folder.put("keys", &text(0)))).await;
    let addr = server.addr;
    let stop = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let asking: Vec<_> = (0..4)
        .map(|_| {
            let stop = stop.clone();
            #[expect(clippy::disallowed_methods, reason = "every task is awaited below")]
            tokio::spawn(async move {
                let mut asked = 0;
                while !stop.load(Ordering::Relaxed) {
                    let answer = say(addr, OPENAI, "sk-always", "text hi", None).await;
                    assert_eq!(answer.status, 200, "{}", answer.body);
                    asked += 1;
                }
                asked
            })
        })
        .collect();
    for round in 0..ROUNDS {
        // Each key counts from when the server has seen it until the round after the next one.
        assert_eq!(say(addr, OPENAI, &format!("sk-{round}"), "text hi", None).await.status, 200);
        becomes(addr, &format!("sk-{}", round + 1), 200).await;
        match round % 2 {
            0 => drop(folder.put("keys", &text(round + 1))),
            _ => fs::write(folder.path().join("keys"), text(round + 1)).unwrap(),
        }
        becomes(addr, &format!("sk-{}", round + 2), 200).await;
        assert_unknown(&say(addr, OPENAI, &format!("sk-{round}"), "text hi", None).await, "sk-");
    }
    stop.store(true, Ordering::Relaxed);
    let mut asked = 0;
    for task in asking {
        asked += task.await.unwrap();
    }
    assert!(asked > 100, "there was load: {asked}");
}
