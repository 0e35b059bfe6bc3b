//! What somebody reads who wrote something wrong.

/// Panics unless `text` is one line that says something and does not speak to the terminal.
pub(crate) fn check(text: &str) {
    assert!(!text.trim().is_empty(), "nothing is said");
    assert!(
        !text.chars().any(char::is_control),
        "it must be one line, whatever it quotes: {text:?}"
    );
}
