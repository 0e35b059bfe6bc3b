//! The page itself.

use crate::fakes::Front;

#[tokio::test]
async fn the_page_needs_nothing_from_elsewhere() {
    let reply = Front::new(&[]).get("/").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.header("content-type"), "text/html; charset=utf-8");
    assert!(
        reply
            .header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert!(!reply.text.contains("://"), "no address of anybody else");
}

/// Behind a gateway the page may live under a prefix.
#[tokio::test]
async fn the_page_calls_paths_relative_to_itself() {
    let page = Front::new(&[]).get("/").await.text;
    for path in ["color/get", "fault", "recover", "reset_stats"] {
        assert!(page.contains(&format!("data-call=\"{path}\"")), "{path}");
    }
    assert!(page.contains("new EventSource(\"events\")"));
}
