# Was alle Bildschirme gemeinsam haben.

practice-ribbon = Übung — nicht für echte Patienten
cancel = Abbrechen
done = Fertig
camera-seen = Was die Kamera sieht
camera-opening = Die Kamera wird geöffnet{"\u00A0"}…
try-again = Erneut versuchen
loading = Wird geladen{"\u00A0"}…
language = Sprache
participant = Teilnehmer
questionnaire = Fragebogen
answered = Beantwortet
date-time = Datum und Zeit
user-name = Benutzername
password = Passwort

look-open = Schriftgröße
look-title = Schrift und Farben
look-size = Schriftgröße
look-size-normal = Normal
look-size-large = Groß
look-size-larger = Sehr groß
look-size-largest = Am größten
look-theme = Farben
look-theme-system = Automatisch
look-theme-light = Hell
look-theme-dark = Dunkel
look-theme-contrast = Starker Kontrast

## Ablehnungen. Patienten sehen diese Worte, nie einen Code.

error-patient = Das hat nicht geklappt. Nichts ist verloren. Bitte versuchen Sie es noch einmal oder fragen Sie das Personal.
error-staff = Das hat nicht geklappt. Nichts ist verloren. Versuchen Sie es noch einmal; bleibt es so, nennen Sie dem Studien-Support, was hier steht.
error-technical = { $code }: { $detail }
error-camera-none = Es wurde keine Kamera gefunden. Bitte wählen Sie stattdessen eine Datei.
error-camera-refused = Attesta darf die Kamera dieses Geräts nicht benutzen. Bitte wählen Sie stattdessen eine Datei.
error-camera-busy = Die Kamera funktioniert im Moment nicht. Vielleicht benutzt sie ein anderes Programm. Bitte versuchen Sie es noch einmal oder wählen Sie eine Datei.
error-internal = Das hat nicht geklappt. Nichts ist verloren. Bitte versuchen Sie es noch einmal.
error-session-over = Diese Sitzung ist zu Ende. Bitte melden Sie sich neu an.
error-patient-has-device = Das Tablet ist in den Händen eines Patienten. Nehmen Sie es erst zurück.
error-wrong-state = Dieser Schritt ist jetzt nicht möglich. Die Seite zeigt den aktuellen Stand.
error-not-permitted = Ihre Rolle erlaubt das nicht. Bitte wenden Sie sich an die Studienkoordination.
error-not-found = Das gibt es nicht mehr. Die Seite zeigt, was jetzt da ist.
error-unknown-language = Diese Sprache ist nicht verfügbar.
error-draft-unreadable = Die bisherigen Antworten lassen sich nicht öffnen. Sie bleiben erhalten. Bitte melden Sie es dem Studien-Support.
error-sign-in-refused = Benutzername oder Passwort stimmt nicht.
error-account-locked = Zu viele falsche Versuche: Dieses Konto ist gesperrt. Ein anderes Teammitglied muss es entsperren.
error-second-person-needed = Zwei verschiedene Teammitglieder müssen bestätigen.
error-disk-full = Der Speicher dieses Geräts ist voll. Nichts wurde geändert. Schaffen Sie Platz und versuchen Sie es erneut.
error-io = Das Gerät konnte dies nicht speichern. Nichts wurde geändert. Prüfen Sie den Speicher und versuchen Sie es erneut.
error-store-stopped = Das Gerät speichert vorsichtshalber nicht mehr. Schließen Sie Attesta und öffnen Sie es wieder.
error-clock-behind = Die Uhr dieses Geräts geht hinter der zuletzt festgehaltenen Zeit. Nichts wurde unterschrieben. Das Personal muss die Uhr stellen.
error-certificate-not-yet-valid = Die Uhr dieses Geräts liegt vor der Gültigkeit seines Zertifikats. Nichts wurde unterschrieben. Das Personal muss die Uhr stellen.
error-certificate-expired = Das Zertifikat dieses Geräts ist abgelaufen. Nichts wurde unterschrieben. Das Personal muss den Studien-Support anrufen.
error-certificate-revoked = Das Zertifikat dieses Geräts wurde gesperrt. Nichts wurde unterschrieben, und die Antworten sind aufbewahrt. Das Personal muss den Studien-Support anrufen.
error-sealing-key-missing = Der Signaturschlüssel dieses Geräts fehlt. Nichts wurde unterschrieben. Das Personal muss den Studien-Support anrufen.
