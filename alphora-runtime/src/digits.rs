//! Numbers as text, straight into a buffer.

use bytes::BytesMut;

/// Appends a number: a response has several, and none is worth an allocation.
pub(crate) fn append_number(buffer: &mut BytesMut, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b"0123456789"[(rest % 10) as usize];
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    buffer.extend_from_slice(&digits[at..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_written_as_anywhere_else() {
        for number in [0, 1, 9, 10, 1_024, 99_999, u64::MAX] {
            let mut buffer = BytesMut::new();
            append_number(&mut buffer, number);
            assert_eq!(buffer, number.to_string());
        }
    }
}
