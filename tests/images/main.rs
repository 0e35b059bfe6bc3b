//! The container images, built and run by podman (or by what `CONTAINER_ENGINE` names).
//!
//! The programs are built beforehand, by this machine's cargo, and take the place of the Containerfile's
//! stage `build`: all the rest of it is what is tested, and no base image has to be fetched.

#![cfg(test)]
#![cfg(feature = "real-peers")]

mod binaries;
mod elf;
mod engine;
mod images;
mod namespace;
mod world;

mod contents;
mod names;
mod stops;
mod walkthrough;
