//! What is reasoning and what is not, in whatever pieces it comes.

use proptest::prelude::*;

use super::{LONGEST_TAG, MOST_WHITE_SPACE, Piece, State, ThinkSplitter, ThinkTags, skip_white_space};

/// What came out: the reasoning, the answer, and the most bytes that were held back on the way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Parted {
    thinking: String,
    text: String,
    most_held: usize,
}

impl Parted {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Thinking(piece) => {
                assert!(!piece.is_empty());
                assert_eq!(self.text, "", "reasoning comes first");
                self.thinking.push_str(piece);
            }
            Piece::Text(piece) => {
                assert!(!piece.is_empty());
                self.text.push_str(piece);
            }
        }
    }

    fn words(&self) -> (&str, &str) {
        (&self.thinking, &self.text)
    }
}

fn part<'a>(tags: ThinkTags, pieces: impl IntoIterator<Item = &'a str>) -> Parted {
    let mut splitter = ThinkSplitter::new(tags);
    let mut parted = Parted::default();
    for piece in pieces {
        splitter.push(piece, &mut |piece| parted.take(piece));
        parted.most_held = parted.most_held.max(held_by(&splitter));
    }
    splitter.finish(&mut |piece| parted.take(piece));
    parted
}

fn held_by(splitter: &ThinkSplitter) -> usize {
    match &splitter.0 {
        State::Start { held } => held.len(),
        State::Thinking { matched, .. } => *matched,
        _ => 0,
    }
}

/// Replies with their reasoning and their answer.
const REPLIES: &[(&str, &str, &str)] = &[
    ("<think>why</think>because", "why", "because"),
    ("<thinking>why</thinking>because", "why", "because"),
    ("\n<think>\nwhy\n</think>\n\nbecause\n", "why\n", "because\n"),
    ("", "", ""),
    ("because", "", "because"),
    (" \n because", "", " \n because"),
    // Reasoning that is empty, and an answer that is.
    ("<think></think>because", "", "because"),
    ("<think>\n\n</think>\n\nbecause", "", "because"),
    ("<think>why</think>", "why", ""),
    ("<think>why</think>\n\n", "why", ""),
    ("<think>", "", ""),
    // Reasoning without an end.
    ("<think>why", "why", ""),
    ("<think>why</thin", "why</thin", ""),
    ("<think>why</thinking>", "why</thinking>", ""),
    ("<think>a < b </ c <</think>d", "a < b </ c <", "d"),
    ("<think>a</thin</think>b", "a</thin", "b"),
    ("<think><think>a</think>b</think>c", "<think>a", "b</think>c"),
    ("<thinking>a</think>b</thinking>c", "a</think>b", "c"),
    // Answers that only look like it.
    ("The tag <think>a</think> is one", "", "The tag <think>a</think> is one"),
    ("<thin", "", "<thin"),
    ("<thinker>a", "", "<thinker>a"),
    ("<Think>a</Think>", "", "<Think>a</Think>"),
    ("</think>a", "", "</think>a"),
    ("<<think>a</think>", "", "<<think>a</think>"),
    ("<think>a</think><think>b</think>c", "a", "<think>b</think>c"),
    ("\n\n\n\n\n\n\n\n<thinking>a</thinking>b", "a", "b"),
    ("\n\n\n\n\n\n\n\n\n<think>a</think>b", "", "\n\n\n\n\n\n\n\n\n<think>a</think>b"),
    ("\u{a0}<think>a", "", "\u{a0}<think>a"),
    ("\n\n\n\n\n\n\n\n<thinkin漢", "", "\n\n\n\n\n\n\n\n<thinkin漢"),
    ("<think>漢</think>字", "漢", "字"),
];

/// Every character is a piece.
fn characters(reply: &str) -> impl Iterator<Item = &str> {
    reply.char_indices().map(|(at, character)| &reply[at..at + character.len_utf8()])
}

#[test]
fn reasoning_is_what_stands_in_tags_at_the_beginning() {
    for (reply, thinking, text) in REPLIES {
        assert_eq!(part(ThinkTags::Looked, [*reply]).words(), (*thinking, *text), "{reply:?}");
        assert_eq!(
            part(ThinkTags::Looked, characters(reply)).words(),
            (*thinking, *text),
            "{reply:?} in characters"
        );
        assert_eq!(part(ThinkTags::Ignored, [*reply]).words(), ("", *reply), "{reply:?}, not enabled");
    }
}

#[test]
fn reasoning_may_have_begun_in_the_prompt() {
    for (reply, thinking, text) in [
        ("\nwhy\n</think>\n\nbecause", "why\n", "because"),
        ("</think>because", "", "because"),
        ("why", "why", ""),
        ("why</thin", "why</thin", ""),
        ("", "", ""),
    ] {
        assert_eq!(part(ThinkTags::Begun, [reply]).words(), (thinking, text), "{reply:?}");
        assert_eq!(
            part(ThinkTags::Begun, characters(reply)).words(),
            (thinking, text),
            "{reply:?} in characters"
        );
    }
}

#[test]
fn what_can_be_no_tag_passes_at_once() {
    let mut splitter = ThinkSplitter::new(ThinkTags::Looked);
    let mut found = Vec::new();
    for piece in ["<th", "ink>", " a", "b<", "c</", "thi", "nx", "</think", "> ", "\n", "d<", "e"] {
        let mut count = 0;
        splitter.push(piece, &mut |piece| {
            count += 1;
            found.push(format!("{piece:?}"));
        });
        found.push(count.to_string());
    }
    let expected = [
        "0",
        "0",
        "Thinking(\"a\")",
        "1",
        "Thinking(\"b\")",
        "1",
        "Thinking(\"<\")",
        "Thinking(\"c\")",
        "2",
        "0",
        "Thinking(\"</thi\")",
        "Thinking(\"nx\")",
        "2",
        "0",
        "0",
        "0",
        "Text(\"d<\")",
        "1",
        "Text(\"e\")",
        "1",
    ];
    assert_eq!(found, expected);
}

/// Replies made of what means something here, and the characters after which they are cut.
fn any_split() -> impl Strategy<Value = (String, Vec<usize>)> {
    let words = &[
        "<think>",
        "<thinking>",
        "</think>",
        "</thinking>",
        "<",
        "</",
        "<thi",
        "nk",
        "ing>",
        ">",
        " ",
        "\n",
        "\r\n",
        "\n\n\n\n",
        "a",
        "漢",
        "\u{a0}",
        "think",
    ][..];
    let reply = prop::collection::vec(prop::sample::select(words), 0..14).prop_map(|words| words.concat());
    (reply, prop::collection::vec(0_usize..7, 1..8))
}

fn pieces<'a>(mut reply: &'a str, lengths: &'a [usize]) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    for length in lengths.iter().cycle().take(8 * reply.len()) {
        let (piece, rest) = reply.split_at(reply.ceil_char_boundary(*length));
        pieces.push(piece);
        reply = rest;
    }
    pieces.push(reply);
    pieces
}

/// The same rules, read from the whole reply.
fn reference(reply: &str) -> (String, String) {
    let white: &[char] = &[' ', '\t', '\n', '\r', '\u{c}'];
    let trimmed = reply.trim_start_matches(white);
    for name in ["think", "thinking"] {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        if let Some(thinking) = trimmed.strip_prefix(&open)
            && reply.len() - trimmed.len() <= MOST_WHITE_SPACE
        {
            let (thinking, text) = thinking.split_once(&close).unwrap_or((thinking, ""));
            return (thinking.trim_start_matches(white).into(), text.trim_start_matches(white).into());
        }
    }
    (String::new(), reply.into())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_split_gives_what_the_whole_gives((reply, lengths) in any_split()) {
        let parted = part(ThinkTags::Looked, pieces(&reply, &lengths));
        let (thinking, text) = reference(&reply);
        prop_assert_eq!(parted.words(), (&*thinking, &*text));
        prop_assert!(parted.most_held < MOST_WHITE_SPACE + LONGEST_TAG);
    }

    #[test]
    fn nothing_is_lost_but_tags_and_white_space((reply, lengths) in any_split()) {
        let parted = part(ThinkTags::Looked, pieces(&reply, &lengths));
        let dropped = reply.strip_suffix(&*parted.text).unwrap();
        if !dropped.is_empty() {
            let opened = skip_white_space(dropped);
            let opened = opened.strip_prefix("<think>").or_else(|| opened.strip_prefix("<thinking>")).unwrap();
            let closed = skip_white_space(opened).strip_prefix(&*parted.thinking).unwrap();
            let closed = closed.strip_prefix("</think>").or_else(|| closed.strip_prefix("</thinking>")).unwrap_or(closed);
            prop_assert_eq!(skip_white_space(closed), "");
        }
        prop_assert_eq!(part(ThinkTags::Ignored, pieces(&reply, &lengths)).text, reply);
    }
}
