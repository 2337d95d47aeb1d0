//! What a hostile file may take up in a report: as much as on the page, in every form of it.

use std::fmt::Write as _;

use seal::verify::{BundleReport, Finding, Report, SignatureReport};

/// Characters of one text, the remark on what was left out included.
pub(crate) const LONGEST_TEXT: usize = 4_000;
/// Signatures of one record, and notes on it.
pub(crate) const MOST_SHOWN: usize = 100;
/// Resources of one Bundle, kept or refused.
const MOST_PARTS: usize = 1_000;
/// Room for the remark.
const REMARK: usize = 60;

/// `report` within the bounds. The verdicts on the whole stay as they are: they count everything.
pub(crate) fn report(mut report: Report) -> Report {
    let signatures = beyond(&mut report.signatures, MOST_SHOWN);
    // One place is kept for the note on what is left out.
    let notes = if signatures > 0 || report.notes.len() > MOST_SHOWN {
        beyond(&mut report.notes, MOST_SHOWN - 1)
    } else {
        0
    };
    report.verdicts.iter_mut().for_each(finding);
    report.signatures.iter_mut().for_each(signature);
    report.notes.iter_mut().for_each(text);
    if signatures + notes > 0 {
        report.notes.insert(
            0,
            format!(
                "Not all is shown: {signatures} more signatures and {notes} more notes; the verdicts count them all."
            ),
        );
    }
    report
}

/// The same for the report on a Bundle.
pub(crate) fn bundle(mut bundle: BundleReport) -> BundleReport {
    let refused = beyond(&mut bundle.refused, MOST_PARTS);
    let kept = beyond(&mut bundle.kept, MOST_PARTS);
    let reports = beyond(&mut bundle.reports, MOST_SHOWN);
    beyond(&mut bundle.notes, MOST_SHOWN);
    for one in &mut bundle.refused {
        text(&mut one.reference);
        text(&mut one.reason);
    }
    bundle.kept.iter_mut().for_each(|one| text(&mut one.reference));
    for one in &mut bundle.reports {
        text(&mut one.reference);
        one.report = report(std::mem::take(&mut one.report));
    }
    bundle.notes.iter_mut().for_each(text);
    if refused + kept + reports > 0 {
        bundle.notes.insert(
            0,
            format!(
                "Not all is shown: {refused} more refused and {kept} more kept resources, {reports} more reports; verdict and counts are those of all of them."
            ),
        );
    }
    bundle
}

/// Cuts `list` to `most`; how many that leaves out.
pub(crate) fn beyond<T>(list: &mut Vec<T>, most: usize) -> usize {
    let left_out = list.len().saturating_sub(most);
    list.truncate(most);
    left_out
}

/// Cuts `text`, and says by how much.
pub(crate) fn text(text: &mut String) {
    // No character has less than a byte.
    if text.len() <= LONGEST_TEXT {
        return;
    }
    let all = text.chars().count();
    let kept = LONGEST_TEXT - REMARK;
    if all <= LONGEST_TEXT {
        return;
    }
    if let Some((end, _)) = text.char_indices().nth(kept) {
        text.truncate(end);
        // Writing to a String cannot fail.
        let _ = write!(text, "… ({} more characters)", all - kept);
    }
}

fn finding(finding: &mut Finding) {
    text(&mut finding.reason);
}

fn signature(one: &mut SignatureReport) {
    text(&mut one.location);
    let texts = [
        &mut one.printed_name,
        &mut one.meaning,
        &mut one.signed_at,
        &mut one.who,
        &mut one.thumbprint,
        &mut one.subject,
        &mut one.certificate_until,
        &mut one.canonicalization,
    ];
    texts.into_iter().flatten().for_each(text);
    one.verdicts.iter_mut().for_each(finding);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use seal::verify::{Aspect, Kept, Refusal, ResourceReport, Verdict};

    use super::*;

    fn hostile() -> Report {
        let long = "é".repeat(1_000_000);
        let finding = Finding {
            name: Aspect::Signature,
            verdict: Verdict::Invalid,
            code: "content-altered",
            reason: long.clone(),
        };
        let signature = SignatureReport {
            kind: "foreign",
            token: None,
            level: None,
            location: long.clone(),
            printed_name: Some(long.clone()),
            meaning: None,
            signed_at: None,
            who: Some("short".to_owned()),
            algorithm: None,
            thumbprint: None,
            subject: None,
            certificate_until: None,
            canonicalization: None,
            verdicts: vec![finding.clone()],
        };
        let mut report = Report { verdicts: vec![finding], signatures: vec![signature], notes: vec![long] };
        report.signatures = std::iter::repeat_n(report.signatures[0].clone(), 103).collect();
        report.notes.extend((0..104).map(|index| format!("note {index}")));
        report
    }

    #[test]
    fn a_text_is_cut_and_says_by_how_much() {
        let mut long = "é".repeat(1_000_000);
        text(&mut long);
        assert!(long.chars().count() <= LONGEST_TEXT, "{}", long.chars().count());
        assert!(long.ends_with("é… (996060 more characters)"), "{}", &long[long.len() - 60..]);
        let mut fits = "é".repeat(LONGEST_TEXT);
        text(&mut fits);
        assert_eq!(fits, "é".repeat(LONGEST_TEXT));
    }

    #[test]
    fn what_is_left_out_of_a_report_is_counted_and_its_verdict_stays() {
        let bounded = report(hostile());
        assert_eq!(bounded.signatures.len(), MOST_SHOWN);
        assert_eq!(bounded.notes.len(), MOST_SHOWN);
        assert_eq!(
            bounded.notes[0],
            "Not all is shown: 3 more signatures and 6 more notes; the verdicts count them all."
        );
        assert_eq!(bounded.verdict(Aspect::Signature), Verdict::Invalid);
        let size = serde_json::to_string(&bounded).unwrap().len();
        assert!(size < 102 * 4 * 2 * LONGEST_TEXT, "{size}");
    }

    #[test]
    fn what_is_left_out_of_a_bundles_report_is_counted() {
        let long = "é".repeat(1_000_000);
        let refusal =
            Refusal { entry: 0, reference: long.clone(), code: "ambiguous", reason: "twice".to_owned() };
        let part = ResourceReport { reference: long, report: hostile() };
        let bounded = bundle(BundleReport {
            kept: (0..7)
                .map(|entry| Kept { entry, reference: "Patient/1".to_owned(), covered: false, sealed: false })
                .collect(),
            refused: std::iter::repeat_n(refusal, MOST_PARTS + 2).collect(),
            reports: vec![part],
            notes: Vec::new(),
        });
        assert_eq!((bounded.refused.len(), bounded.kept.len()), (MOST_PARTS, 7));
        assert!(bounded.notes[0].starts_with("Not all is shown: 2 more refused and 0 more kept"));
        assert!(bounded.refused[0].reference.chars().count() <= LONGEST_TEXT);
        assert_eq!(bounded.reports[0].report.signatures.len(), MOST_SHOWN);
    }

    #[test]
    fn a_report_that_fits_stays_as_it_is() {
        let mut fits = hostile();
        fits.signatures.truncate(2);
        fits.signatures.iter_mut().for_each(|one| one.location = "Bundle.signature".to_owned());
        fits.notes = vec!["one".to_owned()];
        let bounded = report(fits.clone());
        assert_eq!(bounded.notes, fits.notes);
        assert_eq!(bounded.signatures.len(), 2);
    }
}
