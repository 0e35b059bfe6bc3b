//! Lines of a message, written to the end of what goes out.
//!
//! Names are written in lower case, as Envoy writes them. What is written is not checked: whatever a
//! head was taken apart into may be written again.

use http::StatusCode;

/// What ends a body in chunks that has no trailers.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// A request's first line.
pub fn request_line(out: &mut Vec<u8>, method: &str, target: &[&str]) {
    out.extend_from_slice(method.as_bytes());
    out.push(b' ');
    for part in target {
        out.extend_from_slice(part.as_bytes());
    }
    out.extend_from_slice(b" HTTP/1.1\r\n");
}

/// A response's first line.
pub fn status_line(out: &mut Vec<u8>, status: StatusCode, reason: &str) {
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.push(b' ');
    out.extend_from_slice(reason.as_bytes());
    out.extend_from_slice(b"\r\n");
}

/// A field. A value that was folded over several lines gets blanks in place of their ends (RFC 9112 5.2).
pub fn field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    let start = out.len();
    out.extend_from_slice(name.as_bytes());
    out[start..].make_ascii_lowercase();
    out.extend_from_slice(b": ");
    if memchr::memchr2(b'\r', b'\n', value).is_none() {
        out.extend_from_slice(value);
    } else {
        unfolded(out, value);
    }
    out.extend_from_slice(b"\r\n");
}

/// A field that is a number.
pub fn number(out: &mut Vec<u8>, name: &str, value: u64) {
    let mut digits = itoa::Buffer::new();
    field(out, name, digits.format(value).as_bytes());
}

/// The end of a head.
pub fn end_of_head(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// A chunk with `data`; nothing where there is none, since an empty chunk is the last one.
pub fn chunk(out: &mut Vec<u8>, data: &[u8]) {
    if data.is_empty() {
        return;
    }
    let digits = (usize::BITS - data.len().leading_zeros()).div_ceil(4);
    for place in (0..digits).rev() {
        let digit = (data.len() >> (4 * place)) & 0xf;
        out.push(b"0123456789abcdef"[digit]);
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\r\n");
}

/// Each line's end, with the blanks before and behind it, becomes one blank.
fn unfolded(out: &mut Vec<u8>, value: &[u8]) {
    let lines = value.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    for (n, line) in lines.enumerate() {
        if n > 0 {
            out.push(b' ');
        }
        out.extend_from_slice(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        write(&mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_head_is_written_line_by_line() {
        let head = written(|out| {
            request_line(out, "GET", &["/", "get"]);
            field(out, "X-Custom", b"A b");
            number(out, "content-length", 1_000);
            end_of_head(out);
        });
        assert_eq!(
            head,
            "GET /get HTTP/1.1\r\nx-custom: A b\r\ncontent-length: 1000\r\n\r\n"
        );
        let line = written(|out| status_line(out, StatusCode::OK, "OK"));
        assert_eq!(line, "HTTP/1.1 200 OK\r\n");
    }

    #[test]
    fn a_folded_value_is_written_on_one_line() {
        let line = written(|out| field(out, "a", b"one\r\n two \n\tthree"));
        assert_eq!(line, "a: one two three\r\n");
    }

    #[test]
    fn chunks_say_their_size_in_hexadecimal_digits() {
        for (length, size) in [
            (1, "1"),
            (15, "f"),
            (16, "10"),
            (255, "ff"),
            (256, "100"),
            (65_536, "10000"),
        ] {
            let data = "x".repeat(length);
            let chunk = written(|out| chunk(out, data.as_bytes()));
            assert_eq!(chunk, format!("{size}\r\n{data}\r\n"));
        }
        assert_eq!(
            written(|out| chunk(out, b"")),
            "",
            "an empty chunk would be the last one"
        );
    }
}
