//! One case: what a client sends.

/// A request that nobody should see: it stands where a body may end sooner than somebody thinks.
pub(crate) const SMUGGLED: &str = "GET /smuggled HTTP/1.1\r\nHost: front\r\n\r\n";

/// Sent behind every case: the request of somebody else, and the last one. Who swallows it has taken too much.
pub(crate) const NEXT: &str = "GET /next HTTP/1.1\r\nHost: front\r\nConnection: close\r\n\r\n";

/// The target of [`NEXT`].
pub(crate) const NEXT_TARGET: &str = "/next";

/// Some bytes, and what is odd about them.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    /// What is odd about it, where that is its target or its host.
    pub(crate) odd: Option<String>,
}

/// Cases of one kind.
pub(crate) struct Family {
    pub(crate) title: &'static str,
    pub(crate) cases: Vec<Case>,
}

/// As it stands.
pub(crate) fn raw(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Case {
    Case {
        name: name.into(),
        bytes: bytes.into(),
        odd: None,
    }
}

/// As code on the page. What a page cannot show is escaped.
pub(crate) fn code(text: &str) -> String {
    let text = text.escape_debug().to_string();
    let text = text.replace("\\'", "'").replace("\\\"", "\"");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}

/// A GET with these lines behind its host.
pub(crate) fn get(name: impl Into<String>, lines: &str) -> Case {
    raw(
        name,
        format!("GET /get HTTP/1.1\r\nHost: front\r\n{lines}\r\n\r\n"),
    )
}

/// A POST with these lines behind its host, and a body as it stands.
pub(crate) fn post(name: impl Into<String>, lines: &str, body: &str) -> Case {
    raw(
        name,
        format!("POST /get HTTP/1.1\r\nHost: front\r\n{lines}\r\n\r\n{body}"),
    )
}

/// A GET of this target.
pub(crate) fn target(target: &str) -> Case {
    let bytes = format!("GET {target} HTTP/1.1\r\nHost: front\r\n\r\n");
    Case {
        odd: Some(target.to_owned()),
        ..raw(code(target), bytes)
    }
}

/// A GET with these lines in place of its host's.
pub(crate) fn host(lines: &str) -> Case {
    let bytes = format!("GET /get HTTP/1.1\r\n{lines}\r\n\r\n");
    let odd = lines.strip_prefix("Host: ");
    Case {
        odd: odd.map(str::to_owned),
        ..raw(code(lines), bytes)
    }
}

/// A last chunk, and what a reader who trusts chunks takes for the next request.
pub(crate) fn ended_chunks() -> String {
    format!("0\r\n\r\n{SMUGGLED}")
}

/// One chunk of five bytes, and the end.
pub(crate) const CHUNKS: &str = "5\r\nhello\r\n0\r\n\r\n";
