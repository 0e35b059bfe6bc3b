//! Values that a CustomResourceDefinition bounds. They are checked where they are read, so that the
//! message has the field's path.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A whole number from `LOW` to `HIGH`, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Int<const LOW: i64, const HIGH: i64>(i64);

/// A string of `LOW` to `HIGH` characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Text<const LOW: usize, const HIGH: usize>(String);

/// A list of `LOW` to `HIGH` items.
#[derive(Clone, Debug)]
pub(crate) struct Items<T, const LOW: usize, const HIGH: usize>(Vec<T>);

/// The greatest count, and the greatest number of seconds or milliseconds. The definitions name no upper
/// bound; this one is App Mesh's own where it has any, and keeps sums of times far from a clock's end.
pub(crate) const MOST: i64 = i32::MAX as i64;

impl<const LOW: i64, const HIGH: i64> Int<LOW, HIGH> {
    const FITS: () = assert!(0 <= LOW && LOW <= HIGH && HIGH <= u32::MAX as i64);

    /// The number. Every bound of the definitions is within these 32 bits.
    pub(crate) fn get(self) -> u32 {
        let () = Self::FITS;
        u32::try_from(self.0).expect("the bounds are within u32, and were checked on the way in")
    }
}

impl Int<1, 65535> {
    pub(crate) fn port(self) -> u16 {
        u16::try_from(self.0).expect("the bounds are within u16, and were checked on the way in")
    }
}

impl<const LOW: usize, const HIGH: usize> Text<LOW, HIGH> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T, const LOW: usize, const HIGH: usize> Items<T, LOW, HIGH> {
    pub(crate) fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<'de, const LOW: i64, const HIGH: i64> Deserialize<'de> for Int<LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_i64(IntVisitor(LOW, HIGH))
            .map(Self)
    }
}

impl<'de, const LOW: usize, const HIGH: usize> Deserialize<'de> for Text<LOW, HIGH> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.chars().count() {
            length if (LOW..=HIGH).contains(&length) => Ok(Self(text)),
            length => Err(D::Error::custom(format_args!(
                "must have between {LOW} and {HIGH} characters, not {length}"
            ))),
        }
    }
}

impl<'de, T: Deserialize<'de>, const LOW: usize, const HIGH: usize> Deserialize<'de>
    for Items<T, LOW, HIGH>
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = Vec::deserialize(deserializer)?;
        match items.len() {
            length if (LOW..=HIGH).contains(&length) => Ok(Self(items)),
            length => Err(D::Error::custom(format_args!(
                "must have between {LOW} and {HIGH} entries, not {length}"
            ))),
        }
    }
}

/// Reads null as the default, as Kubernetes does: `env:` with nothing behind it is an empty list.
pub(crate) fn null_is_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

struct IntVisitor(i64, i64);

impl Visitor<'_> for IntVisitor {
    type Value = i64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number between {} and {}", self.0, self.1)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        let Self(low, high) = self;
        if (low..=high).contains(&value) {
            return Ok(value);
        }
        Err(E::custom(format_args!(
            "must be between {low} and {high}, not {value}"
        )))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<i64, E> {
        let Self(low, high) = self;
        match i64::try_from(value) {
            Ok(value) => self.visit_i64(value),
            Err(_) => Err(E::custom(format_args!(
                "must be between {low} and {high}, not {value}"
            ))),
        }
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<i64, E> {
        Err(E::invalid_type(Unexpected::Float(value), &self))
    }
}
