//! nginx: one worker, in the one process; a server is left out for 10 s after five failures
//! (`max_fails`), which for nginx are connections that fail and a 503.

use std::fmt::Write;
use std::fs;
use std::io;

use super::{Peer, Setup};
use crate::mesh::THRESHOLD;
use crate::process::Start;

pub(super) fn start(peer: &Peer, setup: &Setup<'_>) -> io::Result<Start> {
    let file = setup.folder.join("nginx.conf");
    fs::write(&file, configuration(setup))?;
    let prefix = setup.folder.join("nginx");
    fs::create_dir_all(&prefix)?;
    let log = prefix.join("error.log");
    let arguments = vec![
        "-p".into(),
        prefix.into(),
        "-e".into(),
        log.into(),
        "-c".into(),
        file.into(),
    ];
    Ok(peer.with(&peer.path, arguments, setup.folder))
}

/// Paths are below the prefix. Whatever number of requests a connection serves, it is kept, as
/// everywhere else here.
fn configuration(setup: &Setup<'_>) -> String {
    let mut servers = String::new();
    for address in setup.backends {
        write!(
            servers,
            "server {address} max_fails={THRESHOLD} fail_timeout=10s; "
        )
        .expect("a String takes everything");
    }
    let listen = setup.listen;
    let mut text = "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log error.log warn;\n\
        events { worker_connections 8000; }\n\
        http {\n    access_log off; keepalive_requests 1000000000; keepalive_timeout 1h;\n"
        .to_owned();
    for kind in ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"] {
        writeln!(text, "    {kind}_temp_path {kind};").expect("a String takes everything");
    }
    write!(
        text,
        "    upstream out {{ {servers}keepalive 512; keepalive_requests 1000000000; keepalive_timeout 1h; }}\n    \
         server {{ listen {listen}; location / {{\n        \
         proxy_pass http://out; proxy_http_version 1.1; proxy_set_header Connection \"\";\n        \
         proxy_next_upstream error timeout http_503; proxy_next_upstream_tries 3;\n    }} }}\n}}\n"
    )
    .expect("a String takes everything");
    text
}
