# What every screen shares.

practice-ribbon = Practice — not for real patients
cancel = Cancel
done = Done
camera-seen = What the camera sees
camera-opening = The camera is being opened…
try-again = Try again
loading = Loading…
language = Language
participant = Participant
questionnaire = Questionnaire
answered = Answered
date-time = Date and time
user-name = User name
password = Password

look-open = Text size
look-title = Text and colours
look-size = Text size
look-size-normal = Normal
look-size-large = Large
look-size-larger = Very large
look-size-largest = Largest
look-theme = Colours
look-theme-system = Automatic
look-theme-light = Light
look-theme-dark = Dark
look-theme-contrast = High contrast

## Refusals. A patient sees these words, never a code.

error-patient = That did not work. Nothing is lost. Please try once more, or ask a member of staff.
error-staff = That did not work. Nothing is lost. Try once more; if it stays so, tell your study's support what is written here.
error-technical = { $code }: { $detail }
error-camera-none = No camera was found. Please choose a file instead.
error-camera-refused = Attesta may not use the camera of this device. Please choose a file instead.
error-camera-busy = The camera does not work at the moment. Another program may be using it. Please try again, or choose a file instead.
error-internal = That did not work. Nothing is lost. Please try once more.
error-session-over = This session is over. Please sign in again.
error-patient-has-device = The tablet is in a patient's hands. Take it back first.
error-wrong-state = This step is not possible now. The page shows where things stand.
error-not-permitted = Your role does not allow this. Please ask a study coordinator.
error-not-found = This is not there any more. The page shows what there is now.
error-unknown-language = This language is not available.
error-draft-unreadable = The answers saved so far cannot be opened. They are kept. Please tell your study's support.
error-sign-in-refused = The user name or the password is not right.
error-account-locked = Too many wrong tries: this account is locked. Another member of staff has to unlock it.
error-second-person-needed = Two different members of staff have to confirm.
error-disk-full = The disk of this device is full. Nothing was changed. Make room and try again.
error-io = The device could not save this. Nothing was changed. Check its disk and try again.
error-store-stopped = The device stopped saving, to be safe. Close Attesta and open it again.
error-clock-behind = The clock of this device is behind the last recorded time. Nothing was signed. Staff have to set the clock.
error-certificate-not-yet-valid = The clock of this device is before the time of its certificate. Nothing was signed. Staff have to set the clock.
error-certificate-expired = The certificate of this device has ended. Nothing was signed. Staff have to call the study's support.
error-certificate-revoked = The certificate of this device was revoked. Nothing was signed, and the answers are kept. Staff have to call the study's support.
error-sealing-key-missing = The signing key of this device is missing. Nothing was signed. Staff have to call the study's support.
