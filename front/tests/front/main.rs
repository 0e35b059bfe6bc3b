//! `front` over HTTP, with small fakes of what it talks to. Reading order: the fakes, the way through
//! the mesh, the way around it, what is shown of both, the servers, the program.

#![cfg(test)]

mod fakes;
mod page;

mod color;
mod proxy;
mod stats;
mod trace;

mod decoys;
mod faults;
mod faults_refused;
mod lock;
mod recover;
mod without_control;

mod events;
mod hosts;

mod program;
mod server;
