//! May I? kubectl asks with a SelfSubjectAccessReview, which it writes as protobuf, and takes the answer as JSON.

use serde_json::{Value, json};

use crate::api_server::refusal::Refusal;

/// Namespace (empty for all of them), and verb and resource (`deployments.apps`), that a review asks for.
pub(crate) fn asked(body: &[u8]) -> Result<(String, (String, String)), Refusal> {
    // The envelope: four bytes, then a message with the review in its second field. There the second field is the
    // spec, whose first one names namespace (1), verb (2), group (3) and resource (5).
    let attributes = body
        .strip_prefix(b"k8s\0")
        .and_then(|envelope| field(envelope, 2))
        .and_then(|review| field(review, 2))
        .and_then(|spec| field(spec, 1))
        .ok_or_else(|| Refusal::bad("not a review in protobuf".into()))?;
    let text = |number| {
        String::from_utf8_lossy(field(attributes, number).unwrap_or_default()).into_owned()
    };
    let resource = match text(3).as_str() {
        "" => text(5),
        group => format!("{}.{group}", text(5)),
    };
    Ok((text(1), (text(2), resource)))
}

pub(crate) fn answer(allowed: bool) -> Value {
    json!({
        "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {},
        "status": {"allowed": allowed},
    })
}

/// The bytes of a field with a length; numbers on the way are skipped.
fn field(mut message: &[u8], wanted: u64) -> Option<&[u8]> {
    loop {
        let tag = varint(&mut message)?;
        let value = varint(&mut message)?;
        match tag & 7 {
            0 => {}
            2 => {
                let (content, rest) = message.split_at_checked(usize::try_from(value).ok()?)?;
                if tag >> 3 == wanted {
                    return Some(content);
                }
                message = rest;
            }
            _ => return None,
        }
    }
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}
