//! Which processes a process has started.

use std::fs;

/// The processes below `pid`, at any depth. What has ended meanwhile is left out.
pub fn descendants(pid: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let number = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok());
        let Some(number) = number else { continue };
        if let Some(parent) = fs::read_to_string(entry.path().join("stat"))
            .ok()
            .as_deref()
            .and_then(parent)
        {
            parents.push((number, parent));
        }
    }
    below(pid, &parents)
}

fn below(pid: u32, parents: &[(u32, u32)]) -> Vec<u32> {
    let children = parents.iter().filter(|(_, parent)| *parent == pid);
    children
        .flat_map(|(child, _)| [vec![*child], below(*child, parents)].concat())
        .collect()
}

/// The parent in a line of `/proc/PID/stat`. The name before it is in brackets, and may have brackets of its own.
fn parent(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_look_like_the_rest() {
        assert_eq!(parent("7 (a) R 1) S 42 7 7 0"), Some(42));
        assert_eq!(parent(""), None);
    }

    #[test]
    fn children_of_children_are_below_too() {
        let parents = [(2, 1), (3, 2), (4, 9), (5, 3)];
        assert_eq!(below(1, &parents), [2, 3, 5]);
    }
}
