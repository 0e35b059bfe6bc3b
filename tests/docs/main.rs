//! What the documents say of the workspace, held against its manifests.

#![cfg(test)]

mod dependencies;
mod lints;
mod page;
mod use_in_code;
mod workspace;
