# What every screen shares.

practice-ribbon = Practice — not for real patients
cancel = Cancel
done = Done
try-again = Try again
loading = Loading…
language = Language
participant = Participant
questionnaire = Questionnaire
answered = Answered
date-time = Date and time
user-name = User name
password = Password
yes = Yes
no = No

look-open = Text size
look-title = Text and colours
look-size = Text size
look-size-normal = Normal
look-size-large = Large
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
error-unknown = That did not work. Nothing is lost. Please try once more.
error-busy = The device is still busy with the step before. Please try once more.
error-signed-out = You are signed out. Please sign in again.
error-not-signed-in = You are signed out. Please sign in again.
error-not-allowed = Your role may not do this.
error-wrong-credentials = The user name or the password is not right.
error-wrong-password = The password is not right.
error-account-locked = Too many wrong tries: this account is locked. Another member of staff has to unlock it.
error-storage-failed = The device could not save this. Nothing was changed. Check that its disk has room and try again.
