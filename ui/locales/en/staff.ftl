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
role-staff = Site staff
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
status-alerts =
    { $count ->
        [one] One alert needs you: the server kept something else than was signed.
       *[other] { $count } alerts need you: the server kept something else than was signed.
    }
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
status-checked = Last check { $time }
status-open-alerts = Show alerts
status-open-outbox = Show outbox
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
problem-compressed = The server's answer was compressed without being asked for, and was not read.
problem-client-refused = The authorization server does not know this device's registration, or has revoked it. Tell whoever runs the server.
problem-token-refused = The authorization server gave this device no access token. Tell whoever runs the server.
problem-token-unreachable = The authorization server cannot be reached, or its answer could not be read.
problem-credentials = This device has no credentials for the server yet. A technician has to store them.
problem-no-body = The server did not show what it kept.
problem-no-version = The server did not say which version it kept.
problem-too-large = The server's answer was too large.
problem-malformed = The server's answer could not be read.
problem-unauthorised = The server did not accept this device.
problem-certificate = The certificate's record has to be kept by the server first.
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
act-accept-title = Accept that the server keeps something else?
act-accept-what = The record is closed as “different”. No proof is made for it, and none can be made later. The signed original stays on this device and in every export.
act-escalate-title = Escalate this alert?
act-escalate-what = The matter is handed on to the sponsor's data management, with your reason, and the record is closed without proof. Nothing is changed on the server. The signed original stays on this device and in every export.
act-note = Your decision is kept with your name, the time and your reason.
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
moment-exported = Exported
moment-reported = Verification report saved
moment-documented = Exported as a document
answers = Answers
certificate = Certificate
certificate-ends = Ends on { $until }

## Questionnaires

questionnaires-title = Questionnaires
questionnaires-empty-title = No questionnaires yet
questionnaires-empty-what = Add a questionnaire from a file (FHIR JSON). You see what Attesta can do with it before anything is added.
form-add = Add from a file
form-checking = Checking…
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
form-value-sets = Value sets from the terminology server
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
form-supported =
    { $count ->
        [one] Understood: one extension
       *[other] Understood: { $count } extensions
    }
form-item = Item { $item }
form-more =
    { $count ->
        [one] and one more
       *[other] and { $count } more
    }
form-reason-not-json = The file is not readable JSON
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
blocked-disk-full-do = Make room on this device's disk. Then try again.
blocked-not-set-up-title = This device is not set up yet
blocked-not-set-up-what = Attesta was asked for a study, and this device has not been given one.
blocked-not-set-up-do = The person who looks after this device sets it up with the study's signed document: “attesta-desktop device set-up”. To learn the app meanwhile, start it in practice mode: “attesta-desktop --practice”.
blocked-not-enrolled-title = This device has no certificate yet
blocked-not-enrolled-what = The device is set up for its study, but the study's authority has not certified its key, so nothing could be signed.
blocked-not-enrolled-do = “attesta-desktop device request” prints the request for the study's authority; “attesta-desktop device enrol” takes the answer. Then try again.
blocked-no-staff-title = Nobody can sign in yet
blocked-no-staff-what = The device is set up for its study, but no member of staff has an account on it.
blocked-no-staff-do = “attesta-desktop device staff” adds the first one. Then try again.
blocked-unreachable-title = Attesta did not start
blocked-unreachable-what = The screens are here, but the part that keeps the data does not answer.
blocked-unreachable-do = Try again. If it stays so, close Attesta and open it once more.
blocked-other-title = Attesta cannot go on
blocked-other-what = Something on this device keeps Attesta from working safely, so it stopped before doing anything.
blocked-other-do = Try again. If it stays so, call your study's support and read out what stands under “For support”.

error-visit-unfinished = Please choose a participant and a questionnaire.
error-form-known = The study has exactly this questionnaire already.
error-form-too-large = The file is larger than { $size }. It was not read.
error-form-not-text = The file is no text in UTF-8, as FHIR JSON is. Nothing was added.
error-questionnaire-refused = This questionnaire cannot be used. Nothing was added.
error-stale-revision = This has changed in the meantime. Look at it again, then repeat the step.
error-pin-reset-unfinished = Please choose a participant and give a reason.
error-reason-empty = Please give a reason.
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
