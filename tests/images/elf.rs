//! As much of an ELF file's head as tells what it runs on, and what it needs to.

use crate::binaries::Arch;

/// Which program loads the rest of a dynamically linked one.
const PT_INTERP: u64 = 3;

/// What an executable is, by its own account.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Elf {
    pub(crate) arch: Option<Arch>,
    /// Whether it runs without a loader and shared libraries.
    pub(crate) is_static: bool,
}

impl Elf {
    /// Reads a 64-bit little-endian executable, which both architectures have.
    pub(crate) fn read(file: &[u8]) -> Self {
        assert_eq!(&file[..6], b"\x7fELF\x02\x01", "64 bits, little-endian");
        let offset = usize::try_from(number(&file[0x20..0x28])).unwrap();
        let size = usize::try_from(number(&file[0x36..0x38])).unwrap();
        let count = usize::try_from(number(&file[0x38..0x3a])).unwrap();
        let mut headers = file[offset..].chunks(size).take(count);
        assert!(count > 0, "an executable has segments");
        Self {
            arch: match number(&file[0x12..0x14]) {
                0x3e => Some(Arch::Amd64),
                0xb7 => Some(Arch::Arm64),
                _ => None,
            },
            is_static: headers.all(|header| number(&header[..4]) != PT_INTERP),
        }
    }
}

fn number(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The tests run in an executable that has a loader, so a check that finds none anywhere would be seen here.
#[test]
fn a_dynamic_program_is_told_apart() {
    let own = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    let expected = Elf {
        arch: Some(Arch::native()),
        is_static: false,
    };
    assert_eq!(Elf::read(&own), expected);
}
