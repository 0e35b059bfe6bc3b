//! A reader of messages that knows nothing of the codec: split at line ends, and nothing else is allowed.

/// A message, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// The parts of the first line, at blanks, three at most.
    pub(crate) first: Vec<String>,
    /// Names and values in their order.
    pub(crate) fields: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// Where a message ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One that says nothing has no body.
    Request,
    /// One that says nothing is wrong.
    Answer,
    /// Whatever it says, it has no body.
    Nothing,
}

/// The one message that `bytes` are.
///
/// # Errors
/// When they are not exactly one, or one that somebody could read otherwise.
pub(crate) fn read(bytes: &[u8], framing: Framing) -> Result<Message, String> {
    let end = find(bytes, b"\r\n\r\n").ok_or("the head does not end")?;
    let mut lines = split(&bytes[..end]).into_iter();
    let rest = &bytes[end + 4..];
    let first = lines.next().ok_or("there is no first line")?;
    let first = std::str::from_utf8(first).map_err(|_| "the first line is no text")?;
    let fields = lines.map(field).collect::<Result<Vec<_>, _>>()?;
    let of = |wanted: &str| -> Vec<&[u8]> {
        let same = fields.iter().filter(|(name, _)| name == wanted);
        same.map(|(_, value)| &value[..]).collect()
    };
    let body = match (
        &of("content-length")[..],
        &of("transfer-encoding")[..],
        framing,
    ) {
        (_, _, Framing::Nothing) | ([], [], Framing::Request) => exactly(rest, 0)?,
        ([length], [], _) => {
            let is_number = !length.is_empty() && length.iter().all(u8::is_ascii_digit);
            let length = std::str::from_utf8(length).ok().filter(|_| is_number);
            let length = length.and_then(|length| length.parse().ok());
            exactly(rest, length.ok_or("the length is none")?)?
        }
        ([], [coding], _) if coding.eq_ignore_ascii_case(b"chunked") => chunks(rest)?,
        (lengths, codings, _) => {
            return Err(format!("lengths {lengths:?} and codings {codings:?}"));
        }
    };
    Ok(Message {
        first: first.splitn(3, ' ').map(str::to_owned).collect(),
        fields,
        body,
    })
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|part| part == what)
}

fn split(mut head: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::new();
    while let Some(end) = find(head, b"\r\n") {
        lines.push(&head[..end]);
        head = &head[end + 2..];
    }
    lines.push(head);
    lines
}

fn field(line: &[u8]) -> Result<(String, Vec<u8>), String> {
    let bad = |what: &str| format!("{what}: {}", line.escape_ascii());
    let colon = find(line, b": ").ok_or_else(|| bad("no field"))?;
    let (name, value) = (&line[..colon], &line[colon + 2..]);
    let is_of_name = |byte: &u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"!#$%&'*+-.^_`|~".contains(byte)
    };
    if name.is_empty() || !name.iter().all(is_of_name) {
        return Err(bad("no name"));
    }
    if value
        .iter()
        .any(|byte| byte.is_ascii_control() && *byte != b'\t')
    {
        return Err(bad("no value"));
    }
    let name = String::from_utf8(name.to_vec()).map_err(|_| bad("no name"))?;
    Ok((name, value.to_vec()))
}

fn exactly(rest: &[u8], length: usize) -> Result<Vec<u8>, String> {
    if rest.len() == length {
        Ok(rest.to_vec())
    } else {
        Err(format!(
            "{length} bytes were announced, {} came",
            rest.len()
        ))
    }
}

fn chunks(mut rest: &[u8]) -> Result<Vec<u8>, String> {
    let mut body = Vec::new();
    loop {
        let end = find(rest, b"\r\n").ok_or("a chunk has no size")?;
        let digits = std::str::from_utf8(&rest[..end]).map_err(|_| "a size is no text")?;
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return Err(format!("the size of a chunk is {digits:?}"));
        }
        let size = usize::from_str_radix(digits, 16).map_err(|error| error.to_string())?;
        rest = &rest[end + 2..];
        let after = rest.get(size..).ok_or("a chunk is cut off")?;
        body.extend_from_slice(&rest[..size]);
        rest = after.strip_prefix(b"\r\n").ok_or("a chunk does not end")?;
        if size == 0 {
            exactly(rest, 0)?;
            return Ok(body);
        }
    }
}
