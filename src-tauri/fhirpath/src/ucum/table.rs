//! The units, with UCUM's own factors.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::{Measure, Ratio};

/// Name, power of ten.
const PREFIXES: [(&str, i32); 20] = [
    ("da", 1),
    ("Y", 24),
    ("Z", 21),
    ("E", 18),
    ("P", 15),
    ("T", 12),
    ("G", 9),
    ("M", 6),
    ("k", 3),
    ("h", 2),
    ("d", -1),
    ("c", -2),
    ("m", -3),
    ("u", -6),
    ("n", -9),
    ("p", -12),
    ("f", -15),
    ("a", -18),
    ("z", -21),
    ("y", -24),
];

/// The base units, in the order of [`super::Dimension`].
const BASE: [(&str, bool); 11] = [
    ("m", true),
    ("g", true),
    ("s", true),
    ("K", true),
    ("C", true),
    ("cd", true),
    ("rad", true),
    ("mol", true),
    ("[iU]", true),
    ("[arb'U]", false),
    ("bit", false),
];

/// Code, whether prefixes go before it, numerator, denominator, power of ten, and of what; each after those that it is
/// made of.
#[rustfmt::skip]
const DERIVED: [(&str, bool, i128, i128, i32, &str); 96] = [
    ("%", false, 1, 1, -2, "1"), ("[ppth]", false, 1, 1, -3, "1"), ("[ppm]", false, 1, 1, -6, "1"),
    ("[ppb]", false, 1, 1, -9, "1"), ("[pptr]", false, 1, 1, -12, "1"),
    ("sr", true, 1, 1, 0, "rad2"), ("deg", false, 174_532_925_199_432_957_692, 1, -22, "rad"),
    ("Hz", true, 1, 1, 0, "s-1"), ("N", true, 1, 1, 3, "g.m/s2"), ("Pa", true, 1, 1, 0, "N/m2"),
    ("J", true, 1, 1, 0, "N.m"), ("W", true, 1, 1, 0, "J/s"), ("A", true, 1, 1, 0, "C/s"),
    ("V", true, 1, 1, 0, "J/C"), ("F", true, 1, 1, 0, "C/V"), ("Ohm", true, 1, 1, 0, "V/A"),
    ("S", true, 1, 1, 0, "Ohm-1"), ("Wb", true, 1, 1, 0, "V.s"), ("T", true, 1, 1, 0, "Wb/m2"),
    ("H", true, 1, 1, 0, "Wb/A"), ("lm", true, 1, 1, 0, "cd.sr"), ("lx", true, 1, 1, 0, "lm/m2"),
    ("Bq", true, 1, 1, 0, "s-1"), ("Gy", true, 1, 1, -3, "J/g"), ("Sv", true, 1, 1, -3, "J/g"),
    ("RAD", true, 1, 1, -2, "Gy"), ("REM", true, 1, 1, -2, "Sv"), ("Ci", true, 37, 1, 9, "Bq"),
    ("min", false, 60, 1, 0, "s"), ("h", false, 3600, 1, 0, "s"), ("d", false, 86400, 1, 0, "s"),
    ("wk", false, 7, 1, 0, "d"), ("a", false, 36525, 1, -2, "d"), ("a_j", false, 1, 1, 0, "a"),
    ("mo", false, 1, 12, 0, "a"), ("mo_j", false, 1, 12, 0, "a"),
    ("a_g", false, 3_652_425, 1, -4, "d"), ("mo_g", false, 1, 12, 0, "a_g"),
    ("a_t", false, 36_524_219, 1, -5, "d"), ("mo_s", false, 2_953_059, 1, -5, "d"),
    ("L", true, 1, 1, -3, "m3"), ("l", true, 1, 1, -3, "m3"), ("ar", true, 1, 1, 2, "m2"),
    ("t", true, 1, 1, 6, "g"), ("bar", true, 1, 1, 5, "Pa"), ("atm", false, 101_325, 1, 0, "Pa"),
    ("m[Hg]", true, 133_322, 1, 0, "Pa"), ("m[H2O]", true, 980_665, 1, -2, "Pa"),
    ("[in_i]", false, 254, 1, -4, "m"), ("[ft_i]", false, 12, 1, 0, "[in_i]"), ("[yd_i]", false, 3, 1, 0, "[ft_i]"),
    ("[mi_i]", false, 5280, 1, 0, "[ft_i]"), ("[nmi_i]", false, 1852, 1, 0, "m"),
    ("[in_us]", false, 100, 3937, 0, "m"), ("[ft_us]", false, 1200, 3937, 0, "m"),
    ("[sin_i]", false, 1, 1, 0, "[in_i]2"), ("[sft_i]", false, 1, 1, 0, "[ft_i]2"), ("[cin_i]", false, 1, 1, 0, "[in_i]3"),
    ("[lb_av]", false, 45_359_237, 1, -5, "g"), ("[oz_av]", false, 1, 16, 0, "[lb_av]"),
    ("[dr_av]", false, 1, 16, 0, "[oz_av]"), ("[gr]", false, 6_479_891, 1, -8, "g"),
    ("[ston_av]", false, 2000, 1, 0, "[lb_av]"), ("[stone_av]", false, 14, 1, 0, "[lb_av]"),
    ("[oz_tr]", false, 480, 1, 0, "[gr]"), ("[lb_tr]", false, 12, 1, 0, "[oz_tr]"),
    ("[gal_us]", false, 231, 1, 0, "[in_i]3"), ("[qt_us]", false, 1, 4, 0, "[gal_us]"),
    ("[pt_us]", false, 1, 8, 0, "[gal_us]"), ("[cup_us]", false, 1, 16, 0, "[gal_us]"),
    ("[foz_us]", false, 1, 128, 0, "[gal_us]"), ("[tbs_us]", false, 1, 256, 0, "[gal_us]"),
    ("[tsp_us]", false, 1, 768, 0, "[gal_us]"), ("[cup_m]", false, 240, 1, -6, "m3"),
    ("[tsp_m]", false, 5, 1, -6, "m3"), ("[tbs_m]", false, 15, 1, -6, "m3"), ("[foz_m]", false, 30, 1, -6, "m3"),
    ("[gal_br]", false, 454_609, 1, -8, "m3"), ("[pt_br]", false, 1, 8, 0, "[gal_br]"), ("[drp]", false, 1, 20, -6, "m3"),
    ("cal", true, 4184, 1, -3, "J"), ("cal_th", true, 4184, 1, -3, "J"), ("[Cal]", false, 4184, 1, 0, "J"),
    ("dyn", true, 1, 1, -5, "N"), ("erg", true, 1, 1, -7, "J"), ("P", true, 1, 1, -1, "Pa.s"), ("G", true, 1, 1, -4, "T"),
    ("[degR]", false, 5, 9, 0, "K"), ("[diop]", false, 1, 1, 0, "m-1"), ("eq", true, 1, 1, 0, "mol"),
    ("osm", true, 1, 1, 0, "mol"), ("kat", true, 1, 1, 0, "mol/s"), ("U", true, 1, 1, -6, "mol/min"),
    ("[IU]", true, 1, 1, 0, "[iU]"), ("By", true, 8, 1, 0, "bit"), ("eV", true, 160_217_733, 1, -27, "J"),
];

static UNITS: LazyLock<HashMap<&'static str, (Measure, bool)>> = LazyLock::new(|| {
    let mut units = HashMap::from([("1", (Measure::ONE, false))]);
    for (index, (code, metric)) in BASE.into_iter().enumerate() {
        let mut measure = Measure::ONE;
        if let Some(power) = measure.dimension.get_mut(index) {
            *power = 1;
        }
        units.insert(code, (measure, metric));
    }
    for (code, metric, numerator, denominator, ten, of) in DERIVED {
        if let Some(of) = product(of, &units) {
            let factor = Ratio::new(numerator, denominator, ten).times(of.factor).unwrap_or(Ratio::ONE);
            units.insert(code, (Measure { factor, ..of }, metric));
        }
    }
    if let Some((kelvin, _)) = units.get("K").copied() {
        let scale = |offset, factor| Measure { offset: Some(offset), factor, ..kelvin };
        units.insert("Cel", (scale(Ratio::new(27315, 1, -2), Ratio::ONE), false));
        units.insert("[degF]", (scale(Ratio::new(45967, 1, -2), Ratio::new(5, 9, 0)), false));
    }
    units
});

/// A unit made of those that are there: `g.m/s2`. The table is read with it before [`find`] can be.
fn product(text: &str, units: &HashMap<&'static str, (Measure, bool)>) -> Option<Measure> {
    let mut result = Measure::ONE;
    let mut over = false;
    let mut rest = text;
    loop {
        let end = rest.find(['.', '/']).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end)?;
        let name = if part == "1" { part } else { part.get(..super::symbol_length(part))? };
        let power = part.get(name.len()..)?;
        let power = if power.is_empty() { 1 } else { power.parse().ok()? };
        let (unit, _) = units.get(name)?;
        result = result.times(unit.power(power)?, over)?;
        let Some(separator) = after.chars().next() else { return Some(result) };
        over = separator == '/';
        rest = after.get(1..)?;
    }
}

/// The unit `symbol`, with or without a prefix.
pub(super) fn find(symbol: &str) -> Option<Measure> {
    if let Some((measure, _)) = UNITS.get(symbol) {
        return Some(*measure);
    }
    PREFIXES.iter().find_map(|(prefix, ten)| {
        let (measure, metric) = UNITS.get(symbol.strip_prefix(prefix)?)?;
        let factor = measure.factor.times(Ratio::new(1, 1, *ten))?;
        metric.then_some(Measure { factor, ..*measure })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_of_the_table_is_there() {
        for (code, ..) in DERIVED {
            assert!(UNITS.contains_key(code), "{code}");
        }
    }
}
