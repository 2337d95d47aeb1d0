//! The mathematics of the adaptive test: Samejima's graded response model (1969), the expected value of the trait after
//! the answers so far (EAP, Bock and Mislevy 1982), and the item that tells most about it.

/// The grid on which the trait is estimated: from `-GRID_END` to `GRID_END`, in standard deviations of the population.
const GRID_END: f64 = 5.0;
const GRID_STEPS: u32 = 400;

/// How an item is answered by people of each trait.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Item {
    /// How sharply the item tells people apart.
    pub(crate) discrimination: f64,
    /// Where each answer becomes likelier than those below it, rising. One fewer than there are answers.
    pub(crate) thresholds: Vec<f64>,
}

/// What the answers say about a person.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Estimate {
    /// The expected value of the trait; 0 is the mean of the population, 1 its standard deviation.
    pub(crate) trait_value: f64,
    /// The standard deviation of the trait, given the answers.
    pub(crate) standard_error: f64,
}

impl Item {
    /// The chance of answering at or above a category; 1 for the first, 0 beyond the last.
    fn at_least(&self, category: usize, trait_value: f64) -> f64 {
        let Some(before) = category.checked_sub(1) else { return 1.0 };
        let Some(threshold) = self.thresholds.get(before) else { return 0.0 };
        1.0 / (1.0 + (-self.discrimination * (trait_value - threshold)).exp())
    }

    /// The chance of a category, counted from 0.
    pub(crate) fn probability(&self, category: usize, trait_value: f64) -> f64 {
        self.at_least(category, trait_value) - self.at_least(category + 1, trait_value)
    }

    /// Fisher's information about the trait.
    pub(crate) fn information(&self, trait_value: f64) -> f64 {
        let slope = |category| {
            let chance = self.at_least(category, trait_value);
            self.discrimination * chance * (1.0 - chance)
        };
        (0..=self.thresholds.len())
            .map(|category| {
                let probability = self.probability(category, trait_value);
                let change: f64 = slope(category) - slope(category + 1);
                if probability > 0.0 { change * change / probability } else { 0.0 }
            })
            .sum()
    }
}

/// The estimate after these answers, in a population that is distributed normally.
pub(crate) fn estimate(answers: &[(&Item, usize)]) -> Estimate {
    let (mut weight, mut first, mut second) = (0.0, 0.0, 0.0);
    for step in 0..=GRID_STEPS {
        let trait_value = GRID_END.mul_add(2.0 * f64::from(step) / f64::from(GRID_STEPS), -GRID_END);
        let prior = (-trait_value * trait_value / 2.0).exp();
        let likelihood: f64 =
            answers.iter().map(|(item, category)| item.probability(*category, trait_value)).product();
        let density = prior * likelihood;
        weight += density;
        first += density * trait_value;
        second += density * trait_value * trait_value;
    }
    let mean = first / weight;
    Estimate { trait_value: mean, standard_error: (second / weight - mean * mean).max(0.0).sqrt() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::Value;

    use super::*;

    /// Made by `tests/figures/graded_response.py`, which works otherwise: complex-step derivatives and Simpson's rule.
    const FIGURES: &str = include_str!("../../tests/figures/graded_response.json");

    fn number(value: &Value) -> f64 {
        value.as_f64().unwrap()
    }

    fn item(figures: &Value) -> Item {
        Item {
            discrimination: number(&figures["discrimination"]),
            thresholds: figures["thresholds"].as_array().unwrap().iter().map(number).collect(),
        }
    }

    fn near(got: f64, wanted: &Value, what: &str) {
        let wanted = number(wanted);
        // The grid is coarser than the integral, and ends where few people are: a thousandth of a point of the T score.
        assert!((got - wanted).abs() < 1e-4, "{what}: {got}, and not {wanted}");
    }

    #[test]
    fn probabilities_and_information_are_those_of_the_model() {
        let figures: Value = serde_json::from_str(FIGURES).unwrap();
        let points = figures["points"].as_array().unwrap();
        assert!(points.len() >= 30);
        for point in points {
            let (item, at) = (item(&point["item"]), number(&point["trait"]));
            let wanted = point["probabilities"].as_array().unwrap();
            assert_eq!(wanted.len(), item.thresholds.len() + 1);
            for (category, wanted) in wanted.iter().enumerate() {
                near(item.probability(category, at), wanted, "probability");
            }
            near(item.information(at), &point["information"], "information");
        }
    }

    #[test]
    fn estimates_are_the_integrals() {
        let figures: Value = serde_json::from_str(FIGURES).unwrap();
        let patterns = figures["patterns"].as_array().unwrap();
        assert!(patterns.len() >= 10);
        for pattern in patterns {
            let answers: Vec<(Item, usize)> = pattern["answers"]
                .as_array()
                .unwrap()
                .iter()
                .map(|one| (item(&one["item"]), usize::try_from(one["category"].as_u64().unwrap()).unwrap()))
                .collect();
            let answers: Vec<_> = answers.iter().map(|(item, category)| (item, *category)).collect();
            let got = estimate(&answers);
            near(got.trait_value, &pattern["trait"], "trait");
            near(got.standard_error, &pattern["standardError"], "standard error");
        }
    }

    #[test]
    fn without_answers_a_person_is_one_of_the_population() {
        let nothing = estimate(&[]);
        assert!(nothing.trait_value.abs() < 1e-12);
        assert!((nothing.standard_error - 1.0).abs() < 1e-4);
    }
}
