//! How many files, connections among them, may be open at once.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// More than anybody here has use for, and no more than systems grant that say "unlimited" and mean less.
const ENOUGH: u64 = 65_536;

/// Raises this process's limit of open files to what the system lets it have without asking, and returns it.
/// Shells give 1,024 for the sake of programs that use select(2), which none of ours do.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(ENOUGH).min(ENOUGH);
    let now = limit.current.unwrap_or(ENOUGH);
    if now >= most {
        return now;
    }
    let raised = Rlimit {
        current: Some(most),
        maximum: limit.maximum,
    };
    match setrlimit(Resource::Nofile, raised) {
        Ok(()) => most,
        Err(_) => now,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_of_open_files_is_raised_once_and_for_all() {
        let raised = raise_open_files();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current.unwrap_or(ENOUGH), raised);
        assert_eq!(raise_open_files(), raised);
    }
}
