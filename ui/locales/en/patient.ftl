# The patient's screens: short words, one thought a sentence.

back = Back
next = Next
begin = Begin
progress = How far you are
more-below = There is more below
progress-count = { $position } of { $total }
progress-count-open = Question { $position }
staff-take-over = For staff

language-title = Choose your language

instructions-count =
    { $count ->
        [0] There is one question at a time. How many there are depends on your answers.
        [one] There is one question.
       *[other] There are { $count } questions, one at a time.
    }
instructions-time = There are no right or wrong answers. Take all the time you need.
instructions-change = You can go back and change an answer until you sign.
instructions-sign = At the end you check your answers and sign them.

skip = I would rather not answer this
skipped-already = Left unanswered on purpose
skip-title = Leave this question unanswered?
skip-what = That is all right. We note that you left it out on purpose. You can still answer it later, before you sign.
skip-confirm = Leave it out
skip-cancel = Answer it

range-between = From { $min } to { $max }
range-from = { $min } or more
range-to = Up to { $max }
date-day = Day
date-month = Month
date-year = Year
date-today = Today
letters-left =
    { $over ->
        [0]
            { $left ->
                [one] Room for one more letter
               *[other] Room for { $left } more letters
            }
        [one] One letter too many
       *[other] { $over } letters too many
    }
choice-own = Something else, in your own words
instance-add = Add another one
instance-remove = Take away
answer-more = Add another answer
unit = Unit
scale-untouched = Nothing marked yet
scale-less = A little less
scale-more = A little more
scale-clear = Clear
spin-empty = Nothing entered yet
spin-less = Less by { $step }
spin-more = More by { $step }
several-any = You can choose more than one.
several-most = Choose up to { $max }.
several-place = Answer { $place }
tabs = Sections
tab-place = Section { $place }
tab-open = still has open questions
tab-complete = all answered
fold-unnamed = More
fold-missing =
    { $count ->
        [one] 1 question to answer
       *[other] { $count } questions to answer
    }
row-place = Entry { $place }
open-required =
    { $count ->
        [one] One question still needs an answer:
       *[other] { $count } questions still need an answer:
    }
skip-several-title =
    { $count ->
        [one] Leave this question unanswered?
       *[other] Leave { $count } questions unanswered?
    }
skip-several-what =
    { $count ->
        [one] That is all right. We note that you left it out on purpose. You can still answer it later, before you sign.
       *[other] That is all right. We note that you left them out on purpose. You can still answer them later, before you sign.
    }
skip-several-cancel = Answer
several-remove = Take away answer { $place }
note-instructions = Instructions:
note-security = About your privacy:
note-legal = Legal notice:
medium-failed = This picture or recording cannot be shown here.
medium-enlarge = Enlarge the picture
medium-enlarged = The picture, enlarged
medium-play = Play
medium-pause = Pause
picker-choose = Tap to choose
picker-search = Search
picker-found =
    { $count ->
        [0] Nothing found. Please try fewer letters.
        [one] One found
       *[other] { $count } found
    }
picker-more = { $shown } of { $total } are shown. Type more letters to find yours.
date-may-month = You may leave the day empty if you do not know it.
date-may-year = You may leave day and month empty if you do not know them.
date-time-may = You may leave the time empty if you do not know it.
time-hour = Hour
time-minute = Minute
time-now = Now
time-what = From 00:00 to 23:59. In the afternoon count on: 3 o’clock is 15:00.
range-time-from = From { $min }
unit-other = Another unit
unit-own = The unit, in your own words
file-photo = Take a photo
camera-take = Take the photo
camera-use = Use this photo
camera-again = Take another
camera-taken = The photo that you took
file-choose = Choose a file
file-limit = At most { $size }.
file-picture = The picture that you chose
file-unnamed = File without a name
file-remove = Take away
file-remove-named = Take away { $name }
instance-change = Change { $what }
instance-remove-named = Take away { $what }
instance-remove-title = Take this entry away?
instance-remove-what = Everything that you answered in it is removed.

ahead-title = One moment
ahead-what = Your next question is on its way.
ahead-long = This takes a little longer. Your answers so far are saved.
ahead-failed-title = The next question did not come
ahead-failed-line = The connection is poor at the moment. Your answers so far are saved on this tablet.
ahead-failed-other = Something is not right where the questions come from. Your answers so far are saved on this tablet. Please tell a member of staff.
ahead-again = Try again
ahead-staff = Give the tablet to the staff
reopen-title = Change this answer?
reopen-what = The questions after this one were chosen by your answers. If you change it, they are taken away and chosen anew.
reopen-confirm = Change it
reopen-cancel = Keep it

step-review = Check
review-title = Check your answers
review-what = Tap an answer to change it.
review-incomplete = Some questions still need an answer. Tap one to answer it.
review-missing = Needs an answer
review-left-out = Left out on purpose
review-change = Change
review-done = Sign
review-go-missing = Answer the rest

step-sign = Sign
choose-pin-participant-title = Your participant number
choose-pin-participant-what = Please type the number that you see here. It shows that the answers are yours.
choose-pin-pin-title = Choose a PIN
choose-pin-pin-what = With your PIN you sign your answers, today and at every later visit. Choose at least { $least } digits that you can remember and nobody can guess. Do not tell them to anybody.
choose-pin-again-title = Type your PIN once more
choose-pin-again-what = So that we know there is no slip in it.
participant-type = Type your participant number
pin-new = New PIN
pin-again = New PIN, once more
pin-enter = Enter your PIN
pin-entered =
    { $count ->
        [0] No digit yet
        [one] One digit
       *[other] { $count } digits
    }
keypad = Keypad
key-hyphen = Hyphen
key-erase = Erase

sign-title = Sign your answers
questionnaire-version = { $title }, version { $version }
answered-of = { $answered } of { $total } questions
back-to-answers = My answers
sign-finish = Sign and finish

pin-locked-title = Your PIN is locked
pin-locked-what = It was typed wrong too many times. Please hand the tablet to a member of staff: they can help you set a new one.
pin-locked-safe = Your answers are saved. You will not have to answer again.

thanks-title = Thank you
thanks-safe = Your answers are signed and safe on this tablet.
thanks-sent = They are sent to your study by themselves. You need not do anything else.
thanks-hand-back = Please hand the tablet back to the staff.
staff-continue = Staff: continue here

hand-back-title = Staff sign in
hand-back-what = Signing in ends the patient's turn on this tablet. What was answered so far is saved.
hand-back-confirm = Take over

## What stands beside a control when an answer cannot be taken.

error-choose-language = Please choose a language first.
error-required = Please answer this question to go on.
error-unanswered = Please answer this question, or tap “I would rather not answer this”.
error-open-required = Please answer this question to go on.
error-open-optional = Please answer this question, or go on and leave it out.
error-date-unfinished-month = Please fill in month and year.
error-date-unfinished-year = Please fill in the year.
error-time-unfinished = Please fill in hour and minute.
error-quantity-unfinished = Please type the number too.
error-own-unfinished = Please write your own answer, or choose another.
error-not-a-number = Please type a number, with digits only.
error-number-two-readings = This number can be read in two ways. Please type it without a mark for thousands, for example 1200.
error-not-a-whole-number = Please type a whole number.
error-too-many-digits = This number is too long. Please check it.
error-below-minimum = This number is too small. The smallest possible is { $min }.
error-above-maximum = This number is too large. The largest possible is { $max }.
error-too-many-decimal-places =
    { $places ->
        [0] Please type a whole number.
        [one] Please type at most one digit after the point.
       *[other] Please type at most { $places } digits after the point.
    }
error-between-steps = Please choose one of the points on the line.
error-not-a-date = This day is not in the calendar. Please check day, month and year.
error-date-too-early = This is too early. The earliest possible is { $min }.
error-date-too-late = This is too late. The latest possible is { $max }.
error-time-too-early = This time is too early. The first possible is { $min }.
error-time-too-late = This time is too late. The last possible is { $max }.
error-date-unfinished = Please fill in day, month and year.
error-not-a-date-time = Please fill in the day and the time.
error-not-a-time = This is not a time of day. Please write hours and minutes.
error-time-skipped = On this day the clocks go forward over this time. Please give another time.
error-not-a-url = This is not an address. Please write it without spaces.
error-unknown-unit = Please choose one of the units shown.
error-unlike-unit = This unit cannot be compared with what is allowed here. Please use another unit.
error-unlike-unit-said = This unit cannot be compared with the limit, { $said }. Please use a unit that can.
error-unit-missing = Please choose the unit too.
error-too-many-answers = More answers than are asked for: at most { $limit }. Please take some away.
error-too-few-answers = Please give at least { $limit } answers to go on.
error-answer-twice = You gave the same answer twice. Please give each once.
error-exclusive = This answer cannot stand beside others. Please choose it alone.
error-option-not-offered = This answer cannot be chosen now. Please choose one of those shown.
error-wrong-format = The answer is not written in the way that is asked for. Please check it.
error-wrong-format-said = Please write the answer like this: { $said }
error-media-type = A file of this kind is not asked for. Please choose another.
error-file-too-large = This file is too large. Please choose a smaller one.
error-files-together = Your files are too large together. Please choose a smaller one, or take one of them away.
error-photo-too-large = The photo cannot be made small enough for this question. Please choose a file instead.
error-not-base64 = The file could not be read. Please choose it again.
error-read-only = This answer is filled in by itself and cannot be changed.
error-too-many-instances = No further one can be added here.
error-too-many-elements = This form would begin with more than fits. Please ask the staff for help.
error-too-few-instances = This one has to stay.
error-constraint = Some answers do not fit together. Please check them.
error-unstable = With this answer, the form contradicts itself. Please give another answer, or leave the question out.
error-too-costly = This form cannot work out its results. Please ask the staff for help.
error-too-short = This text is too short. Please write a little more.
error-too-long = This text is too long. There is room for { $length } letters.
error-character-not-allowed = One of these characters cannot be kept. Please use letters, digits and common signs.
error-incomplete = Some questions still need an answer.
error-participant-empty = Please type your participant number.
error-pin-empty = Please type your PIN.
error-wrong-participant = This is not the participant number of this visit. Please look again.
error-pin-wrong =
    { $left ->
        [one] The PIN is not right. One try left.
       *[other] The PIN is not right. { $left } tries left.
    }
error-pin-locked = The PIN was typed wrong too many times. Please ask a member of staff.
error-pins-differ = The two PINs were not the same. Please choose your PIN again.
error-pin-malformed =
    { $limit ->
        [8] A PIN has 8 digits.
       *[other] A PIN has { $limit } to 8 digits.
    }
error-pin-trivial = This PIN is too easy to guess. Please choose another.
error-pin-already-set = You have a PIN already. Please ask a member of staff if you cannot remember it.
