//! The questionnaires that come with Attesta, as FHIR R4 JSON.

/// Patient Health Questionnaire, nine items and the functional difficulty item, English and Spanish. Id `phq-9`.
pub const PHQ9: &str = include_str!("../instruments/phq-9.json");

/// Generalized Anxiety Disorder, seven items, English and Spanish. Id `gad-7`.
pub const GAD7: &str = include_str!("../instruments/gad-7.json");

/// A daily pain diary of our own, English, German, Spanish and Arabic. Id `pain-diary`.
pub const PAIN_DIARY: &str = include_str!("../instruments/pain-diary.json");

/// A visit after a knee operation, of our own and to practise with: every kind of question, English, German, Spanish and
/// Arabic. Id `knee-visit`.
pub const KNEE_VISIT: &str = include_str!("../instruments/knee-visit.json");
