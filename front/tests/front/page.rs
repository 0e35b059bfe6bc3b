//! The page, as a browser gets it.

use std::collections::BTreeSet;

use crate::fakes::{Front, Reply};

/// The names after `before` up to the next quotation mark.
fn names<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
    let after = text.split(before).skip(1);
    after
        .map(|rest| rest.split('"').next().unwrap_or_default())
        .collect()
}

/// Everything that the page loads, with its address: from the page on, along imports.
async fn everything() -> Vec<(String, Reply)> {
    let front = Front::new(&[]);
    let page = front.get("/").await;
    let mut wanted: Vec<String> = [names(&page.text, "href=\""), names(&page.text, "src=\"")]
        .concat()
        .into_iter()
        .map(|path| format!("/{path}"))
        .collect();
    let mut seen = BTreeSet::from(["/".to_owned()]);
    let mut all = vec![("/".to_owned(), page)];
    while let Some(path) = wanted.pop() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let part = front.get(&path).await;
        let imports = names(&part.text, "from \"./").into_iter();
        wanted.extend(imports.map(|name| format!("/page/{name}")));
        all.push((path, part));
    }
    all
}

/// Two dozen parts, so that the ones below are not tests of nothing.
#[tokio::test]
async fn everything_that_is_loaded_or_imported_is_there() {
    let all = everything().await;
    assert!(all.len() > 24, "{}", all.len());
    for (path, part) in all {
        assert_eq!(part.status, 200, "{path}");
    }
}

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    for (path, part) in everything().await {
        // The name of SVG is no address that anything is loaded from.
        let text = part.text.replace("http://www.w3.org/2000/svg", "");
        assert!(!text.contains("://"), "{path}");
    }
}

/// Behind a gateway the page may live under a prefix.
#[tokio::test]
async fn all_addresses_are_relative() {
    for (path, part) in everything().await {
        for before in [
            "href=\"/",
            "src=\"/",
            "from \"/",
            "fetch(\"/",
            "url(/",
            "EventSource(\"/",
        ] {
            assert!(!part.text.contains(before), "{path} has {before}");
        }
    }
}

/// Otherwise a browser learns of a module only when it has read the one that imports it. The page itself names the first
/// of them, and the script that runs before anything is painted.
#[tokio::test]
async fn every_module_is_loaded_ahead() {
    let all = everything().await;
    let ahead = names(&all[0].1.text, "\"modulepreload\" href=\"");
    let ahead: BTreeSet<_> = ahead.into_iter().map(|path| format!("/{path}")).collect();
    let modules = all.iter().map(|(path, _)| path);
    let modules: BTreeSet<_> = modules
        .filter(|path| path.ends_with(".js"))
        .filter(|path| !["/page/main.js", "/page/first.js"].contains(&path.as_str()))
        .cloned()
        .collect();
    assert_eq!(ahead, modules);
}

#[tokio::test]
async fn each_part_says_what_it_is() {
    for (path, part) in everything().await {
        let expected = match path.rsplit_once('.').map(|(_, extension)| extension) {
            None => "text/html; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("js") => "text/javascript; charset=utf-8",
            Some("svg") => "image/svg+xml",
            Some(other) => panic!("no content type is expected for {other}"),
        };
        assert_eq!(part.header("content-type"), expected, "{path}");
        assert_eq!(part.header("x-content-type-options"), "nosniff", "{path}");
    }
}

/// No script and no style but those that are parts of the page, and no page of others around it.
#[tokio::test]
async fn the_policy_is_strict() {
    for (path, part) in everything().await {
        let policy = part.header("content-security-policy");
        assert!(policy.starts_with("default-src 'self';"), "{path}");
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
    }
}

/// The policy would keep a browser from running them.
#[tokio::test]
async fn the_page_has_no_script_and_no_style_of_its_own() {
    let page = Front::new(&[]).get("/").await.text;
    assert!(!page.contains("<style"));
    assert!(!page.contains(" style="));
    for script in page.split("<script").skip(1) {
        let attributes = script.split('>').next().unwrap_or_default();
        assert!(attributes.contains(" src=\"page/"), "{script}");
        assert!(script.contains("></script>"), "{script}");
    }
    for tag in page.split('<') {
        let attributes = tag.split('>').next().unwrap_or_default();
        assert!(!attributes.contains(" on"), "{tag}");
    }
}

/// What a server says is text, never markup.
#[tokio::test]
async fn nothing_is_written_as_markup() {
    for (path, part) in everything().await {
        for way in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
        ] {
            assert!(!part.text.contains(way), "{path} has {way}");
        }
    }
}

#[tokio::test]
async fn what_a_browser_has_is_not_sent_again() {
    let front = Front::new(&[]);
    for (path, part) in everything().await {
        let tag = part.header("etag");
        assert!(
            tag.len() > 2 && tag.starts_with('"') && tag.ends_with('"'),
            "{path}: {tag}"
        );
        assert_eq!(part.header("cache-control"), "no-cache", "{path}");
        for known in [tag, &format!("W/{tag}"), &format!("\"other\", {tag}"), "*"] {
            let again = front.get_with(&[("if-none-match", known)], &path).await;
            again.assert(304, "");
            assert_eq!(again.header("etag"), tag, "{path}");
        }
        let other = front
            .get_with(&[("if-none-match", "\"other\"")], &path)
            .await;
        assert_eq!(other.status, 200, "{path}");
    }
}

#[tokio::test]
async fn parts_that_differ_have_tags_that_differ() {
    let all = everything().await;
    let tags: BTreeSet<_> = all.iter().map(|(_, part)| part.header("etag")).collect();
    assert_eq!(tags.len(), all.len());
}

#[tokio::test]
async fn there_is_nothing_else() {
    let front = Front::new(&[]);
    for path in [
        "/page/",
        "/page/none.js",
        "/page/main.js/",
        "/page/../page.rs",
        "/page/assets.rs",
        "/page/index.html",
    ] {
        assert_eq!(front.get(path).await.status, 404, "{path}");
    }
}
