# Die Bildschirme des Personals.

## Anmelden

sign-in-title = Anmelden
sign-in-what = Für das Personal dieses Zentrums.
sign-in = Anmelden
sign-out = Abmelden
demo-title = Konten zum Üben
demo-fill = Einsetzen
demo-fill-for = { $user } einsetzen
role-coordinator = Studienkoordination
role-staff = Personal des Zentrums
who-where = Zentrum { $site }, { $device }

## Leiste und Status

rail = Seiten
page-visits = Besuche
page-questionnaires = Fragebögen
page-outbox = Ausgang
page-alerts = Alarme
page-records = Akten
page-device = Gerät
page-trainer = Training
alerts-open =
    { $count ->
        [one] einer offen
       *[other] { $count } offen
    }
status-allProven =
    { $total ->
        [one] Die eine Antwort ist zugestellt und nachgewiesen.
       *[other] Alle { $total } Antworten sind zugestellt und nachgewiesen.
    }
status-nothingYet = Bereit für den ersten Besuch. Auf diesem Gerät wartet nichts.
status-sending =
    { $count ->
        [one] Eine Antwort ist unterwegs zum Server.
       *[other] { $count } Antworten sind unterwegs zum Server.
    }
status-offline =
    { $count ->
        [0] Offline. Alles ist zugestellt.
        [one] Offline: Eine Antwort liegt sicher auf diesem Gerät.
       *[other] Offline: { $count } Antworten liegen sicher auf diesem Gerät.
    }
status-alerts =
    { $count ->
        [one] Ein Alarm braucht Sie: Der Server hat etwas anderes gespeichert, als unterschrieben wurde.
       *[other] { $count } Alarme brauchen Sie: Der Server hat etwas anderes gespeichert, als unterschrieben wurde.
    }
status-paused =
    { $count ->
        [one] Das Senden ruht. Eine Antwort liegt sicher auf diesem Gerät.
       *[other] Das Senden ruht. { $count } Antworten liegen sicher auf diesem Gerät.
    }
status-quarantined =
    { $count ->
        [one] Eine Antwort ist zurückgestellt und braucht Sie.
       *[other] { $count } Antworten sind zurückgestellt und brauchen Sie.
    }
status-checked = Geprüft { $time }
status-open-alerts = Alarme zeigen
status-open-outbox = Ausgang zeigen
practice-fault-on = Der Übungsserver macht absichtlich einen Fehler: { $fault }.
practice-fault-open = Übungsleitung

## Listen

choose = Bitte wählen …
open = Öffnen
state = Stand
signed = Unterschrieben
signed-at = Unterschrieben { $time }
what-to-do = Was zu tun ist
what-next = Wie es weitergeht
filter-search = Suchen
filter-state = Zeigen
filter-all = Alle
filter-shown = { $shown } von { $total }
filter-nothing = Nichts passt zu dieser Suche.
back-to-list = Zurück zur Liste
of-participant = { $title } von { $participant }
reason = Begründung
reason-hint = Sie bleibt bei der Akte und wird bei Inspektionen gezeigt.
by-at = { $by }, { $at }
quoted = „{ $reason }“

## Besuche

visits-title = Besuche
visits-empty-title = Noch keine Besuche
visits-empty-what = Beginnen Sie einen Besuch: Wählen Sie Teilnehmer und Fragebogen, dann übergeben Sie das Tablet.
visit-start = Besuch beginnen
visit-start-title = Besuch beginnen
visit-start-what = Der Besuch erscheint in der Liste. Der Bildschirm für Patienten öffnet sich erst, wenn Sie das Tablet übergeben.
visit-started = Begonnen
visit-ready = Bereit
visit-inProgress = Läuft
visit-paused-at = Hält bei Frage { $position }
visit-frozen = Unterschrieben
visit-ended = Beendet
visit-hand-over = Übergeben
visit-resume = Fortsetzen
visit-end = Beenden
visit-end-for = Besuch von { $participant } beenden
visit-end-title = Besuch von { $participant } beenden?
visit-end-what = Die bisherigen Antworten bleiben in der Akte dieses Geräts, werden aber nicht unterschrieben und nicht gesendet. Der Besuch kann nicht wieder aufgenommen werden.
pin-reset = PIN zurücksetzen
pin-reset-title = PIN eines Teilnehmers zurücksetzen
pin-reset-what = Zwei Teammitglieder bestätigen gemeinsam, dass sie den Teilnehmer kennen. Er wählt dann bei der nächsten Unterschrift eine neue PIN.
pin-reset-first = Erstes Teammitglied
pin-reset-second = Zweites Teammitglied
pin-reset-done = Die PIN ist zurückgesetzt. Bei der nächsten Unterschrift wählt der Teilnehmer eine neue.

## Ausgang

outbox-title = Ausgang
outbox-empty-title = Nichts zu senden
outbox-empty-what = Sobald ein Patient unterschreibt, erscheint die Antwort hier und wird von selbst gesendet.
outbox-under-way = Unterwegs
outbox-held = Braucht Sie
outbox-finished = Fertig
send-now = Jetzt senden
state-frozen = Sicher hier, wird gesendet
state-sending = Wird gesendet
state-acknowledged = Gespeichert, wird verglichen
state-compared = Gleich, Nachweis wird signiert
state-provenanceSending = Nachweis wird gesendet
state-provenanceCompared = Nachweis gespeichert
state-done = Zugestellt, nachgewiesen
state-alert = Nicht nachgewiesen
state-quarantined = Zurückgestellt
state-closedDifferent = Als abweichend geschlossen
next-attempt = Nächster Versuch um { $time }
next-under-way = Geht von selbst weiter
next-held = Wartet auf eine Entscheidung
next-finished = Nichts mehr zu tun
attempts =
    { $count ->
        [one] Bisher ein Versuch
       *[other] Bisher { $count } Versuche
    }
problem-refused = Der Server nimmt keine Verbindungen an.
problem-unreachable = Der Server ist nicht erreichbar.
problem-reset = Die Verbindung brach ab.
problem-truncated = Die Verbindung brach mitten in der Antwort ab.
problem-timeout = Der Server hat nicht rechtzeitig geantwortet.
problem-tls = Die Verbindung zum Server ist nicht sicher.
problem-tls-other-host = Das Zertifikat des Servers gilt für einen anderen Rechner. Prüfen Sie die Adresse und ob das Netz zuerst eine Anmeldung verlangt.
problem-tls-expired = Das Zertifikat des Servers ist abgelaufen. Prüfen Sie die Uhr dieses Geräts und informieren Sie dann den Betreiber des Servers.
problem-tls-not-yet-valid = Das Zertifikat des Servers gilt noch nicht. Prüfen Sie die Uhr dieses Geräts und informieren Sie dann den Betreiber des Servers.
problem-tls-revoked = Das Zertifikat des Servers wurde gesperrt. Informieren Sie den Betreiber des Servers.
problem-tls-untrusted = Das Zertifikat des Servers führt zu keiner Stelle, der die Studie vertraut. Informieren Sie den Techniker des Zentrums.
problem-tls-our-certificate = Der Server hat das Anmeldezertifikat dieses Geräts nicht angenommen oder verlangt eines.
problem-tls-our-key = Der Anmeldeschlüssel dieses Geräts konnte nicht benutzt werden. Registrieren Sie das Gerät neu.
problem-proxy = Der Proxy des Netzes hat dieses Gerät nicht durchgelassen. Prüfen Sie den Proxy in den Einstellungen.
problem-connection-settings = Die Verbindungseinstellungen sind nicht verwendbar. Informieren Sie den Techniker des Zentrums.
problem-redirected = Der Server verweist auf eine andere Adresse; dem wird nicht gefolgt. Vielleicht ist die Adresse falsch, oder das Netz verlangt zuerst eine Anmeldung.
problem-web-page = Statt der Antwort des Servers kam eine Webseite. Vielleicht verlangt das Netz zuerst eine Anmeldung: Öffnen Sie einen Webbrowser.
problem-media-type = Die Antwort ist kein FHIR. Vielleicht ist die Adresse nicht die des Servers.
problem-compressed = Die Antwort des Servers war ungefragt komprimiert und wurde nicht gelesen.
problem-client-refused = Der Autorisierungsserver kennt die Registrierung dieses Geräts nicht oder hat sie widerrufen. Informieren Sie den Betreiber des Servers.
problem-token-refused = Der Autorisierungsserver hat diesem Gerät kein Zugriffstoken gegeben. Informieren Sie den Betreiber des Servers.
problem-token-unreachable = Der Autorisierungsserver ist nicht erreichbar, oder seine Antwort war nicht lesbar.
problem-credentials = Dieses Gerät hat noch keine Zugangsdaten für den Server. Ein Techniker muss sie hinterlegen.
problem-no-body = Der Server hat nicht gezeigt, was er gespeichert hat.
problem-no-version = Der Server hat nicht gesagt, welche Version er gespeichert hat.
problem-too-large = Die Antwort des Servers war zu groß.
problem-malformed = Die Antwort des Servers war nicht lesbar.
problem-unauthorised = Der Server hat dieses Gerät nicht angenommen.
problem-certificate = Der Server muss zuerst den Nachweis des Zertifikats speichern.
problem-seal = Der Nachweis konnte noch nicht signiert werden.
problem-profile = Der Nachweis verletzt eine Regel des Profils der Studie; der Alarm nennt sie.
problem-different = Der Server hat etwas anderes gespeichert.
problem-duplicates = Der Server hat es mehrfach gespeichert.
problem-receipt = Was der Server sandte, ist nicht so signiert, wie es die Studie verlangt.
problem-put-unproven = Der Server überschreibt, was schon da ist; darum wurde nichts gesendet. Die Studie muss mit POST anlegen.
problem-status-500 = Der Server hatte einen eigenen Fehler.
problem-status-503 = Der Server ist überlastet.
problem-other = Es hat noch nicht geklappt ({ $code }).

## Alarme

alerts-title = Alarme
alerts-empty-title = Keine Alarme
alerts-empty-what = Was der Server speichert, wird Element für Element mit dem verglichen, was unterschrieben wurde. Weicht es je ab, sehen Sie es hier.
alert-what = Was geschah
alert-raised = Bemerkt
alert-open = Offen
alert-closed = Geschlossen
alert-look = Ansehen
alert-kind-different =
    { $count ->
        [one] Eine Stelle weicht ab
       *[other] { $count } Stellen weichen ab
    }
alert-kind-duplicates = Mehrfach gespeichert
alert-kind-provenanceDifferent = Der Nachweis wurde verändert
alert-kind-quarantined = Vom Server abgelehnt
alert-outcome-corrected = Berichtigt, nachgewiesen
alert-outcome-differentAgain = Wieder abweichend
alert-outcome-accepted = Als abweichend angenommen
alert-outcome-escalated = Weitergegeben
alert-not-proven = Nicht nachgewiesen
alert-lead-different =
    { $count ->
        [one] Der Server hat an einer Stelle etwas anderes gespeichert, als der Teilnehmer unterschrieben hat. Das unterschriebene Original liegt sicher auf diesem Gerät.
       *[other] Der Server hat an { $count } Stellen etwas anderes gespeichert, als der Teilnehmer unterschrieben hat. Das unterschriebene Original liegt sicher auf diesem Gerät.
    }
alert-lead-duplicates = Der Server hat diese Antwort mehrfach gespeichert. Das unterschriebene Original liegt sicher auf diesem Gerät.
alert-lead-provenanceDifferent = Der Server hat einen anderen Nachweis gespeichert, als dieses Gerät signiert hat. Das unterschriebene Original liegt sicher auf diesem Gerät.
alert-lead-quarantined = Der Server nimmt diese Antwort nicht an. Das unterschriebene Original liegt sicher auf diesem Gerät.
diff-signed = Auf diesem Gerät unterschrieben, { $time }
diff-returned = Vom Server zurückgekommen, { $time }
came-back = Zurückgekommen
diff-not-signed = Nicht im Unterschriebenen
diff-not-returned = Fehlt
diff-identical =
    { $count ->
        [one] Das andere Element ist gleich.
       *[other] Die anderen { $count } Elemente sind gleich.
    }
change-question = Frage { $item }: { $element }
change-elsewhere = Außerhalb der Fragen: { $element }
element-answer = Antwort
element-text = Wortlaut der Frage
element-linkId = Nummer der Frage
element-item = die ganze Frage
element-unit = Einheit
element-code = Code der Antwort
element-display = Wortlaut der Antwort
element-system = Codesystem
element-status = Status
element-subject = Teilnehmer
element-author = Verfasser
element-source = Quelle
element-authored = Zeitpunkt des Abschlusses
element-questionnaire = Fragebogen
element-identifier = Kennung
element-extension = Erweiterung
element-language = Sprache
element-resourceType = Art der Akte
element-meta = eigene Angaben des Servers
element-contained = enthaltene Akte
element-other = { $element }
act-sendAgain = Erneut senden
act-accept = Begründet annehmen
act-escalate = Weitergeben
act-sendAgain-title = Das unterschriebene Original erneut senden?
act-sendAgain-what = Das unterschriebene Original ersetzt, was der Server jetzt hat. Niemand unterschreibt neu. Dann wird wieder verglichen: Ist beides gleich, wird der Nachweis signiert und der Alarm geschlossen; wenn nicht, bleibt er offen.
act-accept-title = Annehmen, dass der Server etwas anderes hat?
act-accept-what = Die Akte wird als „abweichend“ geschlossen. Einen Nachweis dafür gibt es nicht, auch später nicht. Das unterschriebene Original bleibt auf diesem Gerät und in jedem Export.
act-escalate-title = Diesen Alarm weitergeben?
act-escalate-what = Die Sache geht mit Ihrer Begründung an das Datenmanagement des Sponsors, und die Akte wird ohne Nachweis geschlossen. Auf dem Server wird nichts geändert. Das unterschriebene Original bleibt auf diesem Gerät und in jedem Export.
act-note = Ihre Entscheidung wird mit Ihrem Namen, der Zeit und der Begründung festgehalten.
act-no-send-again = So kann es nicht erneut gesendet werden. Nehmen Sie es begründet an oder geben Sie es weiter.
password-yours = Ihr Passwort
alert-actions = Was entschieden wurde
acted-sendAgain = Erneut gesendet
acted-accept = Begründet angenommen
acted-escalate = Weitergegeben
acted-other = { $action }
act-result-pending = Unterwegs.
act-result-corrected = Jetzt gleich, nachgewiesen.
act-result-differentAgain = Immer noch abweichend.
act-result-accepted = Als abweichend geschlossen.
act-result-escalated = Weitergegeben, ohne Nachweis.
act-result-other = { $result }

## Akten

records-title = Akten
records-empty-title = Noch keine Akten
records-empty-what = Jede unterschriebene Antwort hat hier ihre Akte: was mit ihr geschah, wer unterschrieb und ob sich das noch nachweisen lässt.
records-proven = Bewiesen
records-not-proven = Noch nicht nachgewiesen
export = Exportieren
export-done = Exportiert. Die Datei enthält alles, um sie ohne dieses Gerät zu prüfen:
export-to = Exporte liegen in
subject-export-title = Alle Antworten einer Person
subject-export-what = Eine Datei mit jeder Antwort und ihren Nachweisen, im Namen des Zentrums signiert. Wer sie erhält, kann sie ohne dieses Gerät prüfen.
subject-export = Alle Antworten exportieren
subject-export-done = Exportiert und im Namen des Zentrums signiert:
report-save = Bericht speichern
report-done = Der Prüfbericht ist gespeichert, zum Lesen oder Drucken:
document = Dokument
document-about = Exportiert die Akte als FHIR-Dokument. Das Register der Studie bewahrt den Hash des Dokuments auf, keine Antwort.
document-later = Ein Dokument kann exportiert werden, sobald die Akte nachgewiesen ist.
document-export = Als Dokument exportieren
document-done = Als Dokument exportiert. Das Register bewahrt den Hash auf:
timeline = Was geschah
timeline-details = Technische Einzelheiten zeigen
moment-answered = Beantwortet
moment-signed = Vom Teilnehmer unterschrieben
moment-sent = Gesendet
moment-kept = Vom Server gespeichert
moment-compared = Nachweislich gleich
moment-tolerated = Der Server hat etwas geändert, was die Studie zulässt; ohne das ist es identisch
moment-provenanceSent = Nachweis gesendet
moment-delivered = Der Server hat genau das Unterschriebene; diese Studie erstellt keinen Nachweis (Provenance)
moment-proven = Nachweis gespeichert und bestätigt
moment-alert = Alarm: nicht gleich
moment-acted = Vom Personal entschieden
moment-exported = Exportiert
moment-reported = Prüfbericht gespeichert
moment-documented = Als Dokument exportiert
answers = Antworten
certificate = Zertifikat
certificate-ends = Läuft am { $until } ab

## Fragebögen

questionnaires-title = Fragebögen
questionnaires-empty-title = Noch keine Fragebögen
questionnaires-empty-what = Fügen Sie einen Fragebogen aus einer Datei hinzu (FHIR-JSON). Sie sehen, was Attesta damit anfangen kann, bevor etwas hinzugefügt wird.
form-add = Aus Datei hinzufügen
form-checking = Wird geprüft …
form-added = „{ $title }“ gehört jetzt zur Studie. Neue Visiten können damit beginnen.
form-languages = Sprachen
form-added-at = Hinzugefügt
form-came-along = Mit Attesta geliefert
form-questions =
    { $count ->
        [one] eine Frage
       *[other] { $count } Fragen
    }
form-offered = In Gebrauch
form-replaced = Ersetzt
form-withdrawn = Zurückgezogen
form-unusable = Nicht brauchbar
form-report = Bericht
form-report-named = Bericht über { $title }
form-withdraw = Zurückziehen
form-withdraw-named = { $title } zurückziehen
form-withdraw-title = „{ $title }“ zurückziehen?
form-withdraw-what = Damit kann keine Visite mehr beginnen. Begonnene Visiten gehen weiter, und alles Unterschriebene bleibt, wie es ist.
form-servers = Wertelisten, die ein Fragebogen nicht mitbringt, werden einmal beim Hinzufügen erfragt, bei { $servers }.
form-no-servers = Die Studie nennt keinen Terminologie-Server: Ein Fragebogen muss alle seine Wertelisten mitbringen.
form-confirm = Zur Studie hinzufügen
form-verdict-refused =
    { $count ->
        [one] Dieser Fragebogen ist aus einem Grund nicht brauchbar. Er wurde nicht hinzugefügt.
       *[other] Dieser Fragebogen ist aus { $count } Gründen nicht brauchbar. Er wurde nicht hinzugefügt.
    }
form-verdict-known = Genau diesen Fragebogen hat die Studie schon.
form-verdict-warnings =
    { $count ->
        [one] Dieser Fragebogen ist brauchbar. Lesen Sie die Warnung, bevor Sie entscheiden.
       *[other] Dieser Fragebogen ist brauchbar. Lesen Sie die { $count } Warnungen, bevor Sie entscheiden.
    }
form-verdict-usable = Dieser Fragebogen ist so brauchbar, wie sein Verfasser ihn gemeint hat.
form-replaces = Neue Visiten verwenden ihn anstelle von:
form-about = Was es ist
form-file = Datei
form-address = Adresse
form-size = Umfang
form-hash = Prüfsumme
form-value-sets = Wertelisten vom Terminologie-Server
form-value-sets-what = Sie wurden einmal erfragt und werden Teil des Fragebogens.
form-value-set =
    { $count ->
        [one] ein Eintrag, von { $server }
       *[other] { $count } Einträge, von { $server }
    }
form-refused =
    { $count ->
        [one] Warum er nicht brauchbar ist
       *[other] Warum er nicht brauchbar ist: { $count } Gründe
    }
form-refused-what = Das muss sein Verfasser beheben. Die Einzelheiten stehen auf Englisch da, wie in den Werkzeugen für Fragebögen.
form-warnings =
    { $count ->
        [one] Vor dem Gebrauch zu wissen
       *[other] Vor dem Gebrauch zu wissen: { $count } Warnungen
    }
form-warnings-what = Patienten können danach gefragt werden. Vergewissern Sie sich, dass es so gemeint ist.
form-ignored =
    { $count ->
        [one] Nicht verwendet: ein Befund
       *[other] Nicht verwendet: { $count } Befunde
    }
form-ignored-what = Was gefragt wird, bleibt ohne das dasselbe.
form-supported =
    { $count ->
        [one] Verstanden: eine Erweiterung
       *[other] Verstanden: { $count } Erweiterungen
    }
form-item = Punkt { $item }
form-more =
    { $count ->
        [one] und eine weitere Zeile
       *[other] und { $count } weitere Zeilen
    }
form-reason-not-json = Die Datei ist kein lesbares JSON
form-reason-too-large = Die Datei ist zu groß
form-reason-not-a-questionnaire = Das ist kein FHIR-Fragebogen
form-reason-fhir-version = Für eine andere Version von FHIR geschrieben
form-reason-malformed = Etwas steht da, wie FHIR es nicht erlaubt
form-reason-unknown-element = Ein unbekanntes Element
form-reason-modifier-extension = Etwas verändert die Bedeutung auf unbekannte Weise
form-reason-missing = Etwas Notwendiges fehlt
form-reason-status = Der Fragebogen darf nicht verwendet werden
form-reason-subject-type = Nicht über einen Patienten
form-reason-duplicate-link-id = Zwei Punkte haben dieselbe linkId
form-reason-too-deep = Zu tief verschachtelt
form-reason-missing-text = Ein Text fehlt
form-reason-control-character = Ein Text enthält Zeichen, die nicht gezeigt werden können
form-reason-item-type = Eine Art von Frage, die nicht unterstützt wird
form-reason-repeats = Wie oft sich etwas wiederholt, widerspricht sich
form-reason-answer-value-set = Die Antworten zur Auswahl fehlen
form-reason-regex = Ein Muster, das nicht verwendet werden kann
form-reason-expression = Ein Ausdruck, der nicht ausgewertet werden kann
form-reason-extension = Eine Erweiterung, die die Frage verändert und nicht unterstützt wird
form-reason-not-allowed-here = Etwas gehört nicht hierher
form-reason-answer-option = Die Möglichkeiten einer Auswahl sind nicht brauchbar
form-reason-enable-when-question = Eine Bedingung nennt eine Frage, die es nicht gibt
form-reason-enable-when-answer = Eine Bedingung passt nicht zu ihrer Frage
form-reason-enable-behavior = Mehrere Bedingungen, ohne zu sagen, wie sie zusammengehören
form-reason-enable-when-circular = Fragen hängen im Kreis voneinander ab
form-reason-circular = Ausdrücke hängen im Kreis voneinander ab
form-reason-limits = Die Grenzen einer Antwort sind nicht brauchbar
form-reason-initial = Die Antwort, mit der sie beginnt, würde nicht angenommen
form-reason-slider = Eine Skala ohne ihre beiden Enden
form-reason-required = Verlangt, aber niemand kann darauf antworten
form-reason-no-questions = Es gibt nichts zu beantworten
form-reason-launch-context = Er liest etwas, von dem dieses Gerät wenig oder nichts weiß
form-reason-draft = Ein Entwurf
form-reason-completed = Etwas wurde ergänzt
form-reason-pre-answered = Beantwortet, bevor der Patient es sieht
form-reason-language = Eine Sprache wird nicht angeboten
form-reason-plain-text = Als einfacher Text gezeigt
form-reason-unused = Nicht verwendet
form-reason-other = Ein anderer Befund

## Gerät

device-title = Gerät
certificate-used = { $percent } % der Laufzeit des Zertifikats sind um
certificate-do-good = Das Zertifikat ist gültig. Nichts zu tun.
certificate-do-warn = Das Zertifikat läuft bald ab. Bitten Sie den Studien-Support um ein neues.
certificate-do-bad = Das Zertifikat läuft in Kürze ab. Ohne ein neues kann nichts unterschrieben werden: Rufen Sie heute den Studien-Support an.
certificate-subject = Ausgestellt für
certificate-issuer = Ausgestellt von
certificate-thumbprint = Fingerabdruck
keystore = Schlüsselbund
keystore-ok = Offen
keystore-bad = Nicht offen
keystore-do-ok = Der Signaturschlüssel liegt in { $name }. Nichts zu tun.
keystore-do-bad = { $name } ist nicht offen. Entsperren Sie ihn vor der nächsten Unterschrift.
server = Server
server-ok = Erreichbar
server-bad = Nicht erreichbar
server-do-ok = Antworten werden gesendet, sobald sie unterschrieben sind. Nichts zu tun.
server-do-bad = Antworten bleiben sicher auf diesem Gerät und werden gesendet, sobald der Server wieder da ist. Prüfen Sie das Netz.
server-last = Letzte Antwort { $time }
server-never = Noch keine Antwort
clock = Uhr
clock-difference =
    { $seconds ->
        [0] Gleiche Zeit wie der Server
        [one] Eine Sekunde Abstand zum Server
       *[other] { $seconds } Sekunden Abstand zum Server
    }
clock-unknown = Noch nicht verglichen
clock-do-good = Die Uhr geht richtig. Nichts zu tun.
clock-do-apart = Stellen Sie die Uhr des Geräts. Schon unterschriebene Zeiten bleiben, wie sie sind.
clock-do-unknown = Die Uhr wird beim nächsten Kontakt mit dem Server verglichen.
this-device = Dieses Gerät
version = Version
data-folder = Daten
export-folder = Exporte

## Übungsleitung

trainer-title = Übungsleitung
trainer-what = Lassen Sie den Übungsserver Fehler machen und zeigen Sie, was das Gerät dann tut. Nur der Übungsserver kann das.
listener-open = Der Übungsserver ist an
listener-closed = Der Übungsserver ist aus
listener-open-what = Schalten Sie ihn aus, um zu zeigen, wie das Gerät offline arbeitet.
listener-closed-what = Antworten bleiben sicher auf diesem Gerät. Schalten Sie ihn an, und sie werden gesendet.
listener-close = Ausschalten
listener-reopen = Anschalten
faults = Was er falsch macht
fault-times = Für
fault-requests =
    { $count ->
        [one] die nächste Antwort
       *[other] die nächsten { $count } Antworten
    }
fault-active =
    { $count ->
        [one] Noch einmal
       *[other] Noch { $count } Mal
    }
fault-start = Auslösen
fault-start-named = Auslösen: { $fault }
fault-stop = Beenden
fault-stop-named = Beenden: { $fault }
fault-alterAnswer = Er ändert eine Antwort
fault-alterAnswer-what = Er speichert und zeigt eine andere Antwort als die unterschriebene.
fault-dropAnswer = Er lässt eine Antwort weg
fault-dropAnswer-what = Er speichert und zeigt alles ohne eine der Antworten.
fault-changeDecimalText = Er schreibt eine Zahl um
fault-changeDecimalText-what = Aus 72.50 wird 72.5: der gleiche Wert, aber nicht das Unterschriebene.
fault-noBody = Er antwortet ohne Inhalt
fault-noBody-what = Er speichert und zeigt nicht, was er gespeichert hat.
fault-status500 = Er versagt
fault-status500-what = Er antwortet mit einem eigenen Fehler (500).
fault-noAnswer = Er speichert und bricht ab
fault-noAnswer-what = Er speichert und schließt die Verbindung, bevor er antwortet.
fault-alterLeaf = Er ändert irgendein Element
fault-alterLeaf-what = Irgendwo in der Antwort, zufällig gewählt.
fault-other = Ein anderer Fehler
fault-other-what = Der Übungsserver weicht vom Standard ab.
requests = Anfragen an den Übungsserver
requests-none = Noch keine Anfragen.
request-no-answer = keine Antwort

## Angehalten

blocked-safe = Nichts wurde geschrieben und nichts ist verloren. Es wurde kein neuer Schlüssel erzeugt.
blocked-do = Was zu tun ist
blocked-details = Für den Support
blocked-keystore-missing-title = Der Schlüsselbund fehlt
blocked-keystore-missing-what = Dieses Gerät bewahrt seine Schlüssel im Schlüsselbund des Betriebssystems auf, und das System meldet, dass es keinen gibt.
blocked-keystore-missing-do = Melden Sie sich am Computer mit seinem eigenen Konto an und sorgen Sie dafür, dass der Schlüsselbund läuft (unter Linux ein Secret Service wie GNOME-Schlüsselbund oder KWallet). Versuchen Sie es dann erneut.
blocked-keystore-locked-title = Der Schlüsselbund ist gesperrt
blocked-keystore-locked-what = Die Schlüssel sind da, aber das Betriebssystem gibt sie nicht heraus, solange der Schlüsselbund gesperrt ist.
blocked-keystore-locked-do = Entsperren Sie den Schlüsselbund mit dem Passwort des Computerkontos. Versuchen Sie es dann erneut.
blocked-keystore-denied-title = Der Schlüsselbund hat uns abgewiesen
blocked-keystore-denied-what = Das Betriebssystem hat gefragt, ob Attesta seine Schlüssel benutzen darf, und die Antwort war Nein.
blocked-keystore-denied-do = Versuchen Sie es erneut und erlauben Sie es. Wurde niemand gefragt, muss die Verwaltung Attesta in den Einstellungen des Schlüsselbunds erlauben.
blocked-key-missing-title = Der Schlüssel zu den Daten fehlt
blocked-key-missing-what = Auf diesem Gerät sind Daten, aber der Schlüssel dazu ist nicht im Schlüsselbund. Vielleicht gehört er zu einem anderen Konto dieses Computers.
blocked-key-missing-do = Melden Sie sich am Computer mit dem Konto an, das vorher benutzt wurde. Gibt es das nicht mehr, löschen Sie nichts: Rufen Sie den Studien-Support an, der bei der Sicherung des Schlüsselbunds hilft.
blocked-data-locked-title = Attesta ist schon geöffnet
blocked-data-locked-what = Ein anderes Fenster von Attesta benutzt die Daten dieses Geräts. Das kann immer nur eines.
blocked-data-locked-do = Gehen Sie zum anderen Fenster, oder schließen Sie es und versuchen Sie es erneut.
blocked-database-damaged-title = Die Daten sind nicht lesbar
blocked-database-damaged-what = Die Datenbank öffnet sich mit ihrem Schlüssel, aber ihr Inhalt ist beschädigt. Er wurde nicht verändert.
blocked-database-damaged-do = Löschen Sie nichts und installieren Sie nicht neu. Rufen Sie den Studien-Support an: Er stellt die letzte Sicherung wieder her und vergleicht sie mit dem Server.
blocked-key-malformed-title = Der Schlüssel zu den Daten ist beschädigt
blocked-key-malformed-what = Im Schlüsselbund gibt es einen Eintrag für Attesta, aber er ist kein Schlüssel.
blocked-key-malformed-do = Löschen Sie nichts. Rufen Sie den Studien-Support an, der bei der Sicherung des Schlüsselbunds hilft.
blocked-key-wrong-title = Der Schlüssel passt nicht zu den Daten
blocked-key-wrong-what = Auf diesem Gerät sind Daten und im Schlüsselbund ein Schlüssel, aber er öffnet die Daten nicht.
blocked-key-wrong-do = Melden Sie sich am Computer mit dem Konto an, das vorher benutzt wurde. Hilft das nicht, löschen Sie nichts und rufen Sie den Studien-Support an.
blocked-keystore-not-read-back-title = Der Schlüsselbund bewahrt nichts auf
blocked-keystore-not-read-back-what = Ein neuer Schlüssel wurde hineingelegt und kam nicht zurück. Darum wurde er nicht benutzt.
blocked-keystore-not-read-back-do = Sorgen Sie dafür, dass der Schlüsselbund des Computerkontos gespeichert wird. Versuchen Sie es dann erneut.
blocked-keystore-failed-title = Der Schlüsselbund antwortet nicht
blocked-keystore-failed-what = Der Schlüsselbund des Betriebssystems meldete einen eigenen Fehler.
blocked-keystore-failed-do = Melden Sie sich am Computer ab und wieder an, dann versuchen Sie es erneut. Bleibt es so, rufen Sie den Studien-Support an.
blocked-database-newer-title = Dieses Attesta ist zu alt
blocked-database-newer-what = Die Daten auf diesem Gerät hat eine neuere Version von Attesta geschrieben.
blocked-database-newer-do = Starten Sie die neuere Version. Die Daten wurden nicht verändert.
blocked-disk-full-title = Der Speicher ist voll
blocked-disk-full-what = Es ist kein Platz mehr, um Antworten sicher aufzubewahren.
blocked-disk-full-do = Schaffen Sie Platz auf diesem Gerät. Versuchen Sie es dann erneut.
blocked-not-set-up-title = Dieses Gerät ist noch nicht eingerichtet
blocked-not-set-up-what = Attesta soll eine Studie öffnen, aber diesem Gerät wurde noch keine gegeben.
blocked-not-set-up-do = Wer dieses Gerät betreut, richtet es mit dem signierten Dokument der Studie ein: „attesta-desktop device set-up“. Zum Kennenlernen lässt sich Attesta im Übungsmodus starten: „attesta-desktop --practice“.
blocked-not-enrolled-title = Dieses Gerät hat noch kein Zertifikat
blocked-not-enrolled-what = Das Gerät ist für seine Studie eingerichtet, aber die Zertifizierungsstelle der Studie hat seinen Schlüssel noch nicht bestätigt. Darum könnte nichts unterschrieben werden.
blocked-not-enrolled-do = „attesta-desktop device request“ gibt den Antrag für die Zertifizierungsstelle aus, „attesta-desktop device enrol“ nimmt die Antwort entgegen. Versuchen Sie es dann erneut.
blocked-no-staff-title = Noch kann sich niemand anmelden
blocked-no-staff-what = Das Gerät ist für seine Studie eingerichtet, aber noch hat niemand vom Personal ein Konto darauf.
blocked-no-staff-do = „attesta-desktop device staff“ legt das erste Konto an. Versuchen Sie es dann erneut.
blocked-unreachable-title = Attesta ist nicht gestartet
blocked-unreachable-what = Die Bildschirme sind da, aber der Teil, der die Daten bewahrt, antwortet nicht.
blocked-unreachable-do = Versuchen Sie es erneut. Bleibt es so, schließen Sie Attesta und öffnen Sie es wieder.
blocked-other-title = Attesta kann nicht weiterarbeiten
blocked-other-what = Etwas auf diesem Gerät verhindert, dass Attesta sicher arbeitet. Darum hat es angehalten, bevor etwas geschah.
blocked-other-do = Versuchen Sie es erneut. Bleibt es so, rufen Sie den Studien-Support an und lesen Sie vor, was unter „Für den Support“ steht.

error-visit-unfinished = Bitte wählen Sie Teilnehmer und Fragebogen.
error-form-known = Genau diesen Fragebogen hat die Studie schon.
error-form-too-large = Die Datei ist größer als { $size }. Sie wurde nicht gelesen.
error-form-not-text = Die Datei ist kein Text in UTF-8, wie es FHIR-JSON ist. Nichts wurde hinzugefügt.
error-questionnaire-refused = Dieser Fragebogen ist nicht brauchbar. Nichts wurde hinzugefügt.
error-stale-revision = Das hat sich inzwischen geändert. Sehen Sie es noch einmal an und wiederholen Sie dann den Schritt.
error-pin-reset-unfinished = Bitte wählen Sie einen Teilnehmer und geben Sie eine Begründung.
error-reason-empty = Bitte geben Sie eine Begründung.
error-reason-missing = Bitte geben Sie eine Begründung.
error-reason-unusable = Die Begründung ist zu lang oder enthält Zeichen, die nicht gespeichert werden können. Bitte kürzer schreiben.
error-password-empty = Bitte tippen Sie Ihr Passwort.
error-wrong-password = Das Passwort stimmt nicht.
error-act-invalid = Das geht mit diesem Alarm jetzt nicht. Bitte sehen Sie ihn noch einmal an.
error-practice = Der Übungsserver hat es nicht getan. Bitte versuchen Sie es erneut.
error-file-exists = Eine Datei dieses Namens gibt es schon; nichts wurde überschrieben. Versuchen Sie es noch einmal.
error-ledger-missing = Die Studie nennt kein Register, deshalb kann kein Dokument exportiert werden. Das Datenmanagement der Studie kann eines in der Konfiguration nennen.
error-ledger-unavailable = Das Register antwortet gerade nicht. Es wurde nichts exportiert. Versuchen Sie es später noch einmal.
error-ledger-refused = Die Antwort des Registers stimmt nicht. Es wurde nichts exportiert. Sagen Sie es dem Support der Studie.
error-ledger-token-missing = Das Register verlangt ein Zugangstoken, und dieses Gerät hat keines dafür. Es wurde nichts exportiert. Sagen Sie es dem Support der Studie.
error-document-release = Dokumente brauchen FHIR R5, und diese Studie sendet R4. Es wurde nichts exportiert.
error-subject-release = Die Antworten eines Teilnehmers werden gemeinsam in FHIR R4 unterschrieben, und diese Studie sendet R5. Exportieren Sie die Akten einzeln. Es wurde nichts exportiert.

## Konten und Uhr
staff-accounts = Konten des Personals
account-is-locked = Gesperrt
account-is-open = Kann sich anmelden
unlock = Entsperren
unlock-title = Konto { $user } entsperren?
unlock-what = Das Konto wurde nach fünf falschen Versuchen gesperrt. Vergewissern Sie sich, dass die Person selbst Sie darum bittet. Ihr Name wird aufgezeichnet.
clock-behind = Dieses Gerät hat bereits zu einer späteren Zeit etwas aufgezeichnet ({ $day }, { $time }). Bis die Uhr stimmt, kann nichts unterschrieben werden. Antworten bleiben erhalten.
clock-accept = Die Uhr stimmt jetzt
clock-accept-title = Stimmt die Uhr jetzt?
clock-accept-what = Bestätigen Sie das nur, wenn die Uhr vorher vorging und richtig gestellt wurde. Was aufgezeichnet ist, bleibt unverändert und in seiner Reihenfolge. Ihr Name und Ihr Grund werden aufgezeichnet.
