//! What [hyper] and this codec make of the same bytes.
//!
//! A proxy's neighbours read the same bytes with other programs. Wherever two of them disagree on what a message is
//! or where it ends, one can be played against the other. Here hyper stands for them: it has read what strangers
//! send for years. Bytes that have fooled others are in tables, and random ones are made of their parts. Each way in
//! which the two disagree has a name and a reason in `differences`; one that is not there is a failure, and so is
//! one that is there but occurs no more.

#![cfg(test)]

#[path = "../shared/check.rs"]
mod check;

mod differences;
mod ours;
mod reader;
mod seen;
mod tables;
mod theirs;
mod whole;

mod compare;
mod generated;
mod parts;
mod requests;
mod responses;
