# What the backend itself says to a patient. The statement is part of what is signed.
language-name = English
sign-statement = I filled in this questionnaire myself. These are my answers.
