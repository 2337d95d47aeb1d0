//! The unit of a product: `cm` times `cm` is `cm2`, and `cm2` over `cm` is `cm` (FHIRPath 2.0.0, sections 6.6.1, 6.6.2).

/// One unit and its power.
type Factor<'c> = (&'c str, i32);

/// The unit of the product, or quotient, of two units, each symbol once; `None` where one of them is more than symbols
/// with powers (parentheses, annotations, numbers).
pub(crate) fn product(left: &str, right: &str, over: bool) -> Option<String> {
    let mut product: Vec<Factor<'_>> = Vec::new();
    for (code, sign) in [(left, 1), (right, if over { -1 } else { 1 })] {
        for (symbol, power) in factors(code)? {
            match product.iter_mut().find(|(known, _)| *known == symbol) {
                Some((_, known)) => *known = known.checked_add(sign * power)?,
                None => product.push((symbol, sign * power)),
            }
        }
    }
    let written = |(symbol, power): &Factor<'_>| match power.unsigned_abs() {
        1 => (*symbol).to_owned(),
        power => format!("{symbol}{power}"),
    };
    let above: Vec<String> = product.iter().filter(|(_, power)| *power > 0).map(written).collect();
    let mut code = if above.is_empty() { "1".to_owned() } else { above.join(".") };
    for below in product.iter().filter(|(_, power)| *power < 0) {
        code.push('/');
        code.push_str(&written(below));
    }
    Some(code)
}

/// The symbols of a unit with their powers; none of `1`.
fn factors(code: &str) -> Option<Vec<Factor<'_>>> {
    if code == "1" {
        return Some(Vec::new());
    }
    let mut factors = Vec::new();
    let (mut rest, mut sign) = (code, 1);
    loop {
        let (mut inside, mut end) = (false, rest.len());
        for (at, letter) in rest.char_indices() {
            match letter {
                '[' => inside = true,
                ']' => inside = false,
                '.' | '/' if !inside => {
                    end = at;
                    break;
                }
                '(' | ')' | '{' | '}' if !inside => return None,
                _ => {}
            }
        }
        let (component, after) = rest.split_at_checked(end)?;
        match (component, factors.is_empty()) {
            // Such as `/m` and `1/m`.
            ("" | "1", true) => {}
            (component, _) => {
                let (symbol, power) = factor(component)?;
                factors.push((symbol, sign * power));
            }
        }
        sign = match after.chars().next() {
            None => return Some(factors),
            Some('/') => -1,
            Some(_) => 1,
        };
        rest = after.get(1..)?;
    }
}

fn factor(component: &str) -> Option<Factor<'_>> {
    let symbol = component.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let symbol = symbol.strip_suffix(['+', '-']).unwrap_or(symbol);
    // `10*3` is a number.
    if symbol.is_empty() || symbol.starts_with(|first: char| first.is_ascii_digit()) {
        return None;
    }
    match component.get(symbol.len()..)? {
        "" => Some((symbol, 1)),
        power => Some((symbol, power.parse().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::product;

    #[test]
    fn symbols_are_put_together() {
        for (left, over, right, wanted) in [
            ("cm", false, "cm", "cm2"),
            ("cm2", true, "cm", "cm"),
            ("cm", true, "cm", "1"),
            ("kg", true, "m2", "kg/m2"),
            ("kg/m2", false, "m2", "kg"),
            ("1", true, "s", "1/s"),
            ("1/s", false, "s", "1"),
            ("m.s-2", false, "kg", "m.kg/s2"),
            ("[in_i]", false, "[in_i]", "[in_i]2"),
            ("m", false, "cm", "m.cm"),
        ] {
            assert_eq!(product(left, right, over).as_deref(), Some(wanted), "{left} {right}");
        }
        for odd in ["10*3/L", "(m.s)", "{score}", "m{1}"] {
            assert_eq!(product(odd, "m", false), None, "{odd}");
        }
    }
}
