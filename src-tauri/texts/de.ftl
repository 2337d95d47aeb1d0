language-name = Deutsch
sign-statement = Ich habe diesen Fragebogen selbst ausgefüllt. Das sind meine Antworten.
