//! HAProxy: one thread; a server is marked down by its fifth bad answer (`observe layer7`), and comes back when it can be
//! connected to again.

use std::fmt::Write;
use std::fs;
use std::io;

use super::{Peer, Setup};
use crate::mesh::THRESHOLD;
use crate::process::Start;

pub(super) fn start(peer: &Peer, setup: &Setup<'_>) -> io::Result<Start> {
    let file = setup.folder.join("haproxy.cfg");
    fs::write(&file, configuration(setup))?;
    // In the foreground.
    let arguments = vec!["-db".into(), "-f".into(), file.into()];
    Ok(peer.with(&peer.path, arguments, setup.folder))
}

fn configuration(setup: &Setup<'_>) -> String {
    let mut text = format!(
        "global\n    nbthread 1\n    maxconn 8000\n\
         defaults\n    mode http\n    timeout connect 5s\n    timeout client 60s\n    timeout server 60s\n    \
         http-reuse always\n    retries 2\n    option redispatch 1\n    retry-on conn-failure 503\n\
         frontend in\n    bind {}\n    default_backend out\n\
         backend out\n    balance roundrobin\n    \
         default-server check inter 10s observe layer7 error-limit {THRESHOLD} on-error mark-down\n",
        setup.listen
    );
    for (number, address) in setup.backends.iter().enumerate() {
        writeln!(text, "    server backend-{number} {address}").expect("a String takes everything");
    }
    text
}
