//! The form engine: Questionnaire to QuestionnaireResponse.
