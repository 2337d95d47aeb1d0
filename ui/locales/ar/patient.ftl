# شاشات المرضى: كلمات قصيرة وفكرة واحدة في كل جملة.

back = رجوع
next = التالي
begin = ابدأ
progress = أين وصلت
more-below = هناك المزيد في الأسفل
progress-count = { $position } من { $total }
progress-count-open = السؤال { $position }
staff-take-over = للموظفين

language-title = اختر لغتك

instructions-count =
    { $count ->
        [0] تأتي الأسئلة واحدًا تلو الآخر، وعددها يتوقف على إجاباتك.
        [one] هناك سؤال واحد.
        [two] هناك سؤالان، واحد تلو الآخر.
        [few] هناك { $count } أسئلة، واحد تلو الآخر.
       *[other] هناك { $count } سؤالًا، واحد تلو الآخر.
    }
instructions-time = لا توجد إجابات صحيحة أو خاطئة. خذ الوقت الذي تحتاجه.
instructions-change = يمكنك الرجوع وتغيير أي إجابة قبل التوقيع.
instructions-sign = في النهاية تراجع إجاباتك وتوقّعها.

skip = أفضّل عدم الإجابة
skipped-already = تُرك دون إجابة عن قصد
skip-title = هل تترك هذا السؤال دون إجابة؟
skip-what = لا بأس بذلك. نسجل أنك تركته عن قصد. يمكنك الإجابة عنه لاحقًا قبل التوقيع.
skip-confirm = أتركه
skip-cancel = أجيب عنه

range-between = من { $min } إلى { $max }
range-from = { $min } أو أكثر
range-to = حتى { $max }
date-day = اليوم
date-month = الشهر
date-year = السنة
date-today = تاريخ اليوم
letters-left =
    { $over ->
        [0]
            { $left ->
                [one] يبقى مكان لحرف واحد
                [two] يبقى مكان لحرفين
                [few] يبقى مكان لـ { $left } أحرف
               *[other] يبقى مكان لـ { $left } حرفًا
            }
        [one] حرف واحد زائد
        [two] حرفان زائدان
        [few] { $over } أحرف زائدة
       *[other] { $over } حرفًا زائدًا
    }
choice-own = شيء آخر بكلماتك
instance-add = إضافة المزيد
instance-remove = إزالة
answer-more = إضافة إجابة أخرى
unit = الوحدة
scale-untouched = لم تحدد شيئًا بعد
scale-less = أقل قليلًا
scale-more = أكثر قليلًا
scale-clear = امسح
spin-empty = لم تُدخل شيئًا بعد
spin-less = أقل بمقدار { $step }
spin-more = أكثر بمقدار { $step }
several-any = يمكنك اختيار أكثر من إجابة.
several-most = اختر { $max } على الأكثر.
several-place = الإجابة { $place }
tabs = الأقسام
tab-place = القسم { $place }
tab-open = ما زالت فيه أسئلة دون إجابة
tab-complete = أُجيب عن كل أسئلته
fold-unnamed = المزيد
fold-missing =
    { $count ->
        [one] سؤال واحد دون إجابة
        [two] سؤالان دون إجابة
        [few] { $count } أسئلة دون إجابة
       *[other] { $count } سؤالًا دون إجابة
    }
row-place = الإدخال { $place }
open-required =
    { $count ->
        [one] ما زال سؤال واحد بحاجة إلى إجابة:
        [two] ما زال سؤالان بحاجة إلى إجابة:
        [few] ما زالت { $count } أسئلة بحاجة إلى إجابة:
       *[other] ما زال { $count } سؤالًا بحاجة إلى إجابة:
    }
skip-several-title =
    { $count ->
        [one] هل تترك هذا السؤال دون إجابة؟
        [two] هل تترك سؤالين دون إجابة؟
        [few] هل تترك { $count } أسئلة دون إجابة؟
       *[other] هل تترك { $count } سؤالًا دون إجابة؟
    }
skip-several-what =
    { $count ->
        [one] لا بأس بذلك. نسجل أنك تركته عن قصد. يمكنك الإجابة عنه لاحقًا قبل التوقيع.
        [two] لا بأس بذلك. نسجل أنك تركتهما عن قصد. يمكنك الإجابة عنهما لاحقًا قبل التوقيع.
       *[other] لا بأس بذلك. نسجل أنك تركتها عن قصد. يمكنك الإجابة عنها لاحقًا قبل التوقيع.
    }
skip-several-cancel = أجيب
several-remove = إزالة الإجابة { $place }
note-instructions = تعليمات:
note-security = عن الخصوصية:
note-legal = إشعار قانوني:
medium-failed = لا يمكن عرض هذه الصورة أو هذا التسجيل هنا.
medium-enlarge = تكبير الصورة
medium-enlarged = الصورة مكبّرة
medium-play = تشغيل
medium-pause = إيقاف مؤقت
picker-choose = المس للاختيار
picker-search = بحث
picker-found =
    { $count ->
        [0] لم يُعثر على شيء. جرّب حروفًا أقل.
        [one] نتيجة واحدة
        [two] نتيجتان
        [few] { $count } نتائج
       *[other] { $count } نتيجة
    }
picker-more = يظهر { $shown } من { $total }. اكتب حروفًا أكثر للعثور على إجابتك.
date-may-month = يمكنك ترك اليوم فارغًا إن لم تعرفه.
date-may-year = يمكنك ترك اليوم والشهر فارغين إن لم تعرفهما.
date-time-may = يمكنك ترك الوقت فارغًا إن لم تعرفه.
time-hour = الساعة
time-minute = الدقيقة
time-now = الآن
time-what = من 00:00 إلى 23:59. بعد الظهر يستمر العد: الساعة 3 هي 15:00.
range-time-from = من { $min }
unit-other = وحدة أخرى
unit-own = الوحدة بكلماتك
file-photo = التقاط صورة
camera-take = التقط الصورة
camera-use = استخدم هذه الصورة
camera-again = التقط صورة أخرى
camera-taken = الصورة التي التقطتها
file-choose = اختيار ملف
file-limit = { $size } على الأكثر.
file-picture = الصورة التي اخترتها
file-unnamed = ملف بلا اسم
file-remove = إزالة
file-remove-named = إزالة { $name }
instance-change = تغيير { $what }
instance-remove-named = إزالة { $what }
instance-remove-title = هل تزيل هذا الإدخال؟
instance-remove-what = يُحذف كل ما أجبت عنه فيه.

ahead-title = لحظة من فضلك
ahead-what = سؤالك التالي في الطريق.
ahead-long = يستغرق الأمر وقتًا أطول قليلًا. إجاباتك حتى الآن محفوظة.
ahead-failed-title = لم يصل السؤال التالي
ahead-failed-line = الاتصال ضعيف الآن. إجاباتك حتى الآن محفوظة على هذا الجهاز.
ahead-failed-other = هناك خلل في المكان الذي تأتي منه الأسئلة. إجاباتك حتى الآن محفوظة على هذا الجهاز. يُرجى إبلاغ أحد الموظفين.
ahead-again = حاول مرة أخرى
ahead-staff = تسليم الجهاز إلى الموظفين
reopen-title = هل تريد تغيير هذه الإجابة؟
reopen-what = اختيرت الأسئلة التالية بحسب إجاباتك. إذا غيّرت هذه الإجابة فستُحذف تلك الأسئلة وتُختار من جديد.
reopen-confirm = تغييرها
reopen-cancel = إبقاؤها

step-review = مراجعة
review-title = راجع إجاباتك
review-what = المس أي إجابة لتغييرها.
review-incomplete = ما زالت بعض الأسئلة بحاجة إلى إجابة. المس السؤال للإجابة عنه.
review-missing = بحاجة إلى إجابة
review-left-out = تُرك عن قصد
review-change = تغيير
review-done = توقيع
review-go-missing = أكمل الإجابات

step-sign = توقيع
choose-pin-participant-title = رقمك في الدراسة
choose-pin-participant-what = يُرجى كتابة الرقم الذي تراه هنا. إنه يدل على أن الإجابات إجاباتك.
choose-pin-pin-title = اختر رقمًا سريًا
choose-pin-pin-what = توقّع إجاباتك برقمك السري اليوم وفي كل زيارة لاحقة. اختر { $least } أرقام على الأقل تتذكرها ولا يستطيع أحد تخمينها. لا تخبر بها أحدًا.
choose-pin-again-title = اكتب رقمك السري مرة أخرى
choose-pin-again-what = لنتأكد من عدم وجود خطأ فيه.
participant-type = اكتب رقمك في الدراسة
pin-new = الرقم السري الجديد
pin-again = الرقم السري الجديد مرة أخرى
pin-enter = أدخل رقمك السري
pin-entered =
    { $count ->
        [0] لا أرقام بعد
        [one] رقم واحد
        [two] رقمان
        [few] { $count } أرقام
       *[other] { $count } رقمًا
    }
keypad = لوحة الأرقام
key-hyphen = شرطة
key-erase = مسح

sign-title = وقّع إجاباتك
questionnaire-version = { $title }، الإصدار { $version }
answered-of = { $answered } من { $total }
back-to-answers = إجاباتي
sign-finish = وقّع وأنهِ

pin-locked-title = رقمك السري مقفل
pin-locked-what = كُتب خطأً مرات كثيرة. يُرجى إعطاء الجهاز لأحد الموظفين، فهم يساعدونك على اختيار رقم جديد.
pin-locked-safe = إجاباتك محفوظة. لن تحتاج إلى الإجابة من جديد.

thanks-title = شكرًا لك
thanks-safe = إجاباتك موقّعة ومحفوظة بأمان على هذا الجهاز.
thanks-sent = تُرسل إلى دراستك تلقائيًا. لا حاجة لأن تفعل شيئًا آخر.
thanks-hand-back = يُرجى إعادة الجهاز إلى الموظفين.
staff-continue = الموظفون: تابعوا هنا

hand-back-title = تسجيل دخول الموظفين
hand-back-what = تسجيل الدخول ينهي دور المريض على هذا الجهاز. كل ما أُجيب عنه حتى الآن محفوظ.
hand-back-confirm = استلام الجهاز

## ما يظهر بجانب حقل الإجابة عندما لا يمكن قبولها.

error-choose-language = يُرجى اختيار لغة أولًا.
error-required = يُرجى الإجابة عن هذا السؤال للمتابعة.
error-unanswered = يُرجى الإجابة عن هذا السؤال أو لمس «أفضّل عدم الإجابة».
error-open-required = يُرجى الإجابة عن هذا السؤال للمتابعة.
error-open-optional = يُرجى الإجابة عن هذا السؤال، أو المتابعة وتركه دون إجابة.
error-date-unfinished-month = يُرجى ملء الشهر والسنة.
error-date-unfinished-year = يُرجى ملء السنة.
error-time-unfinished = يُرجى ملء الساعة والدقيقة.
error-quantity-unfinished = يُرجى كتابة الرقم أيضًا.
error-own-unfinished = يُرجى كتابة إجابتك أو اختيار إجابة أخرى.
error-not-a-number = يُرجى كتابة رقم.
error-number-two-readings = يمكن قراءة هذا الرقم بطريقتين. يُرجى كتابته دون علامة للآلاف، مثل 1200.
error-not-a-whole-number = يُرجى كتابة عدد صحيح.
error-too-many-digits = هذا الرقم طويل جدًا. يُرجى التحقق منه.
error-below-minimum = هذا الرقم صغير جدًا. أصغر رقم ممكن هو { $min }.
error-above-maximum = هذا الرقم كبير جدًا. أكبر رقم ممكن هو { $max }.
error-too-many-decimal-places =
    { $places ->
        [0] يُرجى كتابة عدد صحيح.
        [one] يُرجى كتابة رقم واحد على الأكثر بعد الفاصلة.
        [two] يُرجى كتابة رقمين على الأكثر بعد الفاصلة.
       *[other] يُرجى كتابة { $places } أرقام على الأكثر بعد الفاصلة.
    }
error-between-steps = يُرجى اختيار نقطة من نقاط الخط.
error-not-a-date = هذا اليوم غير موجود في التقويم. يُرجى التحقق من اليوم والشهر والسنة.
error-date-too-early = هذا مبكر جدًا. أبكر ما يمكن هو { $min }.
error-date-too-late = هذا متأخر جدًا. أقصى ما يمكن هو { $max }.
error-time-too-early = هذا الوقت مبكر جدًا. أول وقت ممكن هو { $min }.
error-time-too-late = هذا الوقت متأخر جدًا. آخر وقت ممكن هو { $max }.
error-date-unfinished = يُرجى ملء اليوم والشهر والسنة.
error-not-a-date-time = يرجى إدخال اليوم والوقت.
error-not-a-time = هذا ليس وقتًا صحيحًا. يرجى كتابة الساعات والدقائق.
error-time-skipped = في هذا اليوم تُقدَّم الساعة فلا يوجد هذا الوقت. يُرجى إدخال وقت آخر.
error-not-a-url = هذا ليس عنوانًا صحيحًا. يرجى كتابته دون مسافات.
error-unknown-unit = يرجى اختيار إحدى الوحدات المعروضة.
error-unlike-unit = لا يمكن مقارنة هذه الوحدة بما هو مسموح به هنا. يُرجى استخدام وحدة أخرى.
error-unlike-unit-said = لا يمكن مقارنة هذه الوحدة بالحد المسموح به هنا: { $said }. يُرجى استخدام وحدة يمكن مقارنتها به.
error-unit-missing = يرجى اختيار الوحدة أيضًا.
error-too-many-answers = عدد الإجابات أكثر من المطلوب. الحد الأقصى: { $limit }. يرجى إزالة بعضها.
error-too-few-answers = يرجى تقديم المزيد من الإجابات للمتابعة. الحد الأدنى: { $limit }.
error-answer-twice = قدمت الإجابة نفسها مرتين. يرجى تقديم كل إجابة مرة واحدة.
error-exclusive = لا يمكن أن تكون هذه الإجابة مع غيرها. يرجى اختيارها وحدها.
error-option-not-offered = لا يمكن اختيار هذه الإجابة الآن. يرجى اختيار إحدى الإجابات المعروضة.
error-wrong-format = الإجابة ليست مكتوبة بالشكل المطلوب. يرجى مراجعتها.
error-wrong-format-said = يرجى كتابة الإجابة بهذا الشكل: { $said }
error-media-type = هذا النوع من الملفات غير مطلوب. يرجى اختيار ملف آخر.
error-file-too-large = هذا الملف كبير جدًا. يرجى اختيار ملف أصغر.
error-files-together = ملفاتك كبيرة جدًا مجتمعةً. يُرجى اختيار ملف أصغر، أو إزالة أحدها.
error-photo-too-large = لا يمكن تصغير الصورة بما يكفي لهذا السؤال. يُرجى اختيار ملف بدلًا من ذلك.
error-not-base64 = تعذرت قراءة الملف. يرجى اختياره مرة أخرى.
error-read-only = تُملأ هذه الإجابة تلقائيًا ولا يمكن تغييرها.
error-too-many-instances = لا يمكن إضافة المزيد هنا.
error-too-many-elements = سيبدأ هذا النموذج بأكثر مما يتسع له. يرجى طلب المساعدة من الموظفين.
error-too-few-instances = يجب أن يبقى هذا.
error-constraint = بعض الإجابات لا تتوافق معًا. يرجى مراجعتها.
error-unstable = مع هذه الإجابة يناقض النموذج نفسه. يرجى إعطاء إجابة أخرى أو ترك السؤال.
error-too-costly = لا يستطيع هذا النموذج حساب نتائجه. يرجى طلب المساعدة من الموظفين.
error-too-short = هذا النص قصير جدًا. يُرجى كتابة المزيد.
error-too-long = هذا النص طويل جدًا. هناك مكان لـ { $length } حرفًا.
error-character-not-allowed = لا يمكن حفظ أحد هذه الرموز. يُرجى استخدام الحروف والأرقام والعلامات المألوفة.
error-incomplete = ما زالت بعض الأسئلة بحاجة إلى إجابة.
error-participant-empty = يُرجى كتابة رقمك في الدراسة.
error-pin-empty = يُرجى كتابة رقمك السري.
error-wrong-participant = هذا ليس رقم المشارك في هذه الزيارة. يُرجى التحقق مرة أخرى.
error-pin-wrong =
    { $left ->
        [one] الرقم السري غير صحيح. بقيت محاولة واحدة.
        [two] الرقم السري غير صحيح. بقيت محاولتان.
        [few] الرقم السري غير صحيح. بقيت { $left } محاولات.
       *[other] الرقم السري غير صحيح. بقيت { $left } محاولة.
    }
error-pin-locked = كُتب الرقم السري خطأً مرات كثيرة. يُرجى سؤال أحد الموظفين.
error-pins-differ = الرقمان السريان غير متطابقين. يُرجى اختيار رقمك السري من جديد.
error-pin-malformed =
    { $limit ->
        [8] يتكون الرقم السري من 8 أرقام.
       *[other] يتكون الرقم السري من { $limit } إلى 8 أرقام.
    }
error-pin-trivial = هذا الرقم السري سهل التخمين. يُرجى اختيار رقم آخر.
error-pin-already-set = لديك رقم سري من قبل. إن لم تتذكره فيُرجى سؤال أحد الموظفين.
