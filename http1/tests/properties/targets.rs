//! Targets that nobody meant.

use http1::Target;
use proptest::prelude::*;

use crate::check::check;

#[test]
fn a_target_of_anything_is_sound_or_none() {
    check(
        &prop_oneof![any::<String>(), "[!-~]{0,12}", "[a:/?*#]{0,8}"],
        |target| {
            let sound = target
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'#');
            match Target::parse(&target) {
                None => (),
                Some(Target::Origin(path)) => {
                    prop_assert!(sound && path.path.starts_with('/'));
                    let query = path
                        .query
                        .map_or_else(String::new, |query| format!("?{query}"));
                    prop_assert_eq!(format!("{}{query}", path.path), target);
                }
                Some(Target::Absolute {
                    scheme,
                    authority,
                    path,
                }) => {
                    prop_assert!(sound && !authority.is_empty() && !authority.contains(['/', '?']));
                    prop_assert!(path.path.is_empty() || path.path.starts_with('/'));
                    let query = path
                        .query
                        .map_or_else(String::new, |query| format!("?{query}"));
                    prop_assert_eq!(
                        format!("{scheme}://{authority}{}{query}", path.path),
                        target
                    );
                }
                Some(Target::Authority(authority)) => prop_assert!(sound && authority == target),
                Some(Target::Asterisk) => prop_assert_eq!(target, "*"),
            }
            Ok(())
        },
    );
}
