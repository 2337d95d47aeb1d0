# Die Bildschirme der Patienten: kurze Wörter, ein Gedanke je Satz.

back = Zurück
next = Weiter
begin = Beginnen
progress = Wie weit Sie sind
more-below = Weiter unten geht es weiter
progress-count = { $position } von { $total }
progress-count-open = Frage { $position }
staff-take-over = Für das Personal

language-title = Wählen Sie Ihre Sprache

instructions-count =
    { $count ->
        [0] Die Fragen kommen eine nach der anderen. Wie viele es sind, hängt von Ihren Antworten ab.
        [one] Es gibt eine Frage.
       *[other] Es gibt { $count } Fragen, immer eine auf einmal.
    }
instructions-time = Es gibt keine richtigen oder falschen Antworten. Nehmen Sie sich Zeit.
instructions-change = Sie können zurückgehen und Antworten ändern, bis Sie unterschreiben.
instructions-sign = Am Ende prüfen Sie Ihre Antworten und unterschreiben sie.

skip = Das möchte ich nicht beantworten
skipped-already = Absichtlich nicht beantwortet
skip-title = Diese Frage nicht beantworten?
skip-what = Das ist in Ordnung. Wir halten fest, dass Sie sie absichtlich ausgelassen haben. Sie können sie später noch beantworten, bevor Sie unterschreiben.
skip-confirm = Auslassen
skip-cancel = Beantworten

range-between = Von { $min } bis { $max }
range-from = { $min } oder mehr
range-to = Bis { $max }
date-day = Tag
date-month = Monat
date-year = Jahr
date-today = Heute
letters-left =
    { $over ->
        [0]
            { $left ->
                [one] Platz für noch ein Zeichen
               *[other] Platz für noch { $left } Zeichen
            }
        [one] Ein Zeichen zu viel
       *[other] { $over } Zeichen zu viel
    }
choice-own = Etwas anderes, in Ihren eigenen Worten
instance-add = Weitere Angabe hinzufügen
instance-remove = Entfernen
answer-more = Weitere Antwort hinzufügen
unit = Einheit
scale-untouched = Noch nichts markiert
scale-less = Etwas weniger
scale-more = Etwas mehr
scale-clear = Löschen
spin-empty = Noch nichts eingegeben
spin-less = Um { $step } weniger
spin-more = Um { $step } mehr
several-any = Sie können mehrere wählen.
several-most = Wählen Sie höchstens { $max }.
several-place = Antwort { $place }
tabs = Abschnitte
tab-place = Abschnitt { $place }
tab-open = hat noch offene Fragen
tab-complete = alles beantwortet
fold-unnamed = Mehr
fold-missing =
    { $count ->
        [one] 1 offene Frage
       *[other] { $count } offene Fragen
    }
row-place = Eintrag { $place }
open-required =
    { $count ->
        [one] Eine Frage braucht noch eine Antwort:
       *[other] { $count } Fragen brauchen noch eine Antwort:
    }
skip-several-title =
    { $count ->
        [one] Diese Frage nicht beantworten?
       *[other] { $count } Fragen nicht beantworten?
    }
skip-several-what =
    { $count ->
        [one] Das ist in Ordnung. Wir halten fest, dass Sie sie absichtlich ausgelassen haben. Sie können sie später noch beantworten, bevor Sie unterschreiben.
       *[other] Das ist in Ordnung. Wir halten fest, dass Sie sie absichtlich ausgelassen haben. Sie können sie später noch beantworten, bevor Sie unterschreiben.
    }
skip-several-cancel = Beantworten
several-remove = Antwort { $place } entfernen
note-instructions = Anleitung:
note-security = Zum Datenschutz:
note-legal = Rechtlicher Hinweis:
medium-failed = Dieses Bild oder diese Aufnahme kann hier nicht gezeigt werden.
medium-enlarge = Bild vergrößern
medium-enlarged = Das Bild, vergrößert
medium-play = Abspielen
medium-pause = Anhalten
picker-choose = Zum Auswählen tippen
picker-search = Suchen
picker-found =
    { $count ->
        [0] Nichts gefunden. Bitte versuchen Sie es mit weniger Buchstaben.
        [one] Eines gefunden
       *[other] { $count } gefunden
    }
picker-more = { $shown } von { $total } sind zu sehen. Tippen Sie weitere Buchstaben, um Ihre Antwort zu finden.
date-may-month = Den Tag können Sie leer lassen, wenn Sie ihn nicht wissen.
date-may-year = Tag und Monat können Sie leer lassen, wenn Sie sie nicht wissen.
date-time-may = Die Uhrzeit können Sie leer lassen, wenn Sie sie nicht wissen.
time-hour = Stunde
time-minute = Minute
time-now = Jetzt
time-what = Von 00:00 bis 23:59. Nachmittags wird weitergezählt: 3 Uhr ist 15:00.
range-time-from = Ab { $min }
unit-other = Andere Einheit
unit-own = Die Einheit, in Ihren eigenen Worten
file-photo = Foto aufnehmen
camera-take = Foto machen
camera-use = Dieses Foto nehmen
camera-again = Noch einmal aufnehmen
camera-taken = Das Foto, das Sie aufgenommen haben
file-choose = Datei wählen
file-limit = Höchstens { $size }.
file-picture = Das Bild, das Sie gewählt haben
file-unnamed = Datei ohne Namen
file-remove = Entfernen
file-remove-named = { $name } entfernen
instance-change = { $what } ändern
instance-remove-named = { $what } entfernen
instance-remove-title = Diesen Eintrag entfernen?
instance-remove-what = Alles, was Sie darin beantwortet haben, wird entfernt.

ahead-title = Einen Moment
ahead-what = Ihre nächste Frage ist unterwegs.
ahead-long = Es dauert etwas länger. Ihre bisherigen Antworten sind gespeichert.
ahead-failed-title = Die nächste Frage ist nicht gekommen
ahead-failed-line = Die Verbindung ist im Moment schlecht. Ihre bisherigen Antworten sind auf diesem Tablet gespeichert.
ahead-failed-other = Dort, wo die Fragen herkommen, stimmt etwas nicht. Ihre bisherigen Antworten sind auf diesem Tablet gespeichert. Bitte sagen Sie dem Personal Bescheid.
ahead-again = Noch einmal versuchen
ahead-staff = Das Tablet dem Personal geben
reopen-title = Diese Antwort ändern?
reopen-what = Die Fragen danach wurden nach Ihren Antworten ausgewählt. Wenn Sie diese Antwort ändern, fallen sie weg und werden neu ausgewählt.
reopen-confirm = Ändern
reopen-cancel = So lassen

step-review = Prüfen
review-title = Prüfen Sie Ihre Antworten
review-what = Tippen Sie auf eine Antwort, um sie zu ändern.
review-incomplete = Einige Fragen brauchen noch eine Antwort. Tippen Sie darauf, um sie zu beantworten.
review-missing = Antwort fehlt
review-left-out = Absichtlich ausgelassen
review-change = Ändern
review-done = Unterschreiben
review-go-missing = Rest beantworten

step-sign = Unterschreiben
choose-pin-participant-title = Ihre Teilnehmernummer
choose-pin-participant-what = Bitte tippen Sie die Nummer, die Sie hier sehen. Sie zeigt, dass die Antworten von Ihnen sind.
choose-pin-pin-title = Wählen Sie eine PIN
choose-pin-pin-what = Mit Ihrer PIN unterschreiben Sie Ihre Antworten, heute und bei jedem späteren Besuch. Wählen Sie mindestens { $least } Ziffern, die Sie sich merken können und die niemand errät. Sagen Sie sie niemandem.
choose-pin-again-title = Tippen Sie Ihre PIN noch einmal
choose-pin-again-what = Damit wir wissen, dass kein Tippfehler darin ist.
participant-type = Ihre Teilnehmernummer
pin-new = Neue PIN
pin-again = Neue PIN, noch einmal
pin-enter = Ihre PIN
pin-entered =
    { $count ->
        [0] Noch keine Ziffer
        [one] Eine Ziffer
       *[other] { $count } Ziffern
    }
keypad = Tastenfeld
key-hyphen = Bindestrich
key-erase = Löschen

sign-title = Unterschreiben Sie Ihre Antworten
questionnaire-version = { $title }, Version { $version }
answered-of = { $answered } von { $total } Fragen
back-to-answers = Meine Antworten
sign-finish = Unterschreiben

pin-locked-title = Ihre PIN ist gesperrt
pin-locked-what = Sie wurde zu oft falsch eingegeben. Bitte geben Sie das Tablet dem Personal: Man hilft Ihnen, eine neue zu wählen.
pin-locked-safe = Ihre Antworten sind gespeichert. Sie müssen nichts noch einmal beantworten.

thanks-title = Vielen Dank
thanks-safe = Ihre Antworten sind unterschrieben und auf diesem Tablet sicher.
thanks-sent = Sie werden von selbst an Ihre Studie gesendet. Sie müssen nichts weiter tun.
thanks-hand-back = Bitte geben Sie das Tablet dem Personal zurück.
staff-continue = Personal: hier weiter

hand-back-title = Anmeldung für das Personal
hand-back-what = Mit der Anmeldung endet die Sitzung des Patienten auf diesem Tablet. Die bisherigen Antworten sind gespeichert.
hand-back-confirm = Übernehmen

## Was neben einer Eingabe steht, wenn eine Antwort nicht angenommen werden kann.

error-choose-language = Bitte wählen Sie zuerst eine Sprache.
error-required = Bitte beantworten Sie diese Frage, um weiterzugehen.
error-unanswered = Bitte beantworten Sie diese Frage oder tippen Sie auf „Das möchte ich nicht beantworten“.
error-open-required = Bitte beantworten Sie diese Frage, um weiterzugehen.
error-open-optional = Bitte beantworten Sie diese Frage, oder gehen Sie weiter und lassen Sie sie aus.
error-date-unfinished-month = Bitte füllen Sie Monat und Jahr aus.
error-date-unfinished-year = Bitte füllen Sie das Jahr aus.
error-time-unfinished = Bitte füllen Sie Stunde und Minute aus.
error-quantity-unfinished = Bitte tippen Sie auch die Zahl.
error-own-unfinished = Bitte schreiben Sie Ihre eigene Antwort oder wählen Sie eine andere.
error-not-a-number = Bitte tippen Sie eine Zahl, nur mit Ziffern.
error-number-two-readings = Diese Zahl lässt sich auf zwei Arten lesen. Bitte tippen Sie sie ohne Punkt oder Komma für die Tausender, zum Beispiel 1200.
error-not-a-whole-number = Bitte tippen Sie eine ganze Zahl.
error-too-many-digits = Diese Zahl ist zu lang. Bitte prüfen Sie sie.
error-below-minimum = Diese Zahl ist zu klein. Die kleinste mögliche ist { $min }.
error-above-maximum = Diese Zahl ist zu groß. Die größte mögliche ist { $max }.
error-too-many-decimal-places =
    { $places ->
        [0] Bitte tippen Sie eine ganze Zahl.
        [one] Bitte tippen Sie höchstens eine Stelle nach dem Komma.
       *[other] Bitte tippen Sie höchstens { $places } Stellen nach dem Komma.
    }
error-between-steps = Bitte wählen Sie einen der Punkte auf der Linie.
error-not-a-date = Diesen Tag gibt es nicht. Bitte prüfen Sie Tag, Monat und Jahr.
error-date-too-early = Das ist zu früh. Frühestens möglich ist { $min }.
error-date-too-late = Das ist zu spät. Spätestens möglich ist { $max }.
error-time-too-early = Diese Uhrzeit ist zu früh. Die erste mögliche ist { $min }.
error-time-too-late = Diese Uhrzeit ist zu spät. Die letzte mögliche ist { $max }.
error-date-unfinished = Bitte füllen Sie Tag, Monat und Jahr aus.
error-not-a-date-time = Bitte geben Sie Tag und Uhrzeit an.
error-not-a-time = Das ist keine Uhrzeit. Bitte geben Sie Stunden und Minuten an.
error-time-skipped = An diesem Tag wird die Uhr vorgestellt, und diese Uhrzeit gibt es nicht. Bitte geben Sie eine andere an.
error-not-a-url = Das ist keine Adresse. Bitte schreiben Sie sie ohne Leerzeichen.
error-unknown-unit = Bitte wählen Sie eine der angezeigten Einheiten.
error-unlike-unit = Diese Einheit lässt sich nicht mit dem vergleichen, was hier möglich ist. Bitte verwenden Sie eine andere Einheit.
error-unlike-unit-said = Diese Einheit lässt sich mit der Grenze { $said } nicht vergleichen. Bitte verwenden Sie eine Einheit, die dazu passt.
error-unit-missing = Bitte wählen Sie auch die Einheit.
error-too-many-answers = Das sind mehr Antworten als gefragt: höchstens { $limit }. Bitte entfernen Sie einige.
error-too-few-answers = Bitte geben Sie mindestens { $limit } Antworten, um fortzufahren.
error-answer-twice = Sie haben dieselbe Antwort zweimal gegeben. Bitte geben Sie jede nur einmal.
error-exclusive = Diese Antwort kann nicht neben anderen stehen. Bitte wählen Sie sie allein.
error-option-not-offered = Diese Antwort kann jetzt nicht gewählt werden. Bitte wählen Sie eine der angezeigten.
error-wrong-format = Die Antwort ist nicht so geschrieben, wie gefragt ist. Bitte prüfen Sie sie.
error-wrong-format-said = Bitte schreiben Sie die Antwort so: { $said }
error-media-type = Eine Datei dieser Art ist nicht gefragt. Bitte wählen Sie eine andere.
error-file-too-large = Diese Datei ist zu groß. Bitte wählen Sie eine kleinere.
error-files-together = Ihre Dateien sind zusammen zu groß. Bitte wählen Sie eine kleinere oder entfernen Sie eine davon.
error-photo-too-large = Das Foto lässt sich für diese Frage nicht klein genug machen. Bitte wählen Sie stattdessen eine Datei.
error-not-base64 = Die Datei konnte nicht gelesen werden. Bitte wählen Sie sie noch einmal.
error-read-only = Diese Antwort wird von selbst ausgefüllt und kann nicht geändert werden.
error-too-many-instances = Hier kann nichts weiter hinzugefügt werden.
error-too-many-elements = Dieser Fragebogen würde mit mehr beginnen, als hineinpasst. Bitte wenden Sie sich an das Personal.
error-too-few-instances = Diese Angabe muss bleiben.
error-constraint = Einige Antworten passen nicht zusammen. Bitte prüfen Sie sie.
error-unstable = Mit dieser Antwort widerspricht sich der Fragebogen. Bitte geben Sie eine andere Antwort, oder lassen Sie die Frage aus.
error-too-costly = Dieser Fragebogen kann seine Ergebnisse nicht berechnen. Bitte wenden Sie sich an das Personal.
error-too-short = Dieser Text ist zu kurz. Bitte schreiben Sie etwas mehr.
error-too-long = Dieser Text ist zu lang. Es ist Platz für { $length } Zeichen.
error-character-not-allowed = Eines dieser Zeichen kann nicht gespeichert werden. Bitte nehmen Sie Buchstaben, Ziffern und übliche Zeichen.
error-incomplete = Einige Fragen brauchen noch eine Antwort.
error-participant-empty = Bitte tippen Sie Ihre Teilnehmernummer.
error-pin-empty = Bitte tippen Sie Ihre PIN.
error-wrong-participant = Das ist nicht die Teilnehmernummer dieses Besuchs. Bitte sehen Sie noch einmal nach.
error-pin-wrong =
    { $left ->
        [one] Die PIN stimmt nicht. Noch ein Versuch.
       *[other] Die PIN stimmt nicht. Noch { $left } Versuche.
    }
error-pin-locked = Die PIN wurde zu oft falsch eingegeben. Bitte fragen Sie das Personal.
error-pins-differ = Die beiden PINs waren nicht gleich. Bitte wählen Sie Ihre PIN noch einmal.
error-pin-malformed =
    { $limit ->
        [8] Eine PIN hat 8 Ziffern.
       *[other] Eine PIN hat { $limit } bis 8 Ziffern.
    }
error-pin-trivial = Diese PIN ist zu leicht zu erraten. Bitte wählen Sie eine andere.
error-pin-already-set = Sie haben schon eine PIN. Bitte fragen Sie das Personal, wenn Sie sie nicht mehr wissen.
