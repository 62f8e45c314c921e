//! How many tokens a message takes, without asking a model.

use crate::wire::{Content, ContentPart, Message, ToolCall};

/// What a message takes besides what it says: its role, and what separates it from the next.
const MESSAGE: usize = 4;
/// What a tool call takes besides its name and arguments.
const CALL: usize = 8;
/// What a part takes that is no text: about an image of a million pixels.
const PART: usize = 1000;
/// Weights are in twelfths of a token.
const TOKEN: usize = 12;

/// About how many tokens a message takes: for budgets, not for bills.
///
/// Four letters or spaces count as one token, and so do two digits, two signs, and two letters with accents or of
/// other alphabets; each character of Chinese, Japanese and Korean counts as one, an emoji as two. To that come 4
/// for the message, 8 for each tool call, and 1,000 for each part that is no text. Fields besides content, name and
/// calls count nothing.
///
/// ```
/// use alphora_runtime::session::estimated_tokens;
/// use alphora_runtime::wire::Message;
///
/// assert_eq!(estimated_tokens(&Message::user("What is the weather in Rome today?")), 13);
/// assert_eq!(estimated_tokens(&Message::user("今天罗马天气怎么样")), 13);
/// ```
pub fn estimated_tokens(message: &Message) -> usize {
    let said = match &message.content {
        Content::Null => 0,
        Content::Text(text) => text_tokens(text),
        Content::Object(raw) => text_tokens(raw.get()),
        Content::Parts(parts) => parts.iter().map(part_tokens).sum(),
    };
    let name = message.name.as_deref().map_or(0, text_tokens);
    MESSAGE + said + name + message.tool_calls.iter().map(call_tokens).sum::<usize>()
}

fn part_tokens(part: &ContentPart) -> usize {
    part.text().map_or(PART, |text| text_tokens(&text))
}

fn call_tokens(call: &ToolCall) -> usize {
    CALL + text_tokens(&call.function.name) + text_tokens(&call.function.arguments)
}

fn text_tokens(text: &str) -> usize {
    text.chars().map(weight).sum::<usize>().div_ceil(TOKEN)
}

fn weight(character: char) -> usize {
    match character {
        'a'..='z' | 'A'..='Z' | ' ' => TOKEN / 4,
        // Digits, which some models read one by one, signs, and alphabets: Latin with accents, Greek, Cyrillic,
        // Hebrew, Arabic and those that follow.
        '\0'..='\u{10ff}' => TOKEN / 2,
        // Emoji and the rest of the upper planes but for rare Chinese characters.
        '\u{10000}'..='\u{1ffff}' => TOKEN * 2,
        _ => TOKEN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_a_message_counts() {
        let bare = estimated_tokens(&Message::user(""));
        assert_eq!(bare, MESSAGE);
        let of = |text: &str| estimated_tokens(&Message::user(text)) - bare;
        assert_eq!((of("word"), of("words"), of("123456"), of("{}"), of("Приветик")), (1, 2, 3, 1, 4));
        assert_eq!((of("你好"), of("こんにちは"), of("안녕"), of("🦀"), of("𠮷")), (2, 5, 2, 2, 1));
        assert_eq!(estimated_tokens(&Message::user("").with_name("nick")), bare + 1);

        let calls = vec![ToolCall::new("call_1", "search_web", "{}"), ToolCall::new("call_2", "x", "")];
        let calls = estimated_tokens(&Message::assistant_calls(calls));
        assert_eq!(calls, bare + CALL + 3 + 1 + CALL + 1);
        let parts = vec![ContentPart::from_text("what is this?"), ContentPart::from_image_url("data:..")];
        assert_eq!(estimated_tokens(&Message::user(parts)), bare + 4 + PART);
    }
}
