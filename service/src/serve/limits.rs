//! What strangers may take of a server.

use std::time::Duration;

/// Of the files that a process may have open, those that are for everything but the clients of its app: a
/// control port's connections, and what the process has open for itself.
const OTHER_FILES: u64 = 64 + Limits::CONTROL.connections as u64;

/// Of a client's connection come at most two open files: its own, and that of what is asked on its behalf.
const FILES_PER_CLIENT: u64 = 2;

/// What the clients of a server may take of it, in connections and in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Connections at once. Whoever comes then is let in for one who waits, and is turned away where nobody does.
    pub connections: usize,
    /// For a request's head, from its first byte on.
    pub head: Duration,
    /// For a request to begin. It is longer than the clients keep idle connections: a server that closes first
    /// makes them lose a request now and then. Silence need not be short, for who is silent makes room.
    pub idle: Duration,
    /// In which the client takes nothing of the answer that waits for it.
    pub stall: Duration,
}

impl Limits {
    /// Of a port for probes, Prometheus and a few people. Two minutes are longer than `front`, and Go's clients by
    /// default, keep idle connections, which is 90 s, and than it takes from one scrape to the next.
    pub const CONTROL: Self = Self {
        connections: 64,
        head: Duration::from_secs(10),
        idle: Duration::from_secs(120),
        stall: Duration::from_secs(30),
    };

    /// Of the port of an app whose process may have so many files open: half as many connections, 16 to 16,384.
    /// A proxy in front of it keeps idle connections for an hour (Envoy's default).
    pub fn app(open_files: u64) -> Self {
        let fit = open_files.saturating_sub(OTHER_FILES) / FILES_PER_CLIENT;
        Self {
            connections: usize::try_from(fit.clamp(16, 16_384)).expect("it is no more than 16,384"),
            head: Duration::from_secs(10),
            idle: Duration::from_secs(65 * 60),
            stall: Duration::from_secs(60),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_and_its_control_port_leave_files_for_the_rest_of_the_process() {
        for (open_files, connections) in
            [(0, 16), (1_024, 448), (32_768, 16_320), (1_000_000, 16_384)]
        {
            assert_eq!(Limits::app(open_files).connections, connections);
        }
    }
}
