//! The real program: exit codes, signals, what it logs.

#![cfg(test)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

/// How long a program may take for the next line of its log before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running program, ended with its test.
struct Program {
    child: Child,
    log: Receiver<String>,
}

impl Program {
    /// Starts on free ports of this machine, with JSON logs.
    fn start(variables: &[(&str, &str)]) -> Self {
        let mut child = command(&[
            ("SERVER_HOST", "127.0.0.1"),
            ("SERVER_PORT", "0"),
            ("CONTROL_PORT", "0"),
            ("HOST_UID", "colorapp-1"),
            ("LOG_FORMAT", "json"),
        ])
        .envs(variables.iter().copied())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, log) = channel();
        thread::spawn(move || {
            stderr
                .lines()
                .try_for_each(|line| sender.send(line.unwrap()))
        });
        Self { child, log }
    }

    /// The next line of the log, `None` at its end.
    fn line(&self) -> Option<Value> {
        match self.log.recv_timeout(PATIENCE) {
            Ok(line) => Some(serde_json::from_str(&line).unwrap()),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no line of the log in {PATIENCE:?}"),
        }
    }

    fn assert_next(&self, message: &str) -> Value {
        let line = self.line().expect("the log goes on");
        assert_eq!(line["message"], message, "{line}");
        line
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn end(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Fails only when the program has ended already, as it should.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_colorapp"));
    command.env_clear().envs(variables.iter().copied());
    command
}

fn ask(address: &Value, path: &str) -> String {
    let mut stream = TcpStream::connect(address.as_str().unwrap()).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: colorapp\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Runs a program that must refuse its settings, and returns what it prints.
fn refused(variables: &[(&str, &str)]) -> String {
    let output = command(variables).output().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(64), "{printed}");
    printed
}

#[test]
fn a_bad_setting_is_one_sentence_and_exit_code_64() {
    assert_eq!(
        refused(&[("SERVER_PORT", "70000")]),
        "colorapp: SERVER_PORT: \"70000\": must be a whole number from 0 to 65535\n"
    );
}

#[test]
fn a_bad_log_filter_is_one_sentence_and_exit_code_64() {
    let printed = refused(&[("RUST_LOG", "colorapp=loud")]);
    assert!(
        printed.starts_with("colorapp: RUST_LOG: \"colorapp=loud\": "),
        "{printed}"
    );
    assert_eq!(printed.lines().count(), 1, "{printed}");
}

#[test]
fn a_port_in_use_is_one_sentence_and_exit_code_64() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = other.local_addr().unwrap();
    let port = address.port().to_string();
    assert_eq!(
        refused(&[("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", &port)]),
        format!(
            "colorapp: {address} is in use by another program: set SERVER_PORT to a free port\n"
        )
    );
}

#[test]
fn transitions_are_logged_and_requests_are_not() {
    let program = Program::start(&[]);
    let start = program.assert_next("listening");
    assert_eq!(start["host"], "colorapp-1");
    let (main, control) = (&start["server"], &start["control"]);

    ask(main, "/fault?status=503&percent=30&delay=1ms");
    for _ in 0..10 {
        ask(main, "/get");
        ask(control, "/status");
    }
    ask(control, "/fault?percent=0");
    let faulty = program.assert_next("faulty");
    assert_eq!(faulty["level"], "INFO");
    assert_eq!(faulty["host"], "colorapp-1");
    assert_eq!(faulty["status"], 503);
    assert_eq!(faulty["percent"], 30);
    assert_eq!(faulty["delay"], "1ms");

    ask(control, "/recover");
    ask(control, "/recover");
    assert_eq!(program.assert_next("recovered")["host"], "colorapp-1");

    ask(control, "/fault?abort&for=1ms");
    let faulty = program.assert_next("faulty");
    assert_eq!(faulty["abort"], true);
    assert_eq!(faulty["for"], "1ms");
    while !ask(control, "/status").contains("\"fault\":null") {}
    assert_eq!(
        program.assert_next("recovered by itself")["host"],
        "colorapp-1"
    );

    program.signal(Signal::TERM);
    program.assert_next("stopping");
    program.assert_next("stopped");
    assert_eq!(program.line(), None);
}

#[test]
fn either_signal_ends_it_in_order() {
    for signal in [Signal::TERM, Signal::INT] {
        let program = Program::start(&[]);
        program.assert_next("listening");
        program.signal(signal);
        program.assert_next("stopping");
        program.assert_next("stopped");
        assert_eq!(program.end().code(), Some(0));
    }
}

#[test]
fn a_second_signal_ends_it_now() {
    let program = Program::start(&[("SHUTDOWN_DELAY", "1h")]);
    program.assert_next("listening");
    program.signal(Signal::TERM);
    program.assert_next("stopping");
    program.signal(Signal::TERM);
    assert_eq!(program.end().code(), Some(128 + Signal::TERM.as_raw()));
}
