//! In what a target may be. What this codec makes of one is `Target::parse`'s answer.

use http1::Target;

use super::Difference;
use crate::compare::Case;

pub(crate) const FRAGMENT: Difference = Difference {
    name: "fragment",
    reason: "a fragment is no part of a target (RFC 9112 3.2); hyper cuts it off, so others could see another target",
    hyper_is_stricter: false,
    explains: |case| refused_target(case, |target| target.contains('#')),
};

pub(crate) const BEYOND_ASCII: Difference = Difference {
    name: "beyond ASCII",
    reason: "a URI is ASCII (RFC 3986 2); hyper lets UTF-8 through",
    hyper_is_stricter: false,
    explains: |case| refused_target(case, |target| !target.is_ascii()),
};

pub(crate) const SCHEME: Difference = Difference {
    name: "scheme",
    reason: "a scheme begins with a letter (RFC 3986 3.1); hyper takes other characters of it there too",
    hyper_is_stricter: false,
    explains: |case| {
        refused_target(case, |target| {
            let scheme = target.split_once("://").map(|(scheme, _)| scheme);
            scheme.is_some_and(|scheme| !scheme.starts_with(|of: char| of.is_ascii_alphabetic()))
        })
    },
};

pub(crate) const CHARACTER_IN_TARGET: Difference = Difference {
    name: "character in a target",
    reason: "some characters are of no URI, but are sent; a path is handed on as it came, so it does no harm",
    hyper_is_stricter: true,
    explains: |case| {
        next_target(case, |target, _| match target {
            Target::Origin(path) | Target::Absolute { path, .. } => {
                let query = path.query.unwrap_or_default();
                path.path.contains(['<', '>', '`']) || query.contains(['<', '>', '"'])
            }
            _ => false,
        })
    },
};

pub(crate) const LONG_TARGET: Difference = Difference {
    name: "long target",
    reason: "hyper keeps where a query begins in 16 bits; here a head is as long as whoever reads it lets it be",
    hyper_is_stricter: true,
    explains: |case| next_target(case, |_, whole| whole.len() > 65_534),
};

pub(crate) const AUTHORITY: Difference = Difference {
    name: "authority",
    reason: "what is in an authority is for who looks at it; hyper takes none that is no host with a port",
    hyper_is_stricter: true,
    explains: |case| {
        next_target(case, |target, _| match target {
            Target::Authority(authority) | Target::Absolute { authority, .. } => {
                authority.parse::<http::uri::Authority>().is_err()
            }
            _ => false,
        })
    },
};

fn refused_target(case: &Case, is: impl Fn(&str) -> bool) -> bool {
    let refusal = case.refusal.as_ref();
    refusal.is_some_and(|refusal| refusal.malformed.is_none() && is(&refusal.target))
}

/// Whether the first request that only this codec has taken has such a target, in parts and as a whole.
fn next_target(case: &Case, is: impl Fn(Target<'_>, &str) -> bool) -> bool {
    let next = case.ours.messages.get(case.theirs.messages.len());
    let whole = next.and_then(|message| message.first.split_once(' '));
    whole.is_some_and(|(_, whole)| Target::parse(whole).is_some_and(|target| is(target, whole)))
}
