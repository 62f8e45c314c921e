//! Bodies of chat completions: sound ones, and those that are not.

use alphora_tests::chaos::Random;

/// Values that a field may be given and, mostly, may not have.
const VALUES: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "1",
    "1e999",
    "-0.0",
    "9007199254740993",
    "99999999999999999999999999",
    "0.1",
    "\"\"",
    "\"x\"",
    "\"\\ud800\"",
    "\"\\u0000\"",
    "[]",
    "{}",
    "[null]",
    "[[]]",
    "{\"\":{}}",
    "NaN",
    "01",
    "+1",
    "'x'",
    "nul",
];
const FIELDS: &[&str] = &[
    "messages",
    "model",
    "stream",
    "session_id",
    "user",
    "temperature",
    "top_p",
    "n",
    "max_tokens",
    "max_completion_tokens",
    "stop",
    "seed",
    "tools",
    "tool_choice",
    "response_format",
    "stream_options",
    "logprobs",
    "metadata",
    "extra",
    "",
];
const SOUND: &str =
    "{\"model\":\"actor\",\"messages\":[{\"role\":\"user\",\"content\":\"say hi\"}],\"stream\":";

pub(super) fn sound(random: &mut Random) -> Vec<u8> {
    format!("{SOUND}{}}}", random.pick(&["true", "false"])).into_bytes()
}

pub(super) fn odd(random: &mut Random) -> Vec<u8> {
    match random.below(9) {
        0 => nested(random),
        1 => repeated(random),
        2 => not_utf8(random),
        3 => many_messages(random),
        4 => odd_message(random),
        5 => random
            .pick(&["", " ", "null", "[]", "\"text\"", "{", "{}", "{}{}", "\u{feff}{}", "{\"messages\":}"])
            .into(),
        _ => odd_fields(random),
    }
}

fn odd_fields(random: &mut Random) -> Vec<u8> {
    let fields: Vec<String> = (0..=random.below(5))
        .map(|_| format!("\"{}\":{}", random.pick(FIELDS), random.pick(VALUES)))
        .collect();
    let messages = "\"messages\":[{\"role\":\"user\",\"content\":\"say hi\"}]";
    format!("{{{messages},{}}}", fields.join(",")).into_bytes()
}

fn odd_message(random: &mut Random) -> Vec<u8> {
    let field =
        random.pick(&["role", "content", "name", "tool_calls", "tool_call_id", "refusal", "audio", "x"]);
    let value = random.pick(VALUES);
    let role = random.pick(&["user", "system", "assistant", "tool", "developer", "function", "", "nobody"]);
    format!("{{\"messages\":[{{\"role\":\"{role}\",\"{field}\":{value}}}]}}").into_bytes()
}

fn nested(random: &mut Random) -> Vec<u8> {
    let depth = random.pick(&[50, 127, 128, 1000, 20_000]);
    let (open, close) = random.pick(&[("[", "]"), ("{\"a\":", "}")]);
    let field = random.pick(FIELDS);
    format!("{SOUND}true,\"{field}\":{}1{}}}", open.repeat(depth), close.repeat(depth)).into_bytes()
}

fn repeated(random: &mut Random) -> Vec<u8> {
    let (field, count) = (random.pick(FIELDS), random.pick(&[2, 40, 5_000]));
    let fields: Vec<String> = (0..count).map(|_| format!("\"{field}\":{}", random.pick(VALUES))).collect();
    format!("{{{}}}", fields.join(",")).into_bytes()
}

fn many_messages(random: &mut Random) -> Vec<u8> {
    let message =
        random.pick(&["{}", "{\"role\":\"user\"}", "{\"role\":\"user\",\"content\":\"say hi\"}", "0"]);
    let messages = vec![message; random.pick(&[0, 2, 500, 5_000])];
    format!("{{\"messages\":[{}]}}", messages.join(",")).into_bytes()
}

fn not_utf8(random: &mut Random) -> Vec<u8> {
    let mut bytes = sound(random);
    let at = random.below(bytes.len());
    let wrong: &[u8] =
        random.pick(&[&[0xff][..], &[0xc3], &[0xed, 0xa0, 0x80], &[0xf8, 0x88], &[0xc0, 0x80], &[0]]);
    bytes.splice(at..at, wrong.iter().copied());
    bytes
}
