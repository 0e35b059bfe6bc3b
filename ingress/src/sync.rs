//! What workers meet at. The files that use it are compiled a second time in `interleavings`, where a model checker
//! is in its place (docs/fuzzing.md).

pub(crate) use std::sync::atomic;
