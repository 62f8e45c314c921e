//! W3C's trace context: the headers by which servers agree on a trace. `baggage` is none of them, and goes nowhere.

use std::str::FromStr as _;

use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

const TRACEPARENT: &str = "traceparent";
const TRACESTATE: &str = "tracestate";

/// The longest list of vendors' notes that is passed on, in bytes; W3C asks for 512 at least.
const LONGEST_STATE: usize = 4096;

/// What the request belongs to that has these headers. A header that is none is as good as none.
pub(super) fn read<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> Option<SpanContext> {
    let (mut parent, mut state) = (None, String::new());
    for (name, value) in headers {
        match name {
            // Of two nobody knows which one is meant.
            TRACEPARENT if parent.is_some() => return None,
            TRACEPARENT => parent = Some(value),
            TRACESTATE if state.len() + value.len() <= LONGEST_STATE => {
                if !state.is_empty() {
                    state.push(',');
                }
                state.push_str(value);
            }
            _ => {}
        }
    }
    let (trace, span, flags) = parsed(parent?.trim())?;
    let state = TraceState::from_str(&state).unwrap_or_default();
    let context = SpanContext::new(trace, span, flags, true, state);
    context.is_valid().then_some(context)
}

/// `00-{32 digits}-{16 digits}-{2 digits}`, in small letters; a later version may have more behind.
fn parsed(header: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let mut parts = header.split('-');
    let version = hexadecimal(parts.next()?, 2)?;
    let trace = hexadecimal(parts.next()?, 32)?;
    let span = hexadecimal(parts.next()?, 16)?;
    let flags = hexadecimal(parts.next()?, 2)?;
    if version == "ff" || (version == "00" && parts.next().is_some()) {
        return None;
    }
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?);
    Some((TraceId::from_hex(trace).ok()?, SpanId::from_hex(span).ok()?, flags & TraceFlags::SAMPLED))
}

/// `text`, if it is `length` hexadecimal digits in small letters.
fn hexadecimal(text: &str, length: usize) -> Option<&str> {
    let fits = text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    fits.then_some(text)
}

/// The headers that say that a request belongs to `context`.
#[cfg(any(feature = "llm", feature = "fetch", test))]
pub(super) fn written(context: &SpanContext) -> impl Iterator<Item = (&'static str, String)> + use<> {
    let flags = context.trace_flags() & TraceFlags::SAMPLED;
    let parent = format!("00-{}-{}-{:02x}", context.trace_id(), context.span_id(), flags);
    let state = Some(context.trace_state().header()).filter(|state| !state.is_empty());
    [(TRACEPARENT, parent)].into_iter().chain(state.map(|state| (TRACESTATE, state)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn one(parent: &str) -> Option<SpanContext> {
        read([(TRACEPARENT, parent)].into_iter())
    }

    #[test]
    fn a_parent_is_read_and_written() {
        let context = one(PARENT).unwrap();
        assert_eq!(context.trace_id().to_string(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(context.span_id().to_string(), "b7ad6b7169203331");
        assert!(context.is_sampled() && context.is_remote());
        assert_eq!(written(&context).collect::<Vec<_>>(), [(TRACEPARENT, PARENT.to_owned())]);
        let unsampled = PARENT.replace("-01", "-00");
        assert!(!one(&unsampled).unwrap().is_sampled());
        assert_eq!(written(&one(&unsampled).unwrap()).next().unwrap().1, unsampled);
        // Flags that nobody knows are not passed on.
        assert_eq!(written(&one(&PARENT.replace("-01", "-ff")).unwrap()).next().unwrap().1, PARENT);
    }

    #[test]
    fn what_is_no_parent_is_none() {
        for parent in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-extra",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-+1",
            "00-0af7651916cd43dd8448eb211c8031ü-b7ad6b7169203331-01",
        ] {
            assert!(one(parent).is_none(), "{parent}");
        }
        assert!(one("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-later").is_some());
        assert!(read([(TRACEPARENT, PARENT), (TRACEPARENT, PARENT)].into_iter()).is_none());
    }

    #[test]
    fn vendors_notes_are_passed_on_together() {
        let headers =
            [(TRACESTATE, "a=1"), (TRACEPARENT, PARENT), (TRACESTATE, "b=2"), ("baggage", "secret=1")];
        let written: Vec<_> = written(&read(headers.into_iter()).unwrap()).collect();
        assert_eq!(written[1], (TRACESTATE, "a=1,b=2".to_owned()));
        assert_eq!(written.len(), 2);
        // Notes that are none take nothing from the trace.
        let context = read([(TRACEPARENT, PARENT), (TRACESTATE, "no notes")].into_iter()).unwrap();
        assert_eq!(super::written(&context).count(), 1);
        let long = "a=1,".repeat(LONGEST_STATE);
        let context = read([(TRACEPARENT, PARENT), (TRACESTATE, &long)].into_iter()).unwrap();
        assert_eq!(super::written(&context).count(), 1);
    }
}
