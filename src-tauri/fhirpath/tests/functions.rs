//! Each operator and function, section by section of FHIRPath 2.0.0; `tests/cases` has what each gives.
use crate::common;

macro_rules! sections {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            common::check(include_str!(concat!("cases/", stringify!($name), ".txt")));
        })*
    };
}

sections! { existence filtering subsets conversion strings mathematics dates quantities operators navigation sdc variables errors }
