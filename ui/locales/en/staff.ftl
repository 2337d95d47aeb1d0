# The staff's screens.

## Signing in

sign-in-title = Sign in
sign-in-what = For the staff of this site.
sign-in = Sign in
sign-out = Sign out
demo-title = Accounts for practising
demo-fill = Fill in
demo-fill-for = Fill in { $user }
role-coordinator = Study coordinator
role-siteStaff = Site staff
role-inspector = Inspection (read only)
who-where = Site { $site }, { $device }

## Rail and status

rail = Pages
page-visits = Visits
page-questionnaires = Questionnaires
page-outbox = Outbox
page-alerts = Alerts
page-records = Records
page-device = Device
page-trainer = Trainer
alerts-open =
    { $count ->
        [one] one open
       *[other] { $count } open
    }
status-allProven =
    { $total ->
        [one] The one response is delivered and proven.
       *[other] All { $total } responses are delivered and proven.
    }
status-nothingYet = Ready for the first visit. Nothing waits on this device.
status-sending =
    { $count ->
        [one] One response is on its way to the server.
       *[other] { $count } responses are on their way to the server.
    }
status-offline =
    { $count ->
        [0] Offline. Everything is delivered.
        [one] Offline: one response is safe on this device.
       *[other] Offline: { $count } responses are safe on this device.
    }
status-resting =
    { $count ->
        [one] The server asks for time until { $time }. One response is safe on this device.
       *[other] The server asks for time until { $time }. { $count } responses are safe on this device.
    }
status-notFhir =
    { $count ->
        [one] The server's address answers, but not as a FHIR server. One response is safe on this device. Tell whoever runs the server.
       *[other] The server's address answers, but not as a FHIR server. { $count } responses are safe on this device. Tell whoever runs the server.
    }
status-alerts =
    { $count ->
        [one] One alert needs you: the server kept something else than was signed.
       *[other] { $count } alerts need you: the server kept something else than was signed.
    }
status-pause-unauthorised = The server does not let this device in: have its access registered.
status-pause-certificateExpired = The certificate of this device has ended: it needs a new one.
status-pause-certificateNotYetValid = The clock of this device is before the start of its certificate: set it.
status-pause-certificateRevoked = The certificate of this device was revoked: call the study's support.
status-paused =
    { $count ->
        [one] Sending is paused. One response is safe on this device.
       *[other] Sending is paused. { $count } responses are safe on this device.
    }
status-quarantined =
    { $count ->
        [one] One response is set aside and needs you.
       *[other] { $count } responses are set aside and need you.
    }
status-diskFull =
    { $count ->
        [0] The disk is full: this device keeps nothing new. Make room on it.
        [one] The disk is full: make room on it. One response waits, safe on this device.
       *[other] The disk is full: make room on it. { $count } responses wait, safe on this device.
    }
status-storage =
    { $count ->
        [0] This device could not keep something. Restart it.
        [one] This device could not keep something: restart it. One response waits, safe on it.
       *[other] This device could not keep something: restart it. { $count } responses wait, safe on it.
    }
status-checked = Last check { $time }
status-open-alerts = Show alerts
status-open-outbox = Show outbox
status-open-device = Show device
practice-fault-on = The practice server misbehaves on purpose: { $fault }.
practice-fault-open = Trainer's panel

## Lists

choose = Choose…
open = Open
state = State
signed = Signed
signed-at = Signed { $time }
what-to-do = What to do
what-next = What happens next
filter-search = Search
filter-state = Show
filter-all = All
filter-shown = { $shown } of { $total }
filter-nothing = Nothing fits this search.
back-to-list = Back to the list
of-participant = { $title } of { $participant }
reason = Reason
reason-hint = It is kept with the record and shown to inspectors.
by-at = { $by }, { $at }
quoted = “{ $reason }”

## Visits

visits-title = Visits
visits-empty-title = No visits yet
visits-empty-what = Start a visit: choose the participant and the questionnaire, then hand the tablet over.
visit-start = Start a visit
visit-start-title = Start a visit
visit-start-what = The visit appears in the list. The patient's screen opens only when you hand the tablet over.
visit-started = Started
visit-ready = Ready
visit-inProgress = Under way
visit-paused-at = Paused at question { $position }
visit-frozen = Signed
visit-ended = Ended
visit-hand-over = Hand over
visit-resume = Resume
visit-end = End
visit-end-for = End the visit of { $participant }
visit-end-title = End the visit of { $participant }?
visit-end-what = The answers so far stay in the record of this device, but they are not signed and not sent. The visit cannot be taken up again.
pin-reset = Reset a PIN
pin-reset-title = Reset a participant's PIN
pin-reset-what = Two members of staff confirm together that they know who the participant is. The participant then chooses a new PIN at the next signing.
pin-reset-first = First member of staff
pin-reset-second = Second member of staff
pin-reset-done = The PIN is reset. At the next signing the participant chooses a new one.

## Outbox

outbox-title = Outbox
outbox-empty-title = Nothing to send
outbox-empty-what = As soon as a patient signs, the response appears here and is sent by itself.
outbox-under-way = Under way
outbox-held = Needs you
outbox-finished = Finished
outbox-foremost = Listed are { $shown } of { $total }: what needs you, what has waited longest and what is newest. All of them are on the page Records.
outbox-reports =
    { $count ->
        [one] The server did not take the report of one alert. Send now tries it again.
       *[other] The server did not take { $count } reports of alerts. Send now tries them again.
    }
notices-title = Tell the study's office
notices-open =
    { $count ->
        [one] One notice
       *[other] { $count } notices
    }
notice-reportAltered = The server keeps the report of an alert otherwise than it was sent.
notice-provenanceTwice = The server keeps the proof of a record more than once, because a request arrived late. The record is proven by the first named; the others can be deleted on the server.
notices-confirm = Confirm as seen
notices-confirm-title = Has the study's office been told?
notices-confirm-what = What you have seen is no longer shown then; whatever comes later is. Your name and reason are recorded.
notices-hint = For example whom you told, and when.
send-now = Send now
state-frozen = Safe here, to be sent
state-sending = Being sent
state-acknowledged = Kept, being compared
state-compared = Identical, proof being signed
state-provenanceSending = Sending the proof
state-provenanceCompared = Proof kept, finishing
state-done = Delivered, proven
state-alert = Not proven
state-quarantined = Set aside
state-closedDifferent = Closed as different
to-server = To { $server }
servers = Where it goes
servers-what = The record is proven once each of these servers is proven to keep it.
server-own = The study's server
next-attempt = Next try at { $time }
next-under-way = Goes on by itself
next-held = Waits for a decision
next-finished = Nothing more to do
attempts =
    { $count ->
        [one] One try so far
       *[other] { $count } tries so far
    }
problem-refused = The server does not accept connections.
problem-unreachable = The server cannot be reached.
problem-unknown-host = The name of the server is not known. Check the address in the study's document, and the name service (DNS) of this device's network.
problem-reset = The connection broke off.
problem-truncated = The connection broke off in the middle of the answer.
problem-timeout = The server did not answer in time.
problem-tls = The connection to the server is not secure.
problem-tls-other-host = The server's certificate is for another host. Check the address, and whether the network asks for a sign-in first.
problem-tls-expired = The server's certificate has expired. Check this device's clock, then tell whoever runs the server.
problem-tls-not-yet-valid = The server's certificate is not valid yet. Check this device's clock, then tell whoever runs the server.
problem-tls-revoked = The server's certificate was revoked. Tell whoever runs the server.
problem-tls-untrusted = The server's certificate does not lead to an authority that the study trusts. Tell the site's technician.
problem-tls-our-certificate = The server did not accept this device's authentication certificate, or asks for one.
problem-tls-our-key = This device's authentication key could not be used. Enrol the device again.
problem-proxy = The network's proxy did not let this device through. Check the proxy in the settings.
problem-connection-settings = The connection settings cannot be used. Tell the site's technician.
problem-redirected = The server sends on to another address, which is not followed. The address may be wrong, or the network asks for a sign-in first.
problem-web-page = A web page came instead of the server's answer. The network may ask for a sign-in first: open a web browser.
problem-media-type = The answer is not FHIR. The address may not be the server's.
problem-not-fhir = The address refused it without saying why in FHIR, as a gateway before the server would. It is tried again.
problem-compressed = The server's answer was compressed without being asked for, and was not read.
problem-client-refused = The authorization server does not know this device's registration, or has revoked it. Tell whoever runs the server.
problem-token-refused = The authorization server gave this device no access token. Tell whoever runs the server.
problem-token-unreachable = The authorization server cannot be reached, or its answer could not be read.
problem-credentials = This device has no credentials for the server yet. A technician has to store them.
problem-no-body = The server did not show what it kept.
problem-no-version = The server did not say which version it kept.
problem-not-named = The server took it, but did not say under which name, and a search does not find it.
problem-of-another = The server's answer was about another record: something on the way mixes answers up, and a search does not find this one. Tell whoever runs the network, then send it again.
problem-too-many = The server answers a search with more than it can mean. Tell whoever runs it.
problem-not-shown = Whether the server has it cannot be found out: again and again it refuses to say what it keeps, or answers so that it cannot be read. Tell whoever runs it, then send again: before anything is sent, the server is asked once more.
problem-too-large = The server's answer was too large.
problem-malformed = The server's answer could not be read.
problem-unauthorised = The server did not accept this device.
problem-certificate = The certificate's record has to be kept by the server first.
problem-endpoint-unlisted = The study does not list this server any more. Nothing is sent to it.
problem-internal = An error in Attesta itself stopped this one. It is tried again; please report it.
problem-seal = The proof could not be signed yet.
problem-profile = The proof breaks a rule of the study's profile; the alert says which.
problem-different = The server kept something else.
problem-duplicates = The server keeps it more than once.
problem-receipt = What the server sent is not signed as the study demands.
problem-put-unproven = The server overwrites what is there already, so nothing was sent. The study has to create with POST.
problem-status-500 = The server had an error of its own.
problem-status-503 = The server is overloaded.
problem-other = It did not work yet ({ $code }).

## Alerts

alerts-title = Alerts
alerts-empty-title = No alerts
alerts-empty-what = What the server keeps is compared with what was signed, element by element. If they ever differ, you see it here.
alert-what = What happened
alert-raised = Noticed
alert-open = Open
alert-closed = Closed
alert-look = Look at it
alert-kind-different =
    { $count ->
        [one] One place differs
       *[other] { $count } places differ
    }
alert-kind-duplicates = Kept more than once
alert-kind-provenanceDifferent = The proof was changed
alert-kind-quarantined = Refused by the server
alert-kind-missing = Acknowledged, and not kept
alert-outcome-corrected = Corrected, proven
alert-outcome-differentAgain = Different again
alert-outcome-accepted = Accepted as different
alert-outcome-escalated = Escalated
alert-not-proven = Not proven
alert-lead-different =
    { $count ->
        [one] The server kept something else than the participant signed, in one place. The signed original is safe on this device.
       *[other] The server kept something else than the participant signed, in { $count } places. The signed original is safe on this device.
    }
alert-lead-duplicates = The server keeps this response more than once. The signed original is safe on this device.
alert-lead-provenanceDifferent = The server kept another proof than this device signed. The signed original is safe on this device.
alert-lead-quarantined = The server does not take this response. The signed original is safe on this device.
alert-lead-missing = The server has said that it keeps this, and does not have it. The signed original is safe on this device: send it again, and tell whoever runs the server.
alert-said = What the server said
alert-found = What the server keeps
alert-against = What speaks against it
diff-signed = Signed on this device, { $time }
diff-returned = Came back from the server, { $time }
came-back = Came back
diff-not-signed = Not in what was signed
diff-not-returned = Missing
diff-identical =
    { $count ->
        [one] The other element is identical.
       *[other] The other { $count } elements are identical.
    }
change-question = Question { $item }: { $element }
change-elsewhere = Outside the questions: { $element }
element-answer = answer
element-text = wording of the question
element-linkId = number of the question
element-item = the whole question
element-unit = unit
element-code = code of the answer
element-display = wording of the answer
element-system = code system
element-status = status
element-subject = participant
element-author = author
element-source = source
element-authored = time of completion
element-questionnaire = questionnaire
element-identifier = identifier
element-extension = extension
element-language = language
element-resourceType = type of the record
element-meta = server's own marks
element-contained = contained record
element-other = { $element }
act-sendAgain = Send again
act-accept = Accept with reason
act-escalate = Escalate
act-sendAgain-title = Send the signed original again?
act-sendAgain-what = The signed original replaces what the server keeps now. Nobody signs anew. Then both are compared again: if they are identical, the proof is signed and the alert closes; if not, it stays open.
act-sendAgain-what-unkept = The signed original is sent to the server again. Nobody signs anew. If the server takes it and keeps it unaltered, the proof is signed and the alert closes; if not, it stays open.
act-accept-title = Accept that the server keeps something else?
act-accept-title-unkept = Accept that there is no proof?
act-accept-what = The record is closed as “different”. No proof is made for it, and none can be made later. The signed original stays on this device and in every export.
act-accept-what-unkept = The record is closed without proof, and none can be made later. The signed original stays on this device and in every export.
act-escalate-title = Escalate this alert?
act-escalate-what = The matter is handed on to the sponsor's data management, with your reason, and the record is closed without proof. Nothing is changed on the server. The signed original stays on this device and in every export.
act-note = Your decision is kept with your name, the time and your reason.
act-not-yours = Your role can look at alerts, not decide about them. Please ask a study coordinator.
act-no-send-again = It cannot be sent again as it stands. Accept it with a reason, or escalate it.
password-yours = Your password
alert-actions = What was decided
acted-sendAgain = Sent again
acted-accept = Accepted with reason
acted-escalate = Escalated
acted-other = { $action }
act-result-pending = On its way.
act-result-corrected = Identical now, proven.
act-result-differentAgain = Still different.
act-result-accepted = Closed as different.
act-result-escalated = Handed on, without proof.
act-result-other = { $result }

## Records

records-title = Records
records-empty-title = No records yet
records-empty-what = Every signed response has its record here: what happened to it, who signed, and whether it still proves itself.
records-proven = Proven
records-not-proven = Not proven yet
records-more = Show more
export = Export
export-done = Exported. The file holds everything that is needed to check it without this device:
export-to = Exports go to
subject-export-title = All responses of one participant
subject-export-what = One file with every response and its proofs, signed in the name of the site. Whoever receives it can check it without this device.
subject-export = Export all responses
subject-export-done = Exported and signed in the name of the site:
report-save = Save report
report-done = The verification report was saved, to read or to print:
document = Document
document-about = Exports the record as a FHIR document. The study's ledger keeps the document's hash, and no answer.
document-later = A document can be exported once the record is proven.
document-export = Export as document
document-done = Exported as a document. The ledger keeps its hash:
timeline = What happened
timeline-details = Show technical details
moment-answered = Answered
moment-signed = Signed by the participant
moment-sent = Sent
moment-kept = Kept by the server
moment-compared = Proven identical
moment-tolerated = The server changed something that the study allows; without it, identical
moment-provenanceSent = Proof sent
moment-delivered = The server keeps exactly what was signed; this study makes no Provenance
moment-proven = Proof kept and proven
moment-alert = Alert: not identical
moment-acted = Decided by staff
moment-noticed = Notice: the server keeps something otherwise than it should
moment-confirmed = Notice confirmed by staff
moment-exported = Exported
moment-reported = Verification report saved
moment-documented = Exported as a document
moment-takenOver = Taken over from another device
answers = Answers
certificate = Certificate
certificate-ends = Ends on { $until }

## Assigned by the study

due-title = Due at this site
due-as-of = As of { $time }
due-ask = Ask the server
due-asking = Asking…
due-until = until { $day }
due-from = from { $day }
due-any-time = at any time
due-overdue = Overdue
due-start = Start
due-start-for = Start the visit of { $participant }: { $questionnaire }
due-none = Nothing is due. You can still start a visit yourself.
due-kept = What is shown here is what was known before.
due-told-later = It is told again by itself; the answers are safe and go their own way.
due-told-never = Nothing more is told to the server; the answers are safe and go their own way.
due-refused =
    { $count ->
        [one] One task of the server cannot be taken
       *[other] { $count } tasks of the server cannot be taken
    }
assigned-problem-unauthorised = The server does not let this device see its tasks, or what they need. Have its access registered.
assigned-problem-not-served = The server does not keep tasks, or cannot search what they need.
assigned-problem-status = The server answered with an error.
assigned-problem-too-many = The server has more tasks than one site can have. Tell whoever runs it.
assigned-problem-task-gone = The server does not have the task any more.
assigned-problem-task-conflict = The task is being changed by others.
assigned-problem-task-withdrawn = The server has withdrawn the task meanwhile.
assigned-problem-task-completed-elsewhere = The task was completed with other answers meanwhile.
refused-task-malformed = The task does not say what is to be answered as SDC prescribes.
refused-task-modifier = The task has a part that changes its meaning and is not known here.
refused-task-unsigned = The task is not signed as the study demands.
refused-participant-missing = The task does not say for whom it is.
refused-participant-elsewhere = The task is for somebody whom another server keeps.
refused-participant-unknown = The task is for somebody who is not a participant on this device.
refused-participant-not-given = The server does not give this device the patient of the task. Have whoever runs the server allow it; it is tried again.
refused-participant-number = The patient of the task has no participant number, or several.
refused-participant-mismatch = The patient's participant number belongs to another patient on this device.
refused-questionnaire-missing = The server does not have the questionnaire.
refused-questionnaire-not-given = The server does not give this device the questionnaire of the task. Have whoever runs the server allow it; it is tried again.
refused-questionnaire-several = The server has several versions of the questionnaire, and the task does not say which.
refused-questionnaire-version = The task asks for another version of the questionnaire than the one in use here.
refused-questionnaire-refused = The questionnaire cannot be used.
refused-questionnaire-unlisted = The study does not list the questionnaire.
refused-questionnaire-withdrawn = The questionnaire was withdrawn or replaced on this device.
refused-value-set-not-given = Neither a terminology server of the study nor its own server gives a list of answers that the questionnaire needs. Have whoever runs them look at it; it is tried again.
refused-request-missing = The request that the task is for is not on the server.
refused-request-not-given = The server does not give this device the request that the task is for. Have whoever runs the server allow it; it is tried again.
refused-request-elsewhere = The request that the task is for is on another server.
refused-request-inactive = The request that the task is for is not active.
refused-request-mismatch = The request that the task is for is about another patient.
refused-request-several = The request asks for several questionnaires in one task.
refused-endpoint-elsewhere = The answers are to go to a server that the study does not list. That is not done.
refused-endpoint-operation = The answers are to go through an operation that keeps nothing to compare. That is not done.
refused-other = It is not taken ({ $reason }).

## Questionnaires

questionnaires-title = Questionnaires
questionnaires-empty-title = No questionnaires yet
questionnaires-empty-what = Add a questionnaire from a file (FHIR JSON or XML). You see what Attesta can do with it before anything is added.
form-add = Add from a file
form-checking = Checking…
form-drop = Drop the file here: it is checked, and nothing is added yet
form-drop-hint = A file can also be dropped on this page, up to { $size }.
form-added = “{ $title }” is in the study. New visits can be started with it.
form-languages = Languages
form-added-at = Added
form-came-along = Came with Attesta
form-questions =
    { $count ->
        [one] one question
       *[other] { $count } questions
    }
form-offered = In use
form-replaced = Replaced
form-withdrawn = Withdrawn
form-unusable = Not usable
form-report = Report
form-report-named = Report on { $title }
form-withdraw = Withdraw
form-withdraw-named = Withdraw { $title }
form-withdraw-title = Withdraw “{ $title }”?
form-withdraw-what = No visit can be started with it any more. Visits that were started go on, and everything that was signed stays as it is.
form-servers = Value sets that a questionnaire does not bring along are asked for once, when it is added, at { $servers }.
form-no-servers = The study names no terminology server: a questionnaire has to bring all its value sets along.
form-confirm = Add to the study
form-verdict-refused =
    { $count ->
        [one] This questionnaire cannot be used, for one reason. It was not added.
       *[other] This questionnaire cannot be used, for { $count } reasons. It was not added.
    }
form-verdict-known = The study has exactly this questionnaire already.
form-verdict-warnings =
    { $count ->
        [one] This questionnaire can be used. Read the warning before you decide.
       *[other] This questionnaire can be used. Read the { $count } warnings before you decide.
    }
form-verdict-usable = This questionnaire can be used as its author meant it.
form-replaces = New visits will use it in place of:
form-about = What it is
form-file = File
form-address = Address
form-size = Length
form-hash = Hash
form-value-sets = Value sets from servers
form-value-sets-what = They were asked for once and become part of the questionnaire.
form-value-set =
    { $count ->
        [one] one concept, from { $server }
       *[other] { $count } concepts, from { $server }
    }
form-refused =
    { $count ->
        [one] Why it cannot be used
       *[other] Why it cannot be used: { $count } reasons
    }
form-refused-what = Its author has to mend this. The details are in English, as tools for questionnaires write them.
form-warnings =
    { $count ->
        [one] To know before it is used
       *[other] To know before it is used: { $count } warnings
    }
form-warnings-what = Patients can be asked it. Make sure that this is meant.
form-ignored =
    { $count ->
        [one] Not used: one finding
       *[other] Not used: { $count } findings
    }
form-ignored-what = What is asked stays the same without it.
form-notes =
    { $count ->
        [one] Worth knowing: one note
       *[other] Worth knowing: { $count } notes
    }
form-notes-what = This is used as it stands.
form-supported =
    { $count ->
        [one] Understood: one extension
       *[other] Understood: { $count } extensions
    }
form-read-as-bytes =
    { $count ->
        [one] read as one byte
       *[other] read as { $count } bytes
    }
form-item = Item { $item }
form-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }
form-reason-not-json = The file is not readable JSON
form-reason-not-xml = The file is not readable FHIR XML
form-reason-too-large = The file is too large
form-reason-not-a-questionnaire = This is no FHIR Questionnaire
form-reason-fhir-version = Written for another version of FHIR
form-reason-malformed = Something is written in a way that FHIR does not allow
form-reason-unknown-element = An unknown element
form-reason-modifier-extension = Something changes the meaning in an unknown way
form-reason-missing = Something necessary is missing
form-reason-status = The questionnaire must not be used
form-reason-subject-type = Not about a patient
form-reason-duplicate-link-id = Two items have the same linkId
form-reason-too-deep = Nested too deeply
form-reason-missing-text = A text is missing
form-reason-control-character = A text holds characters that cannot be shown
form-reason-item-type = A kind of question that is not supported
form-reason-repeats = How often something repeats contradicts itself
form-reason-answer-value-set = The answers to choose from are not there
form-reason-regex = A pattern that cannot be used
form-reason-expression = An expression that cannot be evaluated
form-reason-extension = An extension that changes the question and is not supported
form-reason-not-allowed-here = Something does not belong here
form-reason-answer-option = The options of a choice are not usable
form-reason-enable-when-question = A condition names a question that does not exist
form-reason-enable-when-answer = A condition does not fit its question
form-reason-enable-behavior = Several conditions, and not said how they go together
form-reason-enable-when-circular = Questions depend on each other in a circle
form-reason-circular = Expressions depend on each other in a circle
form-reason-limits = The limits of an answer are not usable
form-reason-initial = The answer it begins with would not be accepted
form-reason-slider = A scale without its two ends
form-reason-required = Required, but nobody can answer it
form-reason-no-questions = There is nothing to answer
form-reason-launch-context = It reads something that this device knows little or nothing of
form-reason-draft = A draft
form-reason-completed = Something was completed
form-reason-pre-answered = Answered before the patient sees it
form-reason-language = A language is not offered
form-reason-plain-text = Shown as plain text
form-reason-unused = Not used
form-reason-other = Another finding

## Device

device-title = Device
certificate-used = { $percent } % of the certificate's time is used
certificate-do-good = The certificate is valid. Nothing to do.
certificate-do-warn = The certificate ends soon. Ask your study's support for a new one.
certificate-do-bad = The certificate is about to end. Without a new one nothing can be signed: call your study's support today.
certificate-subject = Issued to
certificate-issuer = Issued by
certificate-thumbprint = Thumbprint
keystore = Keystore
keystore-ok = Open
keystore-bad = Not open
keystore-do-ok = The signing key is kept by { $name }. Nothing to do.
keystore-do-bad = { $name } is not open. Unlock it before the next signing.
server = Server
server-ok = Reachable
server-bad = Not reachable
server-do-ok = Responses are sent as soon as they are signed. Nothing to do.
server-do-bad = Responses stay safe on this device and are sent when the server is back. Check the network.
server-last = Last answer { $time }
server-never = No answer yet
clock = Clock
clock-difference =
    { $seconds ->
        [0] Same time as the server
        [one] One second apart from the server
       *[other] { $seconds } seconds apart from the server
    }
clock-unknown = Not compared yet
clock-do-good = The clock is right. Nothing to do.
clock-do-apart = Set the device's clock. Times already signed stay as they are.
clock-do-unknown = The clock is compared at the next contact with the server.
this-device = This device
version = Version
data-folder = Data
export-folder = Exports

## Trainer's panel

trainer-title = Trainer's panel
trainer-what = Make the practice server misbehave and show what the device does about it. Only the practice server can do this.
listener-open = The practice server listens
listener-closed = The practice server is switched off
listener-open-what = Switch it off to show how the device works offline.
listener-closed-what = Responses stay safe on this device. Switch it on and they are sent.
listener-close = Switch off
listener-reopen = Switch on
faults = What it does wrong
fault-times = For
fault-requests =
    { $count ->
        [one] the next response
       *[other] the next { $count } responses
    }
fault-active =
    { $count ->
        [one] Once more
       *[other] { $count } times more
    }
fault-start = Do it
fault-start-named = Do it: { $fault }
fault-stop = Stop
fault-stop-named = Stop: { $fault }
fault-alterAnswer = It changes an answer
fault-alterAnswer-what = It keeps and returns another answer than was signed.
fault-dropAnswer = It drops an answer
fault-dropAnswer-what = It keeps and returns the response without one of its answers.
fault-changeDecimalText = It rewrites a number
fault-changeDecimalText-what = 72.50 becomes 72.5: the same value, but not what was signed.
fault-noBody = It answers without content
fault-noBody-what = It keeps the response and does not show what it kept.
fault-status500 = It fails
fault-status500-what = It answers with an error of its own (500).
fault-noAnswer = It keeps, then breaks off
fault-noAnswer-what = It keeps the response and closes the connection before it answers.
fault-alterLeaf = It changes any one element
fault-alterLeaf-what = Somewhere in the response, chosen at random.
fault-other = Another fault
fault-other-what = The practice server deviates from the standard.
requests = Requests to the practice server
requests-none = No requests yet.
request-no-answer = no answer

## Blocked

blocked-safe = Nothing was written and nothing is lost. No new key was made.
blocked-do = What to do
blocked-details = For support
blocked-keystore-missing-title = The keystore is not there
blocked-keystore-missing-what = This device keeps its keys in the operating system's keystore, and the system says that there is none.
blocked-keystore-missing-do = Sign in to the computer with its own account and make sure that its keystore runs (on Linux a Secret Service such as GNOME Keyring or KWallet). Then try again.
blocked-keystore-locked-title = The keystore is locked
blocked-keystore-locked-what = The keys are there, but the operating system does not hand them out while its keystore is locked.
blocked-keystore-locked-do = Unlock the keystore with the password of the computer's account. Then try again.
blocked-keystore-denied-title = The keystore did not let us in
blocked-keystore-denied-what = The operating system asked whether Attesta may use its keys, and the answer was no.
blocked-keystore-denied-do = Try again and allow it. If nobody was asked, an administrator has to allow Attesta in the keystore's settings.
blocked-key-missing-title = The key to the data is missing
blocked-key-missing-what = There is data on this device, but the key that opens it is not in the keystore. It may belong to another account of this computer.
blocked-key-missing-do = Sign in to the computer with the account that was used before. If it is gone, do not delete anything: call your study's support, who can help with the backup of the keystore.
blocked-data-locked-title = Attesta is already open
blocked-data-locked-what = Another window of Attesta uses the data of this device. Only one can at a time.
blocked-data-locked-do = Go to the other window, or close it and try again.
blocked-database-damaged-title = The data cannot be read
blocked-database-damaged-what = The database opens with its key, but its content is damaged. It was not changed.
blocked-database-damaged-do = Do not delete anything and do not reinstall. Call your study's support: they restore the last backup and compare it with the server.
blocked-key-malformed-title = The key to the data is damaged
blocked-key-malformed-what = The keystore has an entry for Attesta, but it is not a key.
blocked-key-malformed-do = Do not delete anything. Call your study's support, who can help with the backup of the keystore.
blocked-key-wrong-title = The key does not fit the data
blocked-key-wrong-what = There is data on this device and a key in the keystore, but the key does not open the data.
blocked-key-wrong-do = Sign in to the computer with the account that was used before. If that does not help, do not delete anything and call your study's support.
blocked-keystore-not-read-back-title = The keystore does not keep keys
blocked-keystore-not-read-back-what = A new key was handed to the keystore and did not come back, so it was not used.
blocked-keystore-not-read-back-do = Make sure that the keystore of the computer's account is saved to disk. Then try again.
blocked-keystore-failed-title = The keystore does not answer
blocked-keystore-failed-what = The operating system's keystore gave an error of its own.
blocked-keystore-failed-do = Sign out of the computer and in again, then try again. If it stays so, call your study's support.
blocked-database-newer-title = This Attesta is too old
blocked-database-newer-what = The data on this device was written by a newer version of Attesta.
blocked-database-newer-do = Start the newer version. The data was not changed.
blocked-disk-full-title = The disk is full
blocked-disk-full-what = There is no room left to keep answers safely.
blocked-disk-full-do = Make room on this device's disk. Then try again. If there is no room to be made, an administrator can still save what this device owes to another medium: attesta-desktop device export.
blocked-unreachable-title = Attesta did not start
blocked-unreachable-what = The screens are here, but the part that keeps the data does not answer.
blocked-unreachable-do = Try again. If it stays so, close Attesta and open it once more.
blocked-other-title = Attesta cannot go on
blocked-other-what = Something on this device keeps Attesta from working safely, so it stopped before doing anything.
blocked-other-do = Try again. If it stays so, call your study's support and read out what stands under “For support”.

error-visit-unfinished = Please choose a participant and a questionnaire.
error-form-known = The study has exactly this questionnaire already.
error-outside-period = The study starts visits with this questionnaire on other days. Choose another questionnaire, or ask the study’s office.
error-form-too-large = The file is larger than { $size }. It was not read.
error-form-not-text = The file is no text in UTF-8, as FHIR JSON or XML is. Nothing was added.
error-form-one-file = Please drop one file only. Nothing was read.
error-questionnaire-refused = This questionnaire cannot be used. Nothing was added.
error-stale-revision = This has changed in the meantime. Look at it again, then repeat the step.
error-pin-reset-unfinished = Please choose a participant and give a reason.
error-reason-empty = Please give a reason.
error-question-elsewhere = The questions of this questionnaire come from another server than the study's, and that one must not see answers. Ask the study's team for the study's own copy of the questionnaire, and start the visit with it.
error-reason-missing = Please give a reason.
error-reason-unusable = The reason is too long, or has characters that cannot be kept. Please write it shorter.
error-password-empty = Please type your password.
error-wrong-password = The password is not right.
error-act-invalid = This cannot be done with this alert now. Please look at it again.
error-practice = The practice server did not do it. Please try again.
error-file-exists = There is a file of this name already; nothing was overwritten. Try again.
error-ledger-missing = The study names no ledger, so no document can be exported. The study's data management can name one in the configuration.
error-ledger-unavailable = The ledger does not answer now. Nothing was exported. Try again later.
error-ledger-refused = The ledger's answer is not right. Nothing was exported. Tell the study's support.
error-ledger-token-missing = The ledger asks for an access token, and this device has none for it. Nothing was exported. Tell the study's support.
error-document-release = Documents need FHIR R5, and this study sends R4. Nothing was exported.
error-subject-release = A participant's responses are signed together in FHIR R4, and this study sends R5. Export the records one by one. Nothing was exported.

## Staff accounts and the clock
staff-accounts = Staff accounts
account-is-locked = Locked
account-is-open = Can sign in
unlock = Unlock
unlock-title = Unlock the account { $user }?
unlock-what = The account was locked after five wrong tries. Make sure that its owner asks you to unlock it. Your name is recorded.
clock-behind = This device has recorded things at a later time ({ $day }, { $time }). Until the clock is right, nothing can be signed. Answers are kept.
clock-accept = The clock is right now
clock-accept-title = Is the clock right now?
clock-accept-what = Confirm this only if the clock was ahead before and has been set right. What was recorded stays as it is, in its order. Your name and reason are recorded.

## Connection check

connection-title = Connection check
connection-what = Tries everything that a delivery needs, and says what to fix. The server keeps at most a few small test entries of this device, marked as test data.
connection-check = Check the connection
connection-again = Check again
connection-busy = Checking… { $seconds } seconds so far
connection-good = Everything works: responses can be delivered.
connection-bad =
    { $count ->
        [one] One thing has to be put right.
       *[other] { $count } things have to be put right.
    }
connection-passed = in order
connection-failed = not in order
connection-noticed = works, with a remark
connection-notTried = not checked, because something before it has to be put right first
connection-notNeeded = not encrypted, and it need not be: the server is on this computer
connection-notNeeded-assignments = not needed: the study assigns nothing by tasks
connection-line-reached = The server answers
connection-line-secure = The connection is secure
connection-line-authentication = The server lets this device in
connection-line-capability = FHIR release and format fit the study
connection-line-clock = Device and server have the same time
connection-line-representation = The server shows what it kept
connection-line-conditionalCreate = The same record sent twice is kept once
connection-line-provenanceTarget = The proof keeps the version of the response
connection-line-readBack = What was created can be read back
connection-line-certificate = The server keeps this device's certificate
connection-line-reports = The server takes reports of alerts
connection-line-assignments = The server gives tasks to this device
connection-fix-unknown-host = No server of the name { $value } is known. Check the address in the study's document, and the name service (DNS) of this device's network.
connection-fix-refused = The computer answers, but nothing listens at { $value }. Check the port in the study's address, or whether the server runs.
connection-fix-proxy-unknown = The proxy's name { $value } is not known. Check the proxy's address in the settings, and the name service (DNS) of this device's network.
connection-fix-proxy-closed = Nothing listens at the proxy's address { $value }. Check the proxy's address and port in the settings, or whether the proxy runs.
connection-fix-not-registered = The server does not know this device's credentials. Have them registered by whoever runs the server.
connection-fix-search-forbidden = This device may not search for responses. Have whoever runs the server allow it.
connection-fix-search-unsupported = The server does not find a response by its identifier (HTTP status { $value }). Have whoever runs the server turn that search on.
connection-fix-no-capability-statement = The server does not say what it can do. Check that the address is that of the FHIR server.
connection-fix-other-release = The server speaks another release of FHIR ({ $value }) than the study. Have the study's address or its release corrected.
connection-fix-other-format = The server does not speak { $value }. Have the study choose the other format.
connection-fix-clock-behind = This device's clock is { $value } seconds behind the server's. Set the one that is wrong.
connection-fix-clock-ahead = This device's clock is { $value } seconds ahead of the server's. Set the one that is wrong.
connection-fix-create-refused = The server does not take a record from this device (HTTP status { $value }). Have whoever runs the server allow it.
connection-fix-reference-missing = The server does not have what the test record refers to (HTTP status { $value }). Have it created on the server: usually it is this device's Device resource, and every participant's Patient.
connection-fix-create-not-accepted = The server does not accept the test record (HTTP status { $value }). Tell whoever runs the server these words. If it misses something that the record refers to, that has to be created on the server.
connection-fix-create-failed = The server failed over the test record (HTTP status { $value }). Tell whoever runs the server, and check again.
connection-fix-no-representation = The server does not show what it kept when it takes a record. Delivery works all the same, more slowly: one more request for each record.
connection-fix-no-version = The server does not say which version it kept. Have whoever runs the server turn versions on.
connection-fix-no-conditional-create = The server kept the same record a second time, or refused it (HTTP status { $value }). Have whoever runs the server turn conditional create (If-None-Exist) on: records may be kept twice.
connection-fix-overwrites = The server overwrites what is there already. Have whoever runs the server turn If-None-Match on, or have the study create with POST.
connection-fix-version-stripped = The server takes the version out of what a proof is about. Have whoever runs the server keep versions in references, or have the study allow it.
connection-fix-read-forbidden = The server does not let this device read what it has created ({ $value }). Have whoever runs the server let this device read what it has created.
connection-fix-not-shown = The server does not show what this device has created ({ $value }). Have whoever runs the server let this device read what it has created.
connection-fix-read-failed = The server failed when the test record was read ({ $value }). Tell whoever runs the server, and check again.
connection-fix-shown-otherwise = The server shows the test record otherwise than it answered ({ $value }). Tell whoever runs the server: something before it may answer in its place, or alter what it keeps.
connection-fix-no-vread = The server shows no earlier versions ({ $value }). Delivery works all the same, more slowly, and as long as nobody changes a record on the server before this device has read it.
connection-fix-document-forbidden = The server does not let this device create and find DocumentReferences. Have whoever runs the server let this device create DocumentReference: its certificate is kept as one, before anything is proven.
connection-fix-document-unsupported = The server does not find a DocumentReference by its identifier (HTTP status { $value }). Have whoever runs the server turn that on: this device's certificate is kept as one.
connection-fix-reports-search-forbidden = This device may not look for AuditEvents, so that no test report was made. Delivery works; reports of alerts may not reach the server. Have whoever runs the server let this device create AuditEvent and look for it.
connection-fix-reports-unsupported = The server does not find AuditEvents by their date, so that no test report was made. Delivery works; reports of alerts may not reach the server.
connection-fix-reports-refused = The server does not take a report of an alert from this device (HTTP status { $value }). Delivery works; reports of alerts do not reach the server.
connection-fix-reports-not-found = The server took a test report and does not find it by its date. Delivery works; a report of an alert may stand there twice.
connection-fix-assignments-forbidden = The server does not let this device look for: { $value }. Have whoever runs the server allow it, with the scopes for tasks.
connection-fix-assignments-unsupported = The server cannot be searched for: { $value }. Have whoever runs the server turn it on, or have tasks taken out of the study.

record-undecided =
    { $count ->
        [one] One question was not asked because its condition had no result
       *[other] { $count } questions were not asked because their conditions had no result
    }
record-undecided-what = This is a fault of the questionnaire, not of the participant. What was signed is complete as it was shown. Tell whoever made the questionnaire; these are the places:

## A device that fails
emergency-title = If this device fails
emergency-offer = Another device of the study can take over what this one has not delivered yet. You do not need this in normal times.
emergency-begin = Export or take over…
emergency-what = Responses that were signed here and are not delivered yet go to another device of the study in an encrypted file. That device delivers them. Nothing on this device is deleted, and it goes on working.
emergency-export-title = Export from this device
emergency-export-what = The file has every response that is not delivered and proven yet, and this device's audit trail.
emergency-folder = The file goes to
emergency-folder-choose = Choose a folder…
emergency-for-office = The file is encrypted for the study's office. Nobody else can open it, and you need no passphrase.
emergency-passphrase-new = Passphrase for the file
emergency-passphrase-hint = At least 16 characters: four or five words that do not belong together. Without it nobody can open the file.
emergency-passphrase-again = The passphrase again
emergency-with-drafts = Visits that are not finished, too
emergency-export = Export…
emergency-export-confirm = Export what this device owes?
emergency-export-confirm-what = A new file is written to { $folder }. Your name and reason are recorded.
emergency-export-now = Export
emergency-exported = Exported. Responses: { $records }. Unfinished visits: { $drafts }.
emergency-unrecorded = The disk of this device takes nothing any more, so its audit trail does not have this export. The file says so, and the device that takes it over records it.
emergency-next-office = What to do now: send the file to the study's office. The office makes a file with a passphrase from it, which another device of the study can take over.
emergency-next-passphrase = What to do now: take the file to another device of the study and take it over there. Tell the passphrase by another way than the file.
emergency-next-keep = Keep this device until the other one has delivered everything.
emergency-import-title = Take over on this device
emergency-import-what = The file of another device is checked as a whole first. You see what is in it before anything is taken over.
emergency-file-choose = Choose the file…
emergency-file = Chosen file
emergency-passphrase = Passphrase of the file
emergency-passphrase-from = Whoever made the file knows it, or the study's office.
emergency-open = Look inside
emergency-opening = Checking…
emergency-device = From the device
emergency-site = Site
emergency-study = Study
emergency-made = Made
emergency-records = Responses
emergency-count = { $count }, of which here already: { $known }
emergency-drafts = Unfinished visits
emergency-done = Already delivered there
emergency-unrecorded-there = That device's disk took nothing any more: its audit trail does not have this export. This is recorded here.
emergency-own = This file is from this very device. There is nothing to take over.
emergency-nothing = Everything in this file is here already. There is nothing to take over.
emergency-import = Take over
emergency-import-confirm = Take over from { $device }?
emergency-import-confirm-what = This device then delivers these responses and proves them with its own signature. The patients' signatures stay as they are. Your name and reason are recorded.
emergency-taken = Taken over from { $device }. Responses: { $records }. Unfinished visits: { $drafts }. They are being delivered; the outbox shows how far they are.
error-emergency-passphrase-short = The passphrase needs at least 16 characters. Choose a longer one.
error-emergency-passphrases-differ = The two passphrases are not the same. Type them again.
error-emergency-passphrase-needed = This file is encrypted with a passphrase. Type the one that was chosen when it was made.
error-emergency-passphrase-wrong = The passphrase is not right, or the beginning of the file was altered. Nothing was changed. Type it again; if that does not help, fetch the file again.
error-emergency-recovery-key-needed = This file is for the study's office alone. Send it there: the office makes a file with a passphrase from it.
error-emergency-recovery-key = The study's recovery key cannot be used. Nothing was changed. Ask the study's office.
error-emergency-malformed = This is not a whole emergency export. Nothing was changed. Fetch the file again from where it was made.
error-emergency-altered = The file was altered or cut short after it was made. Nothing was changed. Fetch it again from where it was made.
error-emergency-newer = The file was made by a newer Attesta. Nothing was changed. Install the newest version here.
error-emergency-other-study = The file belongs to another study or another server. Nothing was changed. Take it to a device of that study.
error-emergency-study-older = The file was made under a newer version of the study's document. Nothing was changed. Load that document here first.
error-emergency-signature = The file is not signed by a device of this study. Nothing was changed. Ask the study's office.
error-emergency-record = A response in the file is not as it was signed. Nothing was changed. Ask the study's office.
error-emergency-trail = The audit trail in the file is not whole. Nothing was changed. Ask the study's office.
error-emergency-contradiction = The file contradicts what this device has. Nothing was changed. Ask the study's office.
error-emergency-too-large = There is more than one file may hold. Leave unfinished visits out, or let the device deliver what it can first.
