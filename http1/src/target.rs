//! What a request asks for.

/// A request's target: RFC 9112 section 3.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target<'a> {
    /// A path with what may follow it, for the server that was asked.
    Origin(Path<'a>),
    /// The whole of it; the path is empty where it says none.
    Absolute {
        /// In the case in which it was sent.
        scheme: &'a str,
        /// Host and port, and whatever else stands there; never empty.
        authority: &'a str,
        /// What comes behind the authority.
        path: Path<'a>,
    },
    /// A host and its port alone, for CONNECT.
    Authority(&'a str),
    /// The server as a whole, for OPTIONS.
    Asterisk,
}

/// A path and a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// As it was sent, without the query; begins with a slash where it is not empty.
    pub path: &'a str,
    /// Behind the question mark, where there is one.
    pub query: Option<&'a str>,
}

impl<'a> Target<'a> {
    /// Takes a target apart; `None` where it is none. What makes it none are bytes beyond ASCII, control
    /// characters, blanks, and a fragment, which is nothing to ask a server for.
    pub fn parse(target: &'a str) -> Option<Self> {
        let is_sound = |byte: &u8| byte.is_ascii_graphic() && *byte != b'#';
        if !target.as_bytes().iter().all(is_sound) {
            return None;
        }
        if target.starts_with('/') {
            return Some(Self::Origin(Path::of(target)));
        }
        if target == "*" {
            return Some(Self::Asterisk);
        }
        let Some((scheme, rest)) = target.split_once("://") else {
            let is_host = !target.is_empty() && !target.contains(['/', '?']);
            return is_host.then_some(Self::Authority(target));
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        let is_named = is_scheme(scheme) && !authority.is_empty();
        is_named.then_some(Self::Absolute {
            scheme,
            authority,
            path: Path::of(path),
        })
    }
}

impl<'a> Path<'a> {
    fn of(target: &'a str) -> Self {
        let (path, query) = match target.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (target, None),
        };
        Self { path, query }
    }
}

/// RFC 3986 3.1.
fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path<'a>(path: &'a str, query: Option<&'a str>) -> Path<'a> {
        Path { path, query }
    }

    #[test]
    fn each_form_is_told_from_the_others() {
        let absolute = |authority, path| Target::Absolute {
            scheme: "http",
            authority,
            path,
        };
        for (target, expected) in [
            ("/", Target::Origin(path("/", None))),
            ("//a?b?c", Target::Origin(path("//a", Some("b?c")))),
            ("/?", Target::Origin(path("/", Some("")))),
            (
                "/get?to=http://a/",
                Target::Origin(path("/get", Some("to=http://a/"))),
            ),
            ("http://a", absolute("a", path("", None))),
            ("http://a:1/b?c", absolute("a:1", path("/b", Some("c")))),
            ("http://a?c", absolute("a", path("", Some("c")))),
            ("a:80", Target::Authority("a:80")),
            ("*", Target::Asterisk),
        ] {
            assert_eq!(Target::parse(target), Some(expected), "{target}");
        }
    }

    #[test]
    fn what_is_no_target_is_refused() {
        for target in [
            "",
            "/#",
            "/a b",
            "/\u{e4}",
            "/\u{7f}",
            "http://",
            "http:///a",
            "://a",
            "1a://b",
            "a/b",
            "?a",
        ] {
            assert_eq!(Target::parse(target), None, "{target:?}");
        }
    }
}
