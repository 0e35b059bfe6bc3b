//! Bytes that come in pieces.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

/// Where bytes are cut, however many there are.
pub(crate) type Cuts = Vec<Index>;

pub(crate) fn cuts() -> impl Strategy<Value = Cuts> {
    vec(any::<Index>(), 0..12)
}

/// `bytes` in pieces, of which some may be empty.
pub(crate) fn pieces<'b>(bytes: &'b [u8], cuts: &Cuts) -> Vec<&'b [u8]> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
    places.extend([0, bytes.len()]);
    places.sort_unstable();
    let ends = places.windows(2);
    ends.map(|ends| &bytes[ends[0]..ends[1]]).collect()
}
