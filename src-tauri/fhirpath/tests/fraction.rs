//! Whether an expression over whole numbers may give a fraction.

use fhirpath::Expression;

#[test]
fn what_divides_and_does_not_round_may_give_a_fraction() {
    for (text, may) in [
        ("a.sum() / 2", true),
        ("(a.sum() / 2).round(0)", false),
        ("(a.sum() / 2).round()", false),
        ("(a.sum() / 2).round(1)", true),
        ("a.sum() div 2", false),
        ("1 + a.avg()", true),
        ("a.avg().floor() * 2", false),
        ("iif(a.count() > 1, a.sum() / 3, 0)", true),
        ("iif(a.sum() / 2 > 1, 1, 0)", false),
        ("a.sum() * 1.5", true),
        ("a.sum() * 2.0", false),
        ("-(a / 2)", true),
        ("a.where(b / 2 > 1).count()", false),
        ("a.select(b / 2).sum()", true),
        ("a / 2 > 1", false),
    ] {
        assert_eq!(Expression::parse(text).unwrap().may_give_fraction(), may, "{text}");
    }
}
