//! Who answered: what everything that counts answers is told.

/// The most replicas that are told apart, far more than a demo has even after many restarts: names that are
/// made up on the way must not fill the memory.
pub(crate) const MAX_HOSTS: usize = 500;

/// Who made an answer to `/get`.
#[derive(Clone, Copy, Debug)]
pub(crate) enum By<'a> {
    /// The replica with this uid.
    Host(&'a str),
    /// The mesh, in a replica's place.
    Mesh,
    /// `front`, because none came back.
    Front,
}
