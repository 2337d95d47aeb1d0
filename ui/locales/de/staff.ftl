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
role-siteStaff = Personal des Zentrums
role-inspector = Inspektion (nur lesen)
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
status-resting =
    { $count ->
        [one] Der Server bittet um Zeit bis { $time }. Eine Antwort liegt sicher auf diesem Gerät.
       *[other] Der Server bittet um Zeit bis { $time }. { $count } Antworten liegen sicher auf diesem Gerät.
    }
status-notFhir =
    { $count ->
        [one] Unter der Adresse des Servers antwortet etwas, aber kein FHIR-Server. Eine Antwort liegt sicher auf diesem Gerät. Sagen Sie es den Betreibern.
       *[other] Unter der Adresse des Servers antwortet etwas, aber kein FHIR-Server. { $count } Antworten liegen sicher auf diesem Gerät. Sagen Sie es den Betreibern.
    }
status-alerts =
    { $count ->
        [one] Ein Alarm braucht Sie: Der Server hat etwas anderes gespeichert, als unterschrieben wurde.
       *[other] { $count } Alarme brauchen Sie: Der Server hat etwas anderes gespeichert, als unterschrieben wurde.
    }
status-pause-unauthorised = Der Server lässt dieses Gerät nicht herein: Lassen Sie seinen Zugang eintragen.
status-pause-certificateExpired = Das Zertifikat dieses Geräts ist abgelaufen: Es braucht ein neues.
status-pause-certificateNotYetValid = Die Uhr dieses Geräts geht vor den Beginn seines Zertifikats zurück: Stellen Sie sie.
status-pause-certificateRevoked = Das Zertifikat dieses Geräts wurde gesperrt: Rufen Sie den Studien-Support an.
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
status-diskFull =
    { $count ->
        [0] Der Speicher ist voll: Dieses Gerät nimmt nichts Neues auf. Schaffen Sie Platz.
        [one] Der Speicher ist voll: Schaffen Sie Platz. Eine Antwort wartet, sicher auf diesem Gerät.
       *[other] Der Speicher ist voll: Schaffen Sie Platz. { $count } Antworten warten, sicher auf diesem Gerät.
    }
status-storage =
    { $count ->
        [0] Dieses Gerät konnte etwas nicht speichern. Starten Sie es neu.
        [one] Dieses Gerät konnte etwas nicht speichern: Starten Sie es neu. Eine Antwort wartet, sicher darauf.
       *[other] Dieses Gerät konnte etwas nicht speichern: Starten Sie es neu. { $count } Antworten warten, sicher darauf.
    }
status-checked = Geprüft { $time }
status-open-alerts = Alarme zeigen
status-open-outbox = Ausgang zeigen
status-open-device = Gerät zeigen
practice-fault-on = Der Übungsserver macht absichtlich einen Fehler: { $fault }.
practice-fault-open = Übungsleitung

## Listen

choose = Bitte wählen{"\u00A0"}…
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
outbox-foremost = Aufgeführt sind { $shown } von { $total }: was Sie braucht, was am längsten wartet und was am neuesten ist. Alle stehen auf der Seite „Akten“.
outbox-reports =
    { $count ->
        [one] Den Bericht über einen Alarm hat der Server nicht angenommen. Mit „Jetzt senden“ wird er noch einmal versucht.
       *[other] { $count } Berichte über Alarme hat der Server nicht angenommen. Mit „Jetzt senden“ werden sie noch einmal versucht.
    }
notices-title = Informieren Sie die Studienzentrale
notices-open =
    { $count ->
        [one] Ein Hinweis
       *[other] { $count } Hinweise
    }
notice-reportAltered = Den Bericht über einen Alarm hat der Server anders gespeichert, als er gesendet wurde.
notice-provenanceTwice = Den Nachweis einer Akte hat der Server mehr als einmal, weil eine Anfrage verspätet ankam. Die Akte ist durch den zuerst genannten nachgewiesen; die übrigen können auf dem Server gelöscht werden.
notices-confirm = Als gesehen bestätigen
notices-confirm-title = Ist die Studienzentrale informiert?
notices-confirm-what = Was Sie gesehen haben, wird dann nicht mehr angezeigt; was später kommt, schon. Ihr Name und Ihr Grund werden aufgezeichnet.
notices-hint = Zum Beispiel, wen Sie wann informiert haben.
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
to-server = An: { $server }
servers = Wohin die Antworten gehen
servers-what = Die Akte ist nachgewiesen, sobald nachgewiesen ist, dass jeder dieser Server sie gespeichert hat.
server-own = Der Server der Studie
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
problem-unknown-host = Der Name des Servers ist nicht bekannt. Prüfen Sie die Adresse im Dokument der Studie und den Namensdienst (DNS) im Netz dieses Geräts.
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
problem-not-fhir = Die Adresse hat es abgelehnt, ohne den Grund in FHIR zu nennen, wie ein Gateway vor dem Server. Es wird wieder versucht.
problem-compressed = Die Antwort des Servers war ungefragt komprimiert und wurde nicht gelesen.
problem-client-refused = Der Autorisierungsserver kennt die Registrierung dieses Geräts nicht oder hat sie widerrufen. Informieren Sie den Betreiber des Servers.
problem-token-refused = Der Autorisierungsserver hat diesem Gerät kein Zugriffstoken gegeben. Informieren Sie den Betreiber des Servers.
problem-token-unreachable = Der Autorisierungsserver ist nicht erreichbar, oder seine Antwort war nicht lesbar.
problem-credentials = Dieses Gerät hat noch keine Zugangsdaten für den Server. Ein Techniker muss sie hinterlegen.
problem-no-body = Der Server hat nicht gezeigt, was er gespeichert hat.
problem-no-version = Der Server hat nicht gesagt, welche Version er gespeichert hat.
problem-not-named = Der Server hat es angenommen, aber nicht gesagt, unter welchem Namen, und eine Suche findet es nicht.
problem-of-another = Die Antwort des Servers betraf einen anderen Datensatz: Unterwegs werden Antworten verwechselt, und eine Suche findet diesen nicht. Sagen Sie es den Betreibern des Netzes und senden Sie dann noch einmal.
problem-too-many = Der Server antwortet auf eine Suche mit mehr, als gemeint sein kann. Sagen Sie es den Betreibern.
problem-not-shown = Ob der Server es hat, lässt sich nicht herausfinden: Er weigert sich immer wieder zu sagen, was er hat, oder antwortet unlesbar. Sagen Sie es den Betreibern und senden Sie dann noch einmal: Bevor etwas gesendet wird, wird der Server noch einmal gefragt.
problem-too-large = Die Antwort des Servers war zu groß.
problem-malformed = Die Antwort des Servers war nicht lesbar.
problem-unauthorised = Der Server hat dieses Gerät nicht angenommen.
problem-certificate = Der Server muss zuerst den Nachweis des Zertifikats speichern.
problem-endpoint-unlisted = Die Studie nennt diesen Server nicht mehr. An ihn wird nichts gesendet.
problem-internal = Ein Fehler in Attesta selbst hat dies angehalten. Es wird erneut versucht; bitte melden.
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
alert-kind-missing = Bestätigt, aber nicht gespeichert
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
alert-lead-missing = Der Server hat bestätigt, dass er dies gespeichert hat, und hat es nicht. Das unterschriebene Original liegt sicher auf diesem Gerät: Senden Sie es noch einmal, und sagen Sie es den Betreibern des Servers.
alert-said = Was der Server gesagt hat
alert-found = Was der Server gespeichert hat
alert-against = Was dagegen spricht
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
act-sendAgain-what-unkept = Das unterschriebene Original geht noch einmal an den Server. Niemand unterschreibt neu. Nimmt der Server es an und bewahrt es unverändert, wird der Nachweis signiert und der Alarm geschlossen; wenn nicht, bleibt er offen.
act-accept-title = Annehmen, dass der Server etwas anderes hat?
act-accept-title-unkept = Annehmen, dass es keinen Nachweis gibt?
act-accept-what = Die Akte wird als „abweichend“ geschlossen. Einen Nachweis dafür gibt es nicht, auch später nicht. Das unterschriebene Original bleibt auf diesem Gerät und in jedem Export.
act-accept-what-unkept = Die Akte wird ohne Nachweis geschlossen, und auch später gibt es keinen. Das unterschriebene Original bleibt auf diesem Gerät und in jedem Export.
act-escalate-title = Diesen Alarm weitergeben?
act-escalate-what = Die Sache geht mit Ihrer Begründung an das Datenmanagement des Sponsors, und die Akte wird ohne Nachweis geschlossen. Auf dem Server wird nichts geändert. Das unterschriebene Original bleibt auf diesem Gerät und in jedem Export.
act-note = Ihre Entscheidung wird mit Ihrem Namen, der Zeit und der Begründung festgehalten.
act-not-yours = Mit Ihrer Rolle können Sie Alarme ansehen, aber nicht darüber entscheiden. Bitte wenden Sie sich an die Studienkoordination.
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
records-more = Mehr anzeigen
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
moment-noticed = Hinweis: Der Server hat etwas anders, als es sein soll
moment-confirmed = Hinweis vom Personal bestätigt
moment-exported = Exportiert
moment-reported = Prüfbericht gespeichert
moment-documented = Als Dokument exportiert
moment-takenOver = Von einem anderen Gerät übernommen
answers = Antworten
certificate = Zertifikat
certificate-ends = Läuft am { $until } ab

## Von der Studie zugewiesen

due-title = An diesem Zentrum fällig
due-as-of = Stand: { $time }
due-ask = Server fragen
due-asking = Wird gefragt{"\u00A0"}…
due-until = bis { $day }
due-from = ab { $day }
due-any-time = jederzeit
due-overdue = Überfällig
due-start = Beginnen
due-start-for = Besuch von { $participant } beginnen: { $questionnaire }
due-none = Nichts ist fällig. Sie können trotzdem selbst einen Besuch beginnen.
due-kept = Zu sehen ist, was vorher bekannt war.
due-told-later = Es wird von selbst erneut gemeldet; die Antworten sind sicher und gehen ihren eigenen Weg.
due-told-never = Dem Server wird nichts weiter gemeldet; die Antworten sind sicher und gehen ihren eigenen Weg.
due-refused =
    { $count ->
        [one] Eine Aufgabe des Servers kann nicht angenommen werden
       *[other] { $count } Aufgaben des Servers können nicht angenommen werden
    }
assigned-problem-unauthorised = Der Server lässt dieses Gerät seine Aufgaben, oder was sie brauchen, nicht sehen. Lassen Sie den Zugang eintragen.
assigned-problem-not-served = Der Server führt keine Aufgaben, oder kann nicht suchen, was sie brauchen.
assigned-problem-status = Der Server hat mit einem Fehler geantwortet.
assigned-problem-too-many = Der Server hat mehr Aufgaben, als ein Zentrum haben kann. Sagen Sie es den Betreibern.
assigned-problem-task-gone = Der Server hat die Aufgabe nicht mehr.
assigned-problem-task-conflict = Die Aufgabe wird gerade von anderen geändert.
assigned-problem-task-withdrawn = Der Server hat die Aufgabe inzwischen zurückgezogen.
assigned-problem-task-completed-elsewhere = Die Aufgabe wurde inzwischen mit anderen Antworten abgeschlossen.
refused-task-malformed = Die Aufgabe sagt nicht so, wie SDC es vorschreibt, was zu beantworten ist.
refused-task-modifier = Die Aufgabe hat einen Teil, der ihren Sinn ändert und hier nicht bekannt ist.
refused-task-unsigned = Die Aufgabe ist nicht so signiert, wie die Studie es verlangt.
refused-participant-missing = Die Aufgabe sagt nicht, für wen sie ist.
refused-participant-elsewhere = Die Aufgabe ist für jemanden, den ein anderer Server führt.
refused-participant-unknown = Die Aufgabe ist für jemanden, der auf diesem Gerät nicht teilnimmt.
refused-participant-not-given = Der Server gibt diesem Gerät die Patientin oder den Patienten der Aufgabe nicht. Lassen Sie es vom Betreiber des Servers erlauben; es wird wieder versucht.
refused-participant-number = Der Patient der Aufgabe hat keine Teilnehmernummer, oder mehrere.
refused-participant-mismatch = Die Teilnehmernummer des Patienten gehört auf diesem Gerät zu einem anderen Patienten.
refused-questionnaire-missing = Der Server hat den Fragebogen nicht.
refused-questionnaire-not-given = Der Server gibt diesem Gerät den Fragebogen der Aufgabe nicht. Lassen Sie es vom Betreiber des Servers erlauben; es wird wieder versucht.
refused-questionnaire-several = Der Server hat mehrere Fassungen des Fragebogens, und die Aufgabe sagt nicht, welche gilt.
refused-questionnaire-version = Die Aufgabe verlangt eine andere Fassung des Fragebogens als die hier benutzte.
refused-questionnaire-refused = Der Fragebogen kann nicht benutzt werden.
refused-questionnaire-unlisted = Die Studie führt den Fragebogen nicht auf.
refused-questionnaire-withdrawn = Der Fragebogen wurde auf diesem Gerät zurückgezogen oder ersetzt.
refused-value-set-not-given = Weder ein Terminologieserver der Studie noch ihr eigener Server gibt eine Antwortliste, die der Fragebogen braucht. Lassen Sie es von deren Betreiber ansehen; es wird wieder versucht.
refused-request-missing = Der Auftrag zur Aufgabe ist nicht auf dem Server.
refused-request-not-given = Der Server gibt diesem Gerät den Auftrag zur Aufgabe nicht. Lassen Sie es vom Betreiber des Servers erlauben; es wird wieder versucht.
refused-request-elsewhere = Der Auftrag zur Aufgabe ist auf einem anderen Server.
refused-request-inactive = Der Auftrag zur Aufgabe ist nicht aktiv.
refused-request-mismatch = Der Auftrag zur Aufgabe betrifft einen anderen Patienten.
refused-request-several = Der Auftrag verlangt mehrere Fragebögen in einer Aufgabe.
refused-endpoint-elsewhere = Die Antworten sollen an einen Server gehen, den die Studie nicht nennt. Das wird nicht getan.
refused-endpoint-operation = Die Antworten sollen durch eine Operation gehen, die nichts zum Vergleichen behält. Das wird nicht getan.
refused-other = Sie wird nicht angenommen ({ $reason }).

## Fragebögen

questionnaires-title = Fragebögen
questionnaires-empty-title = Noch keine Fragebögen
questionnaires-empty-what = Fügen Sie einen Fragebogen aus einer Datei hinzu (FHIR-JSON oder -XML). Sie sehen, was Attesta damit anfangen kann, bevor etwas hinzugefügt wird.
form-add = Aus Datei hinzufügen
form-checking = Wird geprüft{"\u00A0"}…
form-drop = Datei hier ablegen: Sie wird geprüft, hinzugefügt wird noch nichts
form-drop-hint = Eine Datei kann auch auf dieser Seite abgelegt werden, bis { $size }.
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
form-value-sets = Wertelisten von Servern
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
form-notes =
    { $count ->
        [one] Wissenswert: ein Hinweis
       *[other] Wissenswert: { $count } Hinweise
    }
form-notes-what = Das wird so verwendet, wie es dasteht.
form-supported =
    { $count ->
        [one] Verstanden: eine Erweiterung
       *[other] Verstanden: { $count } Erweiterungen
    }
form-read-as-bytes =
    { $count ->
        [one] gelesen als ein Byte
       *[other] gelesen als { $count } Bytes
    }
form-item = Punkt { $item }
form-more =
    { $count ->
        [one] und eine weitere Zeile
       *[other] und { $count } weitere Zeilen
    }
form-reason-not-json = Die Datei ist kein lesbares JSON
form-reason-not-xml = Die Datei ist kein lesbares FHIR-XML
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
blocked-disk-full-do = Schaffen Sie Platz auf diesem Gerät. Versuchen Sie es dann erneut. Lässt sich kein Platz schaffen, kann eine Administratorin oder ein Administrator trotzdem auf einen anderen Datenträger sichern, was noch nicht übertragen ist: attesta-desktop device export.
blocked-unreachable-title = Attesta ist nicht gestartet
blocked-unreachable-what = Die Bildschirme sind da, aber der Teil, der die Daten bewahrt, antwortet nicht.
blocked-unreachable-do = Versuchen Sie es erneut. Bleibt es so, schließen Sie Attesta und öffnen Sie es wieder.
blocked-other-title = Attesta kann nicht weiterarbeiten
blocked-other-what = Etwas auf diesem Gerät verhindert, dass Attesta sicher arbeitet. Darum hat es angehalten, bevor etwas geschah.
blocked-other-do = Versuchen Sie es erneut. Bleibt es so, rufen Sie den Studien-Support an und lesen Sie vor, was unter „Für den Support“ steht.

error-visit-unfinished = Bitte wählen Sie Teilnehmer und Fragebogen.
error-form-known = Genau diesen Fragebogen hat die Studie schon.
error-outside-period = Die Studie beginnt Besuche mit diesem Fragebogen an anderen Tagen. Wählen Sie einen anderen, oder fragen Sie die Leitung der Studie.
error-form-too-large = Die Datei ist größer als { $size }. Sie wurde nicht gelesen.
error-form-not-text = Die Datei ist kein Text in UTF-8, wie es FHIR-JSON oder -XML ist. Nichts wurde hinzugefügt.
error-form-one-file = Bitte legen Sie nur eine Datei ab. Nichts wurde gelesen.
error-questionnaire-refused = Dieser Fragebogen ist nicht brauchbar. Nichts wurde hinzugefügt.
error-stale-revision = Das hat sich inzwischen geändert. Sehen Sie es noch einmal an und wiederholen Sie dann den Schritt.
error-pin-reset-unfinished = Bitte wählen Sie einen Teilnehmer und geben Sie eine Begründung.
error-reason-empty = Bitte geben Sie eine Begründung.
error-question-elsewhere = Die Fragen dieses Fragebogens kommen von einem anderen Server als dem der Studie, und der darf keine Antworten sehen. Bitten Sie das Studienteam um die studieneigene Fassung des Fragebogens und beginnen Sie den Besuch damit.
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

## Connection check

connection-title = Verbindungsprüfung
connection-what = Probiert alles aus, was eine Übertragung braucht, und sagt, was zu beheben ist. Der Server behält höchstens einige kleine Testeinträge dieses Geräts, als Testdaten gekennzeichnet.
connection-check = Verbindung prüfen
connection-again = Noch einmal prüfen
connection-busy = Wird geprüft{"\u00A0"}… seit { $seconds } Sekunden
connection-good = Alles in Ordnung: Antworten können übertragen werden.
connection-bad =
    { $count ->
        [one] Eine Sache muss behoben werden.
       *[other] { $count } Dinge müssen behoben werden.
    }
connection-passed = in Ordnung
connection-failed = nicht in Ordnung
connection-noticed = geht, mit Hinweis
connection-notTried = nicht geprüft, weil zuerst etwas davor behoben werden muss
connection-notNeeded = nicht verschlüsselt, und das muss sie nicht sein: Der Server ist auf diesem Computer
connection-notNeeded-assignments = nicht nötig: die Studie verteilt nichts durch Aufgaben
connection-line-reached = Der Server antwortet
connection-line-secure = Die Verbindung ist sicher
connection-line-authentication = Der Server lässt dieses Gerät ein
connection-line-capability = FHIR-Version und Format passen zur Studie
connection-line-clock = Gerät und Server haben dieselbe Zeit
connection-line-representation = Der Server zeigt, was er gespeichert hat
connection-line-conditionalCreate = Zweimal gesendet wird einmal gespeichert
connection-line-provenanceTarget = Der Nachweis behält die Version der Antwort
connection-line-readBack = Was angelegt wurde, lässt sich zurücklesen
connection-line-certificate = Der Server bewahrt das Zertifikat dieses Geräts
connection-line-reports = Der Server nimmt Berichte über Alarme an
connection-line-assignments = Der Server gibt diesem Gerät Aufgaben
connection-fix-unknown-host = Es ist kein Server mit dem Namen { $value } bekannt. Prüfen Sie die Adresse im Dokument der Studie und den Namensdienst (DNS) im Netz dieses Geräts.
connection-fix-refused = Der Rechner antwortet, aber unter { $value } nimmt nichts Verbindungen an. Prüfen Sie den Port in der Adresse der Studie, oder ob der Server läuft.
connection-fix-proxy-unknown = Der Name { $value } des Proxys ist nicht bekannt. Prüfen Sie die Adresse des Proxys in den Einstellungen und den Namensdienst (DNS) im Netz dieses Geräts.
connection-fix-proxy-closed = Unter der Adresse { $value } des Proxys nimmt nichts Verbindungen an. Prüfen Sie Adresse und Port des Proxys in den Einstellungen, oder ob der Proxy läuft.
connection-fix-not-registered = Der Server kennt die Zugangsdaten dieses Geräts nicht. Lassen Sie sie vom Betreiber des Servers eintragen.
connection-fix-search-forbidden = Dieses Gerät darf nicht nach Antworten suchen. Lassen Sie es vom Betreiber des Servers erlauben.
connection-fix-search-unsupported = Der Server findet eine Antwort nicht über ihre Kennung (HTTP-Status { $value }). Lassen Sie diese Suche vom Betreiber des Servers einschalten.
connection-fix-no-capability-statement = Der Server sagt nicht, was er kann. Prüfen Sie, ob die Adresse die des FHIR-Servers ist.
connection-fix-other-release = Der Server spricht eine andere FHIR-Version ({ $value }) als die Studie. Lassen Sie Adresse oder Version in der Studie berichtigen.
connection-fix-other-format = Der Server spricht kein { $value }. Lassen Sie in der Studie das andere Format wählen.
connection-fix-clock-behind = Die Uhr dieses Geräts geht gegenüber dem Server { $value } Sekunden nach. Stellen Sie die falsche Uhr.
connection-fix-clock-ahead = Die Uhr dieses Geräts geht gegenüber dem Server { $value } Sekunden vor. Stellen Sie die falsche Uhr.
connection-fix-create-refused = Der Server nimmt von diesem Gerät keinen Eintrag an (HTTP-Status { $value }). Lassen Sie es vom Betreiber des Servers erlauben.
connection-fix-reference-missing = Dem Server fehlt, worauf der Testeintrag verweist (HTTP-Status { $value }). Lassen Sie es auf dem Server anlegen: meist die Device-Ressource dieses Geräts und die Patient-Ressource jeder teilnehmenden Person.
connection-fix-create-not-accepted = Der Server nimmt den Testeintrag nicht an (HTTP-Status { $value }). Sagen Sie diese Worte dem Betreiber des Servers. Fehlt ihm etwas, worauf der Eintrag verweist, muss es auf dem Server angelegt werden.
connection-fix-create-failed = Der Server ist am Testeintrag gescheitert (HTTP-Status { $value }). Sagen Sie es dem Betreiber des Servers, und prüfen Sie noch einmal.
connection-fix-no-representation = Der Server zeigt nicht, was er bewahrt, wenn er einen Eintrag annimmt. Die Übermittlung geht trotzdem, nur langsamer: mit einer Anfrage mehr für jeden Eintrag.
connection-fix-no-version = Der Server sagt nicht, welche Version er gespeichert hat. Lassen Sie vom Betreiber des Servers Versionen einschalten.
connection-fix-no-conditional-create = Der Server hat denselben Eintrag ein zweites Mal gespeichert oder ihn abgelehnt (HTTP-Status { $value }). Lassen Sie vom Betreiber des Servers bedingtes Anlegen (If-None-Exist) einschalten: Antworten könnten doppelt gespeichert werden.
connection-fix-overwrites = Der Server überschreibt, was schon da ist. Lassen Sie vom Betreiber des Servers If-None-Match einschalten oder in der Studie das Anlegen mit POST wählen.
connection-fix-version-stripped = Der Server entfernt die Version aus dem, worauf sich ein Nachweis bezieht. Lassen Sie vom Betreiber des Servers Versionen in Verweisen behalten oder es in der Studie zulassen.
connection-fix-read-forbidden = Der Server lässt dieses Gerät nicht lesen, was es angelegt hat ({ $value }). Lassen Sie vom Betreiber des Servers erlauben, dass dieses Gerät liest, was es angelegt hat.
connection-fix-not-shown = Der Server zeigt nicht, was dieses Gerät angelegt hat ({ $value }). Lassen Sie vom Betreiber des Servers erlauben, dass dieses Gerät liest, was es angelegt hat.
connection-fix-read-failed = Der Server ist beim Lesen des Testeintrags gescheitert ({ $value }). Sagen Sie es dem Betreiber des Servers, und prüfen Sie noch einmal.
connection-fix-shown-otherwise = Der Server zeigt den Testeintrag anders, als er geantwortet hat ({ $value }). Sagen Sie es dem Betreiber des Servers: Etwas vor dem Server antwortet vielleicht an seiner Stelle oder verändert, was er bewahrt.
connection-fix-no-vread = Der Server zeigt keine früheren Versionen ({ $value }). Die Übermittlung geht trotzdem, nur langsamer, und solange niemand einen Eintrag auf dem Server ändert, bevor dieses Gerät ihn gelesen hat.
connection-fix-document-forbidden = Der Server lässt dieses Gerät keine DocumentReference anlegen und finden. Lassen Sie vom Betreiber des Servers erlauben, dass dieses Gerät DocumentReference anlegt: So wird sein Zertifikat bewahrt, bevor etwas nachgewiesen wird.
connection-fix-document-unsupported = Der Server findet eine DocumentReference nicht über ihre Kennung (HTTP-Status { $value }). Lassen Sie das vom Betreiber des Servers einschalten: So wird das Zertifikat dieses Geräts bewahrt.
connection-fix-reports-search-forbidden = Dieses Gerät darf nicht nach AuditEvents suchen; darum wurde kein Testbericht angelegt. Die Übermittlung geht; Berichte über Alarme erreichen den Server vielleicht nicht. Lassen Sie vom Betreiber des Servers erlauben, dass dieses Gerät AuditEvent anlegt und danach sucht.
connection-fix-reports-unsupported = Der Server findet AuditEvents nicht über ihr Datum; darum wurde kein Testbericht angelegt. Die Übermittlung geht; Berichte über Alarme erreichen den Server vielleicht nicht.
connection-fix-reports-refused = Der Server nimmt von diesem Gerät keinen Bericht über einen Alarm an (HTTP-Status { $value }). Die Übermittlung geht; Berichte über Alarme erreichen den Server nicht.
connection-fix-reports-not-found = Der Server hat einen Testbericht angenommen und findet ihn nicht über sein Datum. Die Übermittlung geht; ein Bericht über einen Alarm kann dort zweimal stehen.
connection-fix-assignments-forbidden = Der Server lässt dieses Gerät nicht suchen nach: { $value }. Lassen Sie es vom Betreiber des Servers erlauben, mit den Scopes für Aufgaben.
connection-fix-assignments-unsupported = Auf dem Server kann nicht gesucht werden nach: { $value }. Lassen Sie es vom Betreiber des Servers einschalten, oder lassen Sie Aufgaben aus der Studie nehmen.

record-undecided =
    { $count ->
        [one] Eine Frage wurde nicht gestellt, weil ihre Bedingung kein Ergebnis hatte
       *[other] { $count } Fragen wurden nicht gestellt, weil ihre Bedingungen kein Ergebnis hatten
    }
record-undecided-what = Das ist ein Fehler des Fragebogens, nicht der teilnehmenden Person. Was unterschrieben wurde, ist so vollständig, wie es gezeigt wurde. Sagen Sie es denen, die den Fragebogen gemacht haben; dies sind die Stellen:

## Ein Gerät, das ausfällt
emergency-title = Wenn dieses Gerät ausfällt
emergency-offer = Ein anderes Gerät der Studie kann übernehmen, was dieses noch nicht zugestellt hat. Im Alltag brauchen Sie das nicht.
emergency-begin = Exportieren oder übernehmen{"\u00A0"}…
emergency-what = Antworten, die hier unterschrieben und noch nicht zugestellt sind, gehen in einer verschlüsselten Datei an ein anderes Gerät der Studie. Dieses stellt sie zu. Hier wird nichts gelöscht, und das Gerät arbeitet weiter.
emergency-export-title = Von diesem Gerät exportieren
emergency-export-what = Die Datei enthält jede Antwort, die noch nicht zugestellt und nachgewiesen ist, und das Protokoll (Audit-Trail) dieses Geräts.
emergency-folder = Die Datei kommt nach
emergency-folder-choose = Ordner wählen{"\u00A0"}…
emergency-for-office = Die Datei wird für die Studienzentrale verschlüsselt. Niemand sonst kann sie öffnen, und Sie brauchen keine Passphrase.
emergency-passphrase-new = Passphrase für die Datei
emergency-passphrase-hint = Mindestens 16 Zeichen: vier oder fünf Wörter, die nicht zusammengehören. Ohne sie kann niemand die Datei öffnen.
emergency-passphrase-again = Die Passphrase noch einmal
emergency-with-drafts = Auch Besuche, die noch nicht beendet sind
emergency-export = Exportieren{"\u00A0"}…
emergency-export-confirm = Exportieren, was noch aussteht?
emergency-export-confirm-what = Eine neue Datei wird nach { $folder } geschrieben. Ihr Name und Ihre Begründung werden festgehalten.
emergency-export-now = Exportieren
emergency-exported = Exportiert. Antworten: { $records }. Unbeendete Besuche: { $drafts }.
emergency-unrecorded = Der Speicher dieses Geräts nimmt nichts mehr auf, deshalb fehlt dieser Export in seinem Protokoll. Die Datei sagt das, und das übernehmende Gerät hält es fest.
emergency-next-office = Was nun zu tun ist: Senden Sie die Datei an die Studienzentrale. Diese macht daraus eine Datei mit Passphrase, die ein anderes Gerät der Studie übernehmen kann.
emergency-next-passphrase = Was nun zu tun ist: Bringen Sie die Datei zu einem anderen Gerät der Studie und übernehmen Sie sie dort. Teilen Sie die Passphrase auf einem anderen Weg mit als die Datei.
emergency-next-keep = Bewahren Sie dieses Gerät auf, bis das andere alles zugestellt hat.
emergency-import-title = Auf dieses Gerät übernehmen
emergency-import-what = Die Datei eines anderen Geräts wird zuerst als Ganzes geprüft. Sie sehen, was darin ist, bevor etwas übernommen wird.
emergency-file-choose = Datei wählen{"\u00A0"}…
emergency-file = Gewählte Datei
emergency-passphrase = Passphrase der Datei
emergency-passphrase-from = Sie kennt, wer die Datei gemacht hat, oder die Studienzentrale.
emergency-open = Inhalt ansehen
emergency-opening = Wird geprüft{"\u00A0"}…
emergency-device = Vom Gerät
emergency-site = Zentrum
emergency-study = Studie
emergency-made = Erstellt
emergency-records = Antworten
emergency-count = { $count }, davon schon hier: { $known }
emergency-drafts = Unbeendete Besuche
emergency-done = Dort schon zugestellt
emergency-unrecorded-there = Der Speicher jenes Geräts nahm nichts mehr auf: Dieser Export fehlt in seinem Protokoll. Hier wird das festgehalten.
emergency-own = Diese Datei stammt von genau diesem Gerät. Es gibt nichts zu übernehmen.
emergency-nothing = Alles in dieser Datei ist schon hier. Es gibt nichts zu übernehmen.
emergency-import = Übernehmen
emergency-import-confirm = Von { $device } übernehmen?
emergency-import-confirm-what = Dieses Gerät stellt die Antworten dann zu und weist sie mit seiner eigenen Signatur nach. Die Unterschriften der Patienten bleiben, wie sie sind. Ihr Name und Ihre Begründung werden festgehalten.
emergency-taken = Von { $device } übernommen. Antworten: { $records }. Unbeendete Besuche: { $drafts }. Sie werden jetzt zugestellt; der Ausgang zeigt, wie weit sie sind.
error-emergency-passphrase-short = Die Passphrase braucht mindestens 16 Zeichen. Wählen Sie eine längere.
error-emergency-passphrases-differ = Die beiden Passphrasen sind nicht gleich. Tippen Sie sie noch einmal.
error-emergency-passphrase-needed = Diese Datei ist mit einer Passphrase verschlüsselt. Tippen Sie die, die beim Erstellen gewählt wurde.
error-emergency-passphrase-wrong = Die Passphrase stimmt nicht, oder der Anfang der Datei wurde verändert. Nichts wurde geändert. Tippen Sie sie noch einmal; hilft das nicht, holen Sie die Datei neu.
error-emergency-recovery-key-needed = Diese Datei ist allein für die Studienzentrale. Senden Sie sie dorthin: Die Zentrale macht daraus eine Datei mit Passphrase.
error-emergency-recovery-key = Der Wiederherstellungsschlüssel der Studie ist nicht brauchbar. Nichts wurde geändert. Fragen Sie die Studienzentrale.
error-emergency-malformed = Das ist kein vollständiger Notfallexport. Nichts wurde geändert. Holen Sie die Datei noch einmal von dort, wo sie erstellt wurde.
error-emergency-altered = Die Datei wurde nach dem Erstellen verändert oder abgeschnitten. Nichts wurde geändert. Holen Sie sie noch einmal von dort, wo sie erstellt wurde.
error-emergency-newer = Die Datei stammt von einer neueren Version von Attesta. Nichts wurde geändert. Installieren Sie hier die neueste Version.
error-emergency-other-study = Die Datei gehört zu einer anderen Studie oder einem anderen Server. Nichts wurde geändert. Bringen Sie sie zu einem Gerät jener Studie.
error-emergency-study-older = Die Datei entstand unter einer neueren Fassung des Studiendokuments. Nichts wurde geändert. Laden Sie zuerst dieses Dokument hier.
error-emergency-signature = Die Datei ist nicht von einem Gerät dieser Studie signiert. Nichts wurde geändert. Fragen Sie die Studienzentrale.
error-emergency-record = Eine Antwort in der Datei ist nicht so, wie sie unterschrieben wurde. Nichts wurde geändert. Fragen Sie die Studienzentrale.
error-emergency-trail = Das Protokoll in der Datei ist nicht vollständig. Nichts wurde geändert. Fragen Sie die Studienzentrale.
error-emergency-contradiction = Die Datei widerspricht dem, was dieses Gerät hat. Nichts wurde geändert. Fragen Sie die Studienzentrale.
error-emergency-too-large = Es ist mehr, als eine Datei fassen darf. Lassen Sie unbeendete Besuche weg, oder lassen Sie das Gerät erst zustellen, was geht.
