//! What a sweep or a walk came to, and its table.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::oracle::Tally;
use super::walk::Walked;

/// What a sweep came to.
#[derive(Debug, Default)]
pub struct Outcome {
    rows: BTreeMap<usize, Row>,
    pub(super) not_run: Vec<(&'static str, String)>,
    /// The ways that were walked.
    pub walked: Vec<Walked>,
    /// What went wrong, each with the command that repeats it.
    pub failures: Vec<String>,
    pub(super) seconds: u64,
    /// Minutes of which word was given.
    pub(super) minutes: u64,
}

#[derive(Debug, Default)]
struct Row {
    name: String,
    runs: u32,
    unmet: u32,
    failed: u32,
    sum: Tally,
    drains: Vec<u64>,
}

impl Outcome {
    /// Writes the table into this file.
    pub(super) fn keep(&self, file: Option<&Path>) {
        if let Some(Err(error)) = file.map(|file| std::fs::write(file, self.table())) {
            let _ = writeln!(std::io::stderr(), "the table cannot be written: {error}");
        }
    }

    /// Adds a run to the row of this number and name; these arguments repeat it.
    pub(super) fn note(&mut self, number: usize, name: &str, again: &str, tally: &Tally) {
        if !tally.holds() {
            let problems = tally.problems.join("\n    ");
            let failure = format!("✗ {name}: repeat with {again}\n    {problems}");
            // At once: a long one may be ended before its table.
            let _ = writeln!(std::io::stderr(), "{failure}");
            self.failures.push(failure);
        }
        let row = self.rows.entry(number).or_default();
        name.clone_into(&mut row.name);
        row.failed += u32::from(!tally.holds());
        if tally.unmet && tally.holds() {
            row.unmet += 1;
            return;
        }
        row.runs += 1;
        row.drains.push(tally.drain);
        row.sum.frozen += tally.frozen;
        row.sum.delivered += tally.delivered;
        row.sum.lost += tally.lost;
        row.sum.duplicated += tally.duplicated;
        row.sum.falsely_sent += tally.falsely_sent;
        row.sum.undetected += tally.undetected;
        row.sum.false_alerts += tally.false_alerts;
        row.sum.images += tally.images;
    }

    /// Whether everything that must be zero is.
    pub fn holds(&self) -> bool {
        self.failures.is_empty()
    }

    /// How many faults were injected.
    pub fn runs(&self) -> u32 {
        self.rows.values().map(|row| row.runs).sum()
    }

    /// The faults that were injected at least once.
    pub fn met(&self) -> Vec<&str> {
        self.rows.values().filter(|row| row.runs > 0).map(|row| row.name.as_str()).collect()
    }

    /// The faults that cannot be injected here, and why.
    pub fn not_run(&self) -> &[(&'static str, String)] {
        &self.not_run
    }

    /// The table, in Markdown.
    pub fn table(&self) -> String {
        let mut text = String::from(
            "| fault | runs | frozen | delivered | lost | duplicated | falsely sent | undetected alterations | \
             false alerts | failed runs | 99th percentile drain, ms |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n",
        );
        let mut all = Row { name: "**all**".to_owned(), ..Row::default() };
        for row in self.rows.values() {
            line(&mut text, row);
            all.runs += row.runs;
            all.unmet += row.unmet;
            all.failed += row.failed;
            all.drains.extend(&row.drains);
            for (sum, one) in [
                (&mut all.sum.frozen, row.sum.frozen),
                (&mut all.sum.delivered, row.sum.delivered),
                (&mut all.sum.lost, row.sum.lost),
                (&mut all.sum.duplicated, row.sum.duplicated),
                (&mut all.sum.falsely_sent, row.sum.falsely_sent),
                (&mut all.sum.undetected, row.sum.undetected),
                (&mut all.sum.false_alerts, row.sum.false_alerts),
                (&mut all.sum.images, row.sum.images),
            ] {
                *sum += one;
            }
        }
        line(&mut text, &all);
        for (name, reason) in &self.not_run {
            let _ = writeln!(text, "| {name} | not run: {reason} | | | | | | | | | |");
        }
        let _ = write!(
            text,
            "\n{} faults injected in {} s; {} more runs ended before their fault came, and are not counted; {} images \
             of a lost power supply.",
            all.runs, self.seconds, all.unmet, all.sum.images
        );
        for way in &self.walked {
            let _ = write!(text, "\n{way}");
        }
        text
    }
}

fn line(text: &mut String, row: &Row) {
    let mut drains = row.drains.clone();
    drains.sort_unstable();
    let percentile = drains.get((drains.len() * 99).div_ceil(100).saturating_sub(1)).copied().unwrap_or(0);
    let sum = &row.sum;
    let _ = writeln!(
        text,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {percentile} |",
        row.name,
        row.runs,
        sum.frozen,
        sum.delivered,
        sum.lost,
        sum.duplicated,
        sum.falsely_sent,
        sum.undetected,
        sum.false_alerts,
        row.failed,
    );
}
