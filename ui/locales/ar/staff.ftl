# شاشات الموظفين.

## تسجيل الدخول

sign-in-title = تسجيل الدخول
sign-in-what = لموظفي هذا المركز.
sign-in = دخول
sign-out = تسجيل الخروج
demo-title = حسابات للتدريب
demo-fill = املأ
demo-fill-for = املأ { $user }
role-coordinator = منسق الدراسة
role-siteStaff = موظف المركز
role-inspector = التفتيش (للقراءة فقط)
who-where = المركز { $site }، { $device }

## الشريط والحالة

rail = الصفحات
page-visits = الزيارات
page-questionnaires = الاستبيانات
page-outbox = الصادر
page-alerts = التنبيهات
page-records = السجلات
page-device = الجهاز
page-trainer = المدرب
alerts-open =
    { $count ->
        [one] واحد مفتوح
        [two] اثنان مفتوحان
       *[other] { $count } مفتوحة
    }
status-allProven =
    { $total ->
        [one] الاستجابة الوحيدة وصلت وأُثبتت.
        [two] الاستجابتان وصلتا وأُثبتتا.
        [few] كل الاستجابات الـ { $total } وصلت وأُثبتت.
       *[other] كل الاستجابات الـ { $total } وصلت وأُثبتت.
    }
status-nothingYet = جاهز للزيارة الأولى. لا شيء ينتظر على هذا الجهاز.
status-sending =
    { $count ->
        [one] استجابة واحدة في طريقها إلى الخادم.
        [two] استجابتان في طريقهما إلى الخادم.
        [few] { $count } استجابات في طريقها إلى الخادم.
       *[other] { $count } استجابة في طريقها إلى الخادم.
    }
status-offline =
    { $count ->
        [0] دون اتصال. كل شيء وصل.
        [one] دون اتصال: استجابة واحدة محفوظة بأمان على هذا الجهاز.
        [two] دون اتصال: استجابتان محفوظتان بأمان على هذا الجهاز.
        [few] دون اتصال: { $count } استجابات محفوظة بأمان على هذا الجهاز.
       *[other] دون اتصال: { $count } استجابة محفوظة بأمان على هذا الجهاز.
    }
status-resting =
    { $count ->
        [one] يطلب الخادم مهلة حتى { $time }. استجابة واحدة محفوظة بأمان على هذا الجهاز.
        [two] يطلب الخادم مهلة حتى { $time }. استجابتان محفوظتان بأمان على هذا الجهاز.
        [few] يطلب الخادم مهلة حتى { $time }. { $count } استجابات محفوظة بأمان على هذا الجهاز.
       *[other] يطلب الخادم مهلة حتى { $time }. { $count } استجابة محفوظة بأمان على هذا الجهاز.
    }
status-notFhir =
    { $count ->
        [one] عنوان الخادم يجيب، لكن ليس كخادم FHIR. استجابة واحدة محفوظة بأمان على هذا الجهاز. أبلغ من يشغّل الخادم.
        [two] عنوان الخادم يجيب، لكن ليس كخادم FHIR. استجابتان محفوظتان بأمان على هذا الجهاز. أبلغ من يشغّل الخادم.
        [few] عنوان الخادم يجيب، لكن ليس كخادم FHIR. { $count } استجابات محفوظة بأمان على هذا الجهاز. أبلغ من يشغّل الخادم.
       *[other] عنوان الخادم يجيب، لكن ليس كخادم FHIR. { $count } استجابة محفوظة بأمان على هذا الجهاز. أبلغ من يشغّل الخادم.
    }
status-alerts =
    { $count ->
        [one] تنبيه واحد يحتاج إليك: حفظ الخادم غير ما وُقّع.
        [two] تنبيهان يحتاجان إليك: حفظ الخادم غير ما وُقّع.
        [few] { $count } تنبيهات تحتاج إليك: حفظ الخادم غير ما وُقّع.
       *[other] { $count } تنبيهًا يحتاج إليك: حفظ الخادم غير ما وُقّع.
    }
status-pause-unauthorised = لا يسمح الخادم لهذا الجهاز بالدخول: اطلب تسجيل وصوله.
status-pause-certificateExpired = انتهت شهادة هذا الجهاز: يحتاج إلى شهادة جديدة.
status-pause-certificateNotYetValid = ساعة هذا الجهاز قبل بداية شهادته: اضبطها.
status-pause-certificateRevoked = أُلغيت شهادة هذا الجهاز: اتصل بدعم الدراسة.
status-paused =
    { $count ->
        [one] الإرسال متوقف. استجابة واحدة محفوظة بأمان على هذا الجهاز.
        [two] الإرسال متوقف. استجابتان محفوظتان بأمان على هذا الجهاز.
        [few] الإرسال متوقف. { $count } استجابات محفوظة بأمان على هذا الجهاز.
       *[other] الإرسال متوقف. { $count } استجابة محفوظة بأمان على هذا الجهاز.
    }
status-quarantined =
    { $count ->
        [one] استجابة واحدة مُنحّاة وتحتاج إليك.
        [two] استجابتان مُنحّاتان وتحتاجان إليك.
        [few] { $count } استجابات مُنحّاة وتحتاج إليك.
       *[other] { $count } استجابة مُنحّاة وتحتاج إليك.
    }
status-diskFull =
    { $count ->
        [0] القرص ممتلئ: لا يحفظ هذا الجهاز شيئًا جديدًا. أفسح مكانًا.
        [one] القرص ممتلئ: أفسح مكانًا. استجابة واحدة تنتظر محفوظة بأمان على هذا الجهاز.
        [two] القرص ممتلئ: أفسح مكانًا. استجابتان تنتظران محفوظتين بأمان على هذا الجهاز.
        [few] القرص ممتلئ: أفسح مكانًا. { $count } استجابات تنتظر محفوظة بأمان على هذا الجهاز.
       *[other] القرص ممتلئ: أفسح مكانًا. { $count } استجابة تنتظر محفوظة بأمان على هذا الجهاز.
    }
status-storage =
    { $count ->
        [0] تعذّر على هذا الجهاز حفظ شيء. أعد تشغيله.
        [one] تعذّر على هذا الجهاز حفظ شيء: أعد تشغيله. استجابة واحدة تنتظر محفوظة بأمان عليه.
        [two] تعذّر على هذا الجهاز حفظ شيء: أعد تشغيله. استجابتان تنتظران محفوظتين بأمان عليه.
        [few] تعذّر على هذا الجهاز حفظ شيء: أعد تشغيله. { $count } استجابات تنتظر محفوظة بأمان عليه.
       *[other] تعذّر على هذا الجهاز حفظ شيء: أعد تشغيله. { $count } استجابة تنتظر محفوظة بأمان عليه.
    }
status-checked = آخر فحص { $time }
status-open-alerts = عرض التنبيهات
status-open-outbox = عرض الصادر
status-open-device = عرض الجهاز
practice-fault-on = خادم التدريب يخطئ عمدًا: { $fault }.
practice-fault-open = لوحة المدرب

## القوائم

choose = اختر…
open = فتح
state = الحالة
signed = وُقّع
signed-at = وُقّع { $time }
what-to-do = ما العمل
what-next = ماذا بعد
filter-search = بحث
filter-state = عرض
filter-all = الكل
filter-shown = { $shown } من { $total }
filter-nothing = لا شيء يطابق هذا البحث.
back-to-list = العودة إلى القائمة
of-participant = { $title } — { $participant }
reason = السبب
reason-hint = يُحفظ مع السجل ويُعرض على المفتشين.
by-at = { $by }، { $at }
quoted = «{ $reason }»

## الزيارات

visits-title = الزيارات
visits-empty-title = لا زيارات بعد
visits-empty-what = ابدأ زيارة: اختر المشارك والاستبيان ثم سلّم الجهاز.
visit-start = بدء زيارة
visit-start-title = بدء زيارة
visit-start-what = تظهر الزيارة في القائمة. لا تُفتح شاشة المريض إلا عندما تسلّم الجهاز.
visit-started = البداية
visit-ready = جاهزة
visit-inProgress = جارية
visit-paused-at = متوقفة عند السؤال { $position }
visit-frozen = موقّعة
visit-ended = منتهية
visit-hand-over = تسليم
visit-resume = متابعة
visit-end = إنهاء
visit-end-for = إنهاء زيارة { $participant }
visit-end-title = هل تنهي زيارة { $participant }؟
visit-end-what = تبقى الإجابات حتى الآن في سجل هذا الجهاز، لكنها لا تُوقّع ولا تُرسل. ولا يمكن استئناف الزيارة.
pin-reset = إعادة ضبط الرقم السري
pin-reset-title = إعادة ضبط الرقم السري لمشارك
pin-reset-what = يؤكد موظفان معًا أنهما يعرفان المشارك. ثم يختار المشارك رقمًا سريًا جديدًا عند التوقيع التالي.
pin-reset-first = الموظف الأول
pin-reset-second = الموظف الثاني
pin-reset-done = أُعيد ضبط الرقم السري. يختار المشارك رقمًا جديدًا عند التوقيع التالي.

## الصادر

outbox-title = الصادر
outbox-empty-title = لا شيء للإرسال
outbox-empty-what = عندما يوقّع مريض تظهر الاستجابة هنا وتُرسل تلقائيًا.
outbox-under-way = في الطريق
outbox-held = تحتاج إليك
outbox-finished = منتهية
outbox-foremost = المعروض { $shown } من { $total }: ما يحتاج إليك، وما انتظر أطول مدة، والأحدث. جميعها في صفحة «السجلات».
outbox-reports =
    { $count ->
        [one] لم يقبل الخادم تقريرًا واحدًا عن تنبيه. «أرسل الآن» يعيد المحاولة.
        [two] لم يقبل الخادم تقريرين عن تنبيهات. «أرسل الآن» يعيد المحاولة.
        [few] لم يقبل الخادم { $count } تقارير عن تنبيهات. «أرسل الآن» يعيد المحاولة.
       *[other] لم يقبل الخادم { $count } تقريرًا عن تنبيهات. «أرسل الآن» يعيد المحاولة.
    }
notices-title = أبلغ مكتب الدراسة
notices-open =
    { $count ->
        [one] إشعار واحد
        [two] إشعاران
        [few] { $count } إشعارات
       *[other] { $count } إشعارًا
    }
notice-reportAltered = يحفظ الخادم تقريرًا عن تنبيه على غير ما أُرسل.
notice-provenanceTwice = يحفظ الخادم إثبات أحد السجلات أكثر من مرة، لأن طلبًا وصل متأخرًا. السجل مُثبت بالمذكور أولًا؛ ويمكن حذف ما عداه من الخادم.
notices-confirm = تأكيد الاطلاع
notices-confirm-title = هل أُبلغ مكتب الدراسة؟
notices-confirm-what = لن يُعرض بعد ذلك ما اطلعت عليه، أما ما يأتي لاحقًا فيُعرض. سيُسجَّل اسمك والسبب.
notices-hint = مثلًا: من أبلغت ومتى.
send-now = أرسل الآن
state-frozen = محفوظة هنا، ستُرسل
state-sending = تُرسل الآن
state-acknowledged = حُفظت، تُقارن
state-compared = مطابقة، يُوقّع الإثبات
state-provenanceSending = يُرسل الإثبات
state-provenanceCompared = حُفظ الإثبات
state-done = وصلت وأُثبتت
state-alert = غير مثبتة
state-quarantined = مُنحّاة
state-closedDifferent = أُغلقت كمختلفة
to-server = إلى { $server }
servers = إلى أين تذهب الإجابات
servers-what = يُعدّ السجل مُثبتًا متى ثبت أن كل خادم من هذه الخوادم يحفظه.
server-own = خادم الدراسة
next-attempt = المحاولة التالية { $time }
next-under-way = تستمر تلقائيًا
next-held = تنتظر قرارًا
next-finished = لا شيء بعد ذلك
attempts =
    { $count ->
        [one] محاولة واحدة حتى الآن
        [two] محاولتان حتى الآن
        [few] { $count } محاولات حتى الآن
       *[other] { $count } محاولة حتى الآن
    }
problem-refused = الخادم لا يقبل الاتصال.
problem-unreachable = لا يمكن الوصول إلى الخادم.
problem-unknown-host = اسم الخادم غير معروف. تحقق من العنوان في وثيقة الدراسة ومن خدمة الأسماء (DNS) في شبكة هذا الجهاز.
problem-reset = انقطع الاتصال.
problem-truncated = انقطع الاتصال أثناء الرد.
problem-timeout = لم يرد الخادم في الوقت المناسب.
problem-tls = الاتصال بالخادم غير آمن.
problem-tls-other-host = شهادة الخادم لمضيف آخر. تحقّق من العنوان، ومما إذا كانت الشبكة تطلب تسجيل الدخول أولًا.
problem-tls-expired = انتهت صلاحية شهادة الخادم. تحقّق من ساعة هذا الجهاز، ثم أبلغ من يدير الخادم.
problem-tls-not-yet-valid = شهادة الخادم ليست صالحة بعد. تحقّق من ساعة هذا الجهاز، ثم أبلغ من يدير الخادم.
problem-tls-revoked = أُلغيت شهادة الخادم. أبلغ من يدير الخادم.
problem-tls-untrusted = لا تقود شهادة الخادم إلى جهة تثق بها الدراسة. أبلغ فنّي المركز.
problem-tls-our-certificate = لم يقبل الخادم شهادة المصادقة الخاصة بهذا الجهاز، أو يطلب شهادة.
problem-tls-our-key = تعذّر استخدام مفتاح المصادقة الخاص بهذا الجهاز. سجّل الجهاز من جديد.
problem-proxy = لم يسمح وكيل الشبكة (البروكسي) بمرور هذا الجهاز. تحقّق من الوكيل في الإعدادات.
problem-connection-settings = لا يمكن استخدام إعدادات الاتصال. أبلغ فنّي المركز.
problem-redirected = يحيل الخادم إلى عنوان آخر، ولا تُتبع الإحالة. قد يكون العنوان خاطئًا، أو قد تطلب الشبكة تسجيل الدخول أولًا.
problem-web-page = وصلت صفحة ويب بدلًا من رد الخادم. قد تطلب الشبكة تسجيل الدخول أولًا: افتح متصفح ويب.
problem-media-type = الرد ليس FHIR. قد لا يكون هذا عنوان الخادم.
problem-not-fhir = رفضها العنوان دون ذكر السبب بصيغة FHIR، كما تفعل بوابة أمام الخادم. ستُعاد المحاولة.
problem-compressed = كان رد الخادم مضغوطًا دون طلب، ولم يُقرأ.
problem-client-refused = لا يعرف خادم التفويض تسجيل هذا الجهاز، أو ألغاه. أبلغ من يدير الخادم.
problem-token-refused = لم يمنح خادم التفويض هذا الجهاز رمز وصول. أبلغ من يدير الخادم.
problem-token-unreachable = لا يمكن الوصول إلى خادم التفويض، أو تعذّرت قراءة رده.
problem-credentials = ليس لدى هذا الجهاز بيانات اعتماد للخادم بعد. يجب أن يحفظها فنّي.
problem-no-body = لم يعرض الخادم ما حفظه.
problem-no-version = لم يذكر الخادم أي إصدار حفظ.
problem-not-named = قبلها الخادم، لكنه لم يذكر بأي اسم، ولا يجدها البحث.
problem-of-another = كان جواب الخادم عن سجل آخر: شيء ما في الطريق يخلط بين الأجوبة، ولا يجد البحث هذا السجل. أبلغ المسؤولين عن الشبكة، ثم أرسله مرة أخرى.
problem-too-many = يجيب الخادم عن البحث بأكثر مما يمكن أن يكون مقصودًا. أبلغ من يشغّله.
problem-not-shown = لا يمكن معرفة ما إذا كان السجل لدى الخادم: يرفض مرارًا أن يقول ما يحفظه، أو يجيب بما لا يُقرأ. أبلغ من يشغّله، ثم أرسله مرة أخرى: يُسأل الخادم من جديد قبل إرسال أي شيء.
problem-too-large = رد الخادم كبير جدًا.
problem-malformed = لا يمكن قراءة رد الخادم.
problem-unauthorised = لم يقبل الخادم هذا الجهاز.
problem-certificate = يجب أن يحفظ الخادم سجل الشهادة أولًا.
problem-endpoint-unlisted = لم تعد الدراسة تدرج هذا الخادم، فلا يُرسل إليه شيء.
problem-internal = أوقف خطأٌ في Attesta نفسه هذا السجل. ستُعاد المحاولة؛ يرجى الإبلاغ عن ذلك.
problem-seal = لم يمكن توقيع الإثبات بعد.
problem-profile = الإثبات يخالف قاعدة في ملف تعريف الدراسة؛ يذكرها التنبيه.
problem-different = حفظ الخادم شيئًا آخر.
problem-duplicates = حفظها الخادم أكثر من مرة.
problem-receipt = ما أرسله الخادم غير موقَّع كما تقتضي الدراسة.
problem-put-unproven = يستبدل الخادم ما هو موجود لديه، لذلك لم يُرسَل شيء. على الدراسة أن تستخدم POST للإنشاء.
problem-status-500 = حدث خطأ في الخادم نفسه.
problem-status-503 = الخادم مثقل بالطلبات.
problem-other = لم ينجح بعد ({ $code }).

## التنبيهات

alerts-title = التنبيهات
alerts-empty-title = لا تنبيهات
alerts-empty-what = يُقارن ما يحفظه الخادم بما وُقّع عنصرًا عنصرًا. وإذا اختلفا يومًا فسترى ذلك هنا.
alert-what = ما حدث
alert-raised = لوحظ
alert-open = مفتوح
alert-closed = مغلق
alert-look = انظر
alert-kind-different =
    { $count ->
        [one] موضع واحد مختلف
        [two] موضعان مختلفان
        [few] { $count } مواضع مختلفة
       *[other] { $count } موضعًا مختلفًا
    }
alert-kind-duplicates = حُفظت أكثر من مرة
alert-kind-provenanceDifferent = تغيّر الإثبات
alert-kind-quarantined = رفضها الخادم
alert-kind-missing = أكّدها الخادم ولم يحفظها
alert-outcome-corrected = صُححت وأُثبتت
alert-outcome-differentAgain = مختلفة من جديد
alert-outcome-accepted = قُبلت كمختلفة
alert-outcome-escalated = أُحيلت
alert-not-proven = غير مثبتة
alert-lead-different =
    { $count ->
        [one] حفظ الخادم غير ما وقّعه المشارك في موضع واحد. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
        [two] حفظ الخادم غير ما وقّعه المشارك في موضعين. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
        [few] حفظ الخادم غير ما وقّعه المشارك في { $count } مواضع. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
       *[other] حفظ الخادم غير ما وقّعه المشارك في { $count } موضعًا. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
    }
alert-lead-duplicates = حفظ الخادم هذه الاستجابة أكثر من مرة. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
alert-lead-provenanceDifferent = حفظ الخادم إثباتًا غير الذي وقّعه هذا الجهاز. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
alert-lead-quarantined = لا يقبل الخادم هذه الاستجابة. الأصل الموقّع محفوظ بأمان على هذا الجهاز.
alert-lead-missing = أكّد الخادم أنه حفظها، وهي غير موجودة لديه. الأصل الموقّع محفوظ بأمان على هذا الجهاز: أرسلها مرة أخرى، وأبلغ القائمين على الخادم.
alert-said = ما قاله الخادم
alert-found = ما يحفظه الخادم
alert-against = ما يمنع ذلك
diff-signed = وُقّع على هذا الجهاز، { $time }
diff-returned = عاد من الخادم، { $time }
came-back = عاد
diff-not-signed = ليس فيما وُقّع
diff-not-returned = مفقود
diff-identical =
    { $count ->
        [one] العنصر الآخر مطابق.
        [two] العنصران الآخران مطابقان.
        [few] العناصر الـ { $count } الأخرى مطابقة.
       *[other] العناصر الأخرى وعددها { $count } مطابقة.
    }
change-question = السؤال { $item }: { $element }
change-elsewhere = خارج الأسئلة: { $element }
element-answer = الإجابة
element-text = نص السؤال
element-linkId = رقم السؤال
element-item = السؤال كله
element-unit = الوحدة
element-code = رمز الإجابة
element-display = نص الإجابة
element-system = نظام الرموز
element-status = الحالة
element-subject = المشارك
element-author = الكاتب
element-source = المصدر
element-authored = وقت الإنجاز
element-questionnaire = الاستبيان
element-identifier = المعرّف
element-extension = الامتداد
element-language = اللغة
element-resourceType = نوع السجل
element-meta = بيانات الخادم نفسه
element-contained = سجل مضمّن
element-other = { $element }
act-sendAgain = إرسال من جديد
act-accept = قبول مع السبب
act-escalate = إحالة
act-sendAgain-title = هل ترسل الأصل الموقّع من جديد؟
act-sendAgain-what = يحل الأصل الموقّع محل ما يحفظه الخادم الآن. لا أحد يوقّع من جديد. ثم يُقارن الاثنان: إن تطابقا وُقّع الإثبات وأُغلق التنبيه، وإلا بقي مفتوحًا.
act-sendAgain-what-unkept = يُرسل الأصل الموقّع إلى الخادم مرة أخرى. لا أحد يوقّع من جديد. إن قبله الخادم وحفظه دون تغيير وُقّع الإثبات وأُغلق التنبيه، وإلا بقي مفتوحًا.
act-accept-title = هل تقبل أن يحفظ الخادم شيئًا آخر؟
act-accept-title-unkept = هل تقبل عدم وجود إثبات؟
act-accept-what = يُغلق السجل على أنه «مختلف». لا يُصنع له إثبات الآن ولا لاحقًا. يبقى الأصل الموقّع على هذا الجهاز وفي كل تصدير.
act-accept-what-unkept = يُغلق السجل دون إثبات، ولا يُصنع له إثبات لاحقًا. يبقى الأصل الموقّع على هذا الجهاز وفي كل تصدير.
act-escalate-title = هل تحيل هذا التنبيه؟
act-escalate-what = يُحال الأمر مع السبب إلى إدارة بيانات الراعي، ويُغلق السجل دون إثبات. لا يتغير شيء على الخادم. يبقى الأصل الموقّع على هذا الجهاز وفي كل تصدير.
act-note = يُحفظ قرارك مع اسمك والوقت والسبب.
act-not-yours = يسمح لك دورك بالاطلاع على التنبيهات وليس بالبتّ فيها. يُرجى الرجوع إلى منسق الدراسة.
act-no-send-again = لا يمكن إرسالها من جديد على حالها. اقبلها مع السبب أو أحِلها.
password-yours = كلمة مرورك
alert-actions = ما تقرر
acted-sendAgain = أُرسلت من جديد
acted-accept = قُبلت مع السبب
acted-escalate = أُحيلت
acted-other = { $action }
act-result-pending = في الطريق.
act-result-corrected = مطابقة الآن ومثبتة.
act-result-differentAgain = ما زالت مختلفة.
act-result-accepted = أُغلقت كمختلفة.
act-result-escalated = أُحيلت دون إثبات.
act-result-other = { $result }

## السجلات

records-title = السجلات
records-empty-title = لا سجلات بعد
records-empty-what = لكل استجابة موقّعة سجل هنا: ماذا حدث لها، ومن وقّع، وهل ما زالت تُثبت نفسها.
records-proven = مثبتة
records-not-proven = غير مثبتة بعد
records-more = عرض المزيد
export = تصدير
export-done = تم التصدير. يحوي الملف كل ما يلزم للتحقق منه دون هذا الجهاز:
export-to = مكان التصدير
subject-export-title = كل إجابات مشارك واحد
subject-export-what = ملف واحد فيه كل إجابة وإثباتاتها، موقَّع باسم المركز. يستطيع من يتسلمه التحقق منه دون هذا الجهاز.
subject-export = تصدير كل الإجابات
subject-export-done = تم التصدير والتوقيع باسم المركز:
report-save = حفظ التقرير
report-done = حُفظ تقرير التحقق، للقراءة أو الطباعة:
document = المستند
document-about = يُصدَّر السجل كمستند FHIR. ويحفظ السجل الخارجي للدراسة تجزئة المستند فقط، دون أي إجابة.
document-later = يمكن تصدير المستند بعد إثبات السجل.
document-export = تصدير كمستند
document-done = صُدِّر كمستند. ويحفظ السجل الخارجي تجزئته:
timeline = ما حدث
timeline-details = إظهار التفاصيل التقنية
moment-answered = الإجابة
moment-signed = وقّعها المشارك
moment-sent = أُرسلت
moment-kept = حفظها الخادم
moment-compared = ثبت التطابق
moment-tolerated = غيّر الخادم شيئًا تسمح به الدراسة؛ ومن دونه تكون النسخة مطابقة
moment-provenanceSent = أُرسل الإثبات
moment-delivered = يحفظ الخادم ما وُقِّع تمامًا؛ هذه الدراسة لا تُنشئ سجل إثبات (Provenance)
moment-proven = حُفظ الإثبات وتأكد
moment-alert = تنبيه: غير مطابقة
moment-acted = قرار الموظفين
moment-noticed = إشعار: يحفظ الخادم شيئًا على غير ما ينبغي
moment-confirmed = أكّد الموظفون الإشعار
moment-exported = تم التصدير
moment-reported = حُفظ تقرير التحقق
moment-documented = صُدِّر كمستند
moment-takenOver = جرى تسلّمه من جهاز آخر
answers = الإجابات
certificate = الشهادة
certificate-ends = تنتهي في { $until }

## ما كلّفت به الدراسة

due-title = المطلوب في هذا المركز
due-as-of = آخر تحديث: { $time }
due-ask = اسأل الخادم
due-asking = جارٍ السؤال…
due-until = حتى { $day }
due-from = ابتداءً من { $day }
due-any-time = في أي وقت
due-overdue = متأخر
due-start = ابدأ
due-start-for = ابدأ زيارة { $participant }: { $questionnaire }
due-none = لا شيء مطلوب الآن. ما زال بإمكانك بدء زيارة بنفسك.
due-kept = المعروض هنا هو ما كان معروفًا من قبل.
due-told-later = سيُبلَّغ الخادم مرة أخرى تلقائيًا؛ الإجابات محفوظة وتسلك طريقها الخاص.
due-told-never = لن يُبلَّغ الخادم بشيء آخر؛ الإجابات محفوظة وتسلك طريقها الخاص.
due-refused =
    { $count ->
        [zero] لا مهام مرفوضة
        [one] مهمة واحدة من الخادم لا يمكن قبولها
        [two] مهمتان من الخادم لا يمكن قبولهما
        [few] { $count } مهام من الخادم لا يمكن قبولها
        [many] { $count } مهمة من الخادم لا يمكن قبولها
       *[other] { $count } مهمة من الخادم لا يمكن قبولها
    }
assigned-problem-unauthorised = لا يسمح الخادم لهذا الجهاز برؤية مهامه أو ما تحتاج إليه. اطلب تسجيل صلاحية الوصول.
assigned-problem-not-served = لا يحتفظ الخادم بمهام، أو لا يمكنه البحث عما تحتاج إليه.
assigned-problem-status = أجاب الخادم بخطأ.
assigned-problem-too-many = لدى الخادم مهام أكثر مما يمكن أن يكون لمركز واحد. أخبر من يديره.
assigned-problem-task-gone = لم تعد المهمة موجودة على الخادم.
assigned-problem-task-conflict = يغيّر آخرون المهمة الآن.
assigned-problem-task-withdrawn = سحب الخادم المهمة في هذه الأثناء.
assigned-problem-task-completed-elsewhere = اكتملت المهمة في هذه الأثناء بإجابات أخرى.
refused-task-malformed = لا تذكر المهمة ما يجب الإجابة عنه كما ينص عليه SDC.
refused-task-modifier = في المهمة جزء يغيّر معناها وهو غير معروف هنا.
refused-task-unsigned = المهمة غير موقَّعة كما تشترط الدراسة.
refused-participant-missing = لا تذكر المهمة لمن هي.
refused-participant-elsewhere = المهمة لشخص محفوظ على خادم آخر.
refused-participant-unknown = المهمة لشخص ليس مشاركًا على هذا الجهاز.
refused-participant-not-given = الخادم لا يعطي هذا الجهاز بيانات مريض المهمة. اطلب ممن يدير الخادم السماح بذلك؛ وتُعاد المحاولة.
refused-participant-number = ليس لمريض المهمة رقم مشارك، أو له عدة أرقام.
refused-participant-mismatch = رقم المشارك لهذا المريض يخص مريضًا آخر على هذا الجهاز.
refused-questionnaire-missing = الاستبيان غير موجود على الخادم.
refused-questionnaire-not-given = الخادم لا يعطي هذا الجهاز استبيان المهمة. اطلب ممن يدير الخادم السماح بذلك؛ وتُعاد المحاولة.
refused-questionnaire-several = لدى الخادم عدة إصدارات من الاستبيان ولا تذكر المهمة أيها.
refused-questionnaire-version = تطلب المهمة إصدارًا من الاستبيان غير المستخدم هنا.
refused-questionnaire-refused = لا يمكن استخدام الاستبيان.
refused-questionnaire-unlisted = لا تذكر الدراسة هذا الاستبيان.
refused-questionnaire-withdrawn = سُحب الاستبيان أو استُبدل على هذا الجهاز.
refused-value-set-not-given = لا يعطي أيٌّ من خوادم المصطلحات الخاصة بالدراسة ولا خادمها نفسه قائمة إجابات يحتاج إليها الاستبيان. اطلب ممن يديرها النظر في الأمر؛ وتُعاد المحاولة.
refused-request-missing = الطلب الذي تخصه المهمة غير موجود على الخادم.
refused-request-not-given = الخادم لا يعطي هذا الجهاز الطلب الذي تخصه المهمة. اطلب ممن يدير الخادم السماح بذلك؛ وتُعاد المحاولة.
refused-request-elsewhere = الطلب الذي تخصه المهمة على خادم آخر.
refused-request-inactive = الطلب الذي تخصه المهمة غير نشط.
refused-request-mismatch = الطلب الذي تخصه المهمة يتعلق بمريض آخر.
refused-request-several = يطلب الطلب عدة استبيانات في مهمة واحدة.
refused-endpoint-elsewhere = يُطلب إرسال الإجابات إلى خادم لا تدرجه الدراسة. هذا لا يُنفَّذ.
refused-endpoint-operation = يُطلب تمرير الإجابات عبر عملية لا تحفظ ما يمكن مقارنته. هذا لا يُنفَّذ.
refused-other = لا تُقبل ({ $reason }).

## الاستبيانات

questionnaires-title = الاستبيانات
questionnaires-empty-title = لا توجد استبيانات بعد
questionnaires-empty-what = أضِف استبيانًا من ملف (FHIR JSON أو XML). سترى ما يستطيع Attesta فعله به قبل إضافة أيّ شيء.
form-add = إضافة من ملف
form-checking = جارٍ الفحص…
form-drop = أفلِت الملف هنا: سيُفحَص ولن يُضاف شيء بعد
form-drop-hint = يمكن أيضًا إفلات ملف على هذه الصفحة، بحجم أقصاه { $size }.
form-added = أصبح «{ $title }» جزءًا من الدراسة، ويمكن بدء زيارات جديدة به.
form-languages = اللغات
form-added-at = أُضيف
form-came-along = مرفق مع Attesta
form-questions =
    { $count ->
        [zero] بلا أسئلة
        [one] سؤال واحد
        [two] سؤالان
        [few] { $count } أسئلة
        [many] { $count } سؤالًا
       *[other] { $count } سؤال
    }
form-offered = قيد الاستخدام
form-replaced = استُبدل
form-withdrawn = سُحب
form-unusable = غير قابل للاستخدام
form-report = التقرير
form-report-named = التقرير عن { $title }
form-withdraw = سحب
form-withdraw-named = سحب { $title }
form-withdraw-title = هل تسحب «{ $title }»؟
form-withdraw-what = لن يمكن بدء أيّ زيارة به بعد الآن. تستمرّ الزيارات التي بدأت، ويبقى كلّ ما وُقّع كما هو.
form-servers = مجموعات القيم التي لا يحملها الاستبيان تُطلب مرة واحدة عند إضافته من { $servers }.
form-no-servers = لا تسمّي الدراسة خادم مصطلحات: على الاستبيان أن يحمل كلّ مجموعات قيمه معه.
form-confirm = إضافة إلى الدراسة
form-verdict-refused =
    { $count ->
        [one] لا يمكن استخدام هذا الاستبيان لسبب واحد. لم يُضَف.
        [two] لا يمكن استخدام هذا الاستبيان لسببين. لم يُضَف.
        [few] لا يمكن استخدام هذا الاستبيان لـ { $count } أسباب. لم يُضَف.
       *[other] لا يمكن استخدام هذا الاستبيان لـ { $count } سببًا. لم يُضَف.
    }
form-verdict-known = هذا الاستبيان بعينه موجود في الدراسة من قبل.
form-verdict-warnings =
    { $count ->
        [one] يمكن استخدام هذا الاستبيان. اقرأ التحذير قبل أن تقرّر.
        [two] يمكن استخدام هذا الاستبيان. اقرأ التحذيرين قبل أن تقرّر.
        [few] يمكن استخدام هذا الاستبيان. اقرأ التحذيرات الـ { $count } قبل أن تقرّر.
       *[other] يمكن استخدام هذا الاستبيان. اقرأ الـ { $count } تحذيرًا قبل أن تقرّر.
    }
form-verdict-usable = يمكن استخدام هذا الاستبيان كما أراده مؤلّفه.
form-replaces = ستستخدمه الزيارات الجديدة بدلًا من:
form-about = ما هو
form-file = الملف
form-address = العنوان
form-size = الطول
form-hash = البصمة
form-value-sets = مجموعات القيم من الخوادم
form-value-sets-what = طُلبت مرة واحدة وتصبح جزءًا من الاستبيان.
form-value-set =
    { $count ->
        [one] مفهوم واحد من { $server }
        [two] مفهومان من { $server }
        [few] { $count } مفاهيم من { $server }
        [many] { $count } مفهومًا من { $server }
       *[other] { $count } مفهوم من { $server }
    }
form-refused =
    { $count ->
        [one] لماذا لا يمكن استخدامه
       *[other] لماذا لا يمكن استخدامه: عدد الأسباب { $count }
    }
form-refused-what = على مؤلّفه أن يصلح هذا. التفاصيل بالإنجليزية كما تكتبها أدوات الاستبيانات.
form-warnings =
    { $count ->
        [one] ما ينبغي معرفته قبل استخدامه
       *[other] ما ينبغي معرفته قبل استخدامه: عدد التحذيرات { $count }
    }
form-warnings-what = يمكن طرحه على المرضى. تأكّد من أنّ هذا هو المقصود.
form-ignored =
    { $count ->
        [one] لا يُستخدم: ملاحظة واحدة
       *[other] لا يُستخدم: عدد الملاحظات { $count }
    }
form-ignored-what = يبقى ما يُسأل عنه على حاله من دونه.
form-notes =
    { $count ->
        [one] للعلم: ملاحظة واحدة
       *[other] للعلم: عدد الملاحظات { $count }
    }
form-notes-what = يُستخدم هذا كما هو.
form-supported =
    { $count ->
        [one] مفهوم: امتداد واحد
       *[other] مفهوم: عدد الامتدادات { $count }
    }
form-read-as-bytes =
    { $count ->
        [one] يُقرأ بايتًا واحدًا
       *[other] يُقرأ بعدد البايتات { $count }
    }
form-item = البند { $item }
form-more =
    { $count ->
        [one] وواحد آخر
       *[other] و{ $count } غيرها
    }
form-reason-not-json = الملف ليس JSON مقروءًا
form-reason-not-xml = الملف ليس XML مقروءًا من FHIR
form-reason-too-large = الملف كبير جدًّا
form-reason-not-a-questionnaire = هذا ليس استبيان FHIR
form-reason-fhir-version = كُتب لإصدار آخر من FHIR
form-reason-malformed = شيء مكتوب على نحو لا يسمح به FHIR
form-reason-unknown-element = عنصر غير معروف
form-reason-modifier-extension = شيء يغيّر المعنى على نحو غير معروف
form-reason-missing = شيء ضروري ناقص
form-reason-status = لا يجوز استخدام الاستبيان
form-reason-subject-type = ليس عن مريض
form-reason-duplicate-link-id = بندان لهما linkId نفسه
form-reason-too-deep = متداخل بعمق زائد
form-reason-missing-text = نصّ ناقص
form-reason-control-character = نصّ يحوي رموزًا لا يمكن عرضها
form-reason-item-type = نوع سؤال غير مدعوم
form-reason-repeats = عدد مرّات التكرار يناقض نفسه
form-reason-answer-value-set = الإجابات المطلوب الاختيار منها غير موجودة
form-reason-regex = نمط لا يمكن استخدامه
form-reason-expression = تعبير لا يمكن حسابه
form-reason-extension = امتداد يغيّر السؤال وهو غير مدعوم
form-reason-not-allowed-here = شيء ليس هذا مكانه
form-reason-answer-option = خيارات السؤال غير صالحة
form-reason-enable-when-question = شرط يسمّي سؤالًا غير موجود
form-reason-enable-when-answer = شرط لا يناسب سؤاله
form-reason-enable-behavior = شروط عدّة ولم يُذكر كيف تجتمع
form-reason-enable-when-circular = أسئلة يعتمد بعضها على بعض في حلقة
form-reason-circular = تعبيرات يعتمد بعضها على بعض في حلقة
form-reason-limits = حدود الإجابة غير صالحة
form-reason-initial = الإجابة التي يبدأ بها لن تُقبل
form-reason-slider = مقياس بلا طرفيه
form-reason-required = مطلوب، ولا يستطيع أحد الإجابة عنه
form-reason-no-questions = لا يوجد ما يُجاب عنه
form-reason-launch-context = يقرأ شيئًا لا يعرف عنه هذا الجهاز إلا القليل أو لا شيء
form-reason-draft = مسودّة
form-reason-completed = استُكمل شيء ما
form-reason-pre-answered = مُجاب عنه قبل أن يراه المريض
form-reason-language = لغة لا تُعرض
form-reason-plain-text = يُعرض نصًّا بسيطًا
form-reason-unused = لا يُستخدم
form-reason-other = ملاحظة أخرى

## الجهاز

device-title = الجهاز
certificate-used = انقضى { $percent } % من مدة الشهادة
certificate-do-good = الشهادة صالحة. لا شيء مطلوب.
certificate-do-warn = تنتهي الشهادة قريبًا. اطلب شهادة جديدة من دعم الدراسة.
certificate-do-bad = الشهادة على وشك الانتهاء. لا يمكن التوقيع دون شهادة جديدة: اتصل بدعم الدراسة اليوم.
certificate-subject = صاحب الشهادة
certificate-issuer = الجهة المصدرة
certificate-thumbprint = البصمة
keystore = مخزن المفاتيح
keystore-ok = مفتوح
keystore-bad = غير مفتوح
keystore-do-ok = مفتاح التوقيع محفوظ في { $name }. لا شيء مطلوب.
keystore-do-bad = { $name } غير مفتوح. افتحه قبل التوقيع التالي.
server = الخادم
server-ok = متصل
server-bad = غير متصل
server-do-ok = تُرسل الاستجابات فور توقيعها. لا شيء مطلوب.
server-do-bad = تبقى الاستجابات بأمان على هذا الجهاز وتُرسل عندما يعود الخادم. افحص الشبكة.
server-last = آخر رد { $time }
server-never = لا رد بعد
clock = الساعة
clock-difference =
    { $seconds ->
        [0] الوقت نفسه على الخادم
        [one] فرق ثانية واحدة عن الخادم
        [two] فرق ثانيتين عن الخادم
        [few] فرق { $seconds } ثوانٍ عن الخادم
       *[other] فرق { $seconds } ثانية عن الخادم
    }
clock-unknown = لم تُقارن بعد
clock-do-good = الساعة صحيحة. لا شيء مطلوب.
clock-do-apart = اضبط ساعة الجهاز. الأوقات الموقّعة تبقى كما هي.
clock-do-unknown = تُقارن الساعة عند الاتصال التالي بالخادم.
this-device = هذا الجهاز
version = الإصدار
data-folder = البيانات
export-folder = التصدير

## لوحة المدرب

trainer-title = لوحة المدرب
trainer-what = اجعل خادم التدريب يخطئ وأظهر ما يفعله الجهاز حينها. خادم التدريب وحده يستطيع ذلك.
listener-open = خادم التدريب يعمل
listener-closed = خادم التدريب متوقف
listener-open-what = أوقفه لإظهار كيف يعمل الجهاز دون اتصال.
listener-closed-what = تبقى الاستجابات بأمان على هذا الجهاز. شغّله فتُرسل.
listener-close = إيقاف
listener-reopen = تشغيل
faults = ما يخطئ فيه
fault-times = لعدد
fault-requests =
    { $count ->
        [one] الاستجابة التالية
        [two] الاستجابتين التاليتين
        [few] الاستجابات الـ { $count } التالية
       *[other] الاستجابات الـ { $count } التالية
    }
fault-active =
    { $count ->
        [one] مرة أخرى
        [two] مرتان أخريان
        [few] { $count } مرات أخرى
       *[other] { $count } مرة أخرى
    }
fault-start = نفّذ
fault-start-named = نفّذ: { $fault }
fault-stop = أوقف
fault-stop-named = أوقف: { $fault }
fault-alterAnswer = يغيّر إجابة
fault-alterAnswer-what = يحفظ ويعيد إجابة غير التي وُقّعت.
fault-dropAnswer = يحذف إجابة
fault-dropAnswer-what = يحفظ ويعيد الاستجابة دون إحدى إجاباتها.
fault-changeDecimalText = يعيد كتابة رقم
fault-changeDecimalText-what = يكتب 72.5 بدل 72.50: القيمة نفسها لكنها ليست ما وُقّع.
fault-noBody = يرد دون محتوى
fault-noBody-what = يحفظ الاستجابة ولا يعرض ما حفظه.
fault-status500 = يفشل
fault-status500-what = يرد بخطأ من عنده (500).
fault-noAnswer = يحفظ ثم ينقطع
fault-noAnswer-what = يحفظ الاستجابة ويغلق الاتصال قبل أن يرد.
fault-alterLeaf = يغيّر عنصرًا ما
fault-alterLeaf-what = في مكان ما من الاستجابة، يُختار عشوائيًا.
fault-other = خطأ آخر
fault-other-what = يخالف خادم التدريب المعيار.
requests = الطلبات إلى خادم التدريب
requests-none = لا طلبات بعد.
request-no-answer = لا رد

## متوقف

blocked-safe = لم يُكتب شيء ولم يُفقد شيء. ولم يُنشأ مفتاح جديد.
blocked-do = ما العمل
blocked-details = للدعم
blocked-keystore-missing-title = مخزن المفاتيح غير موجود
blocked-keystore-missing-what = يحفظ هذا الجهاز مفاتيحه في مخزن مفاتيح نظام التشغيل، ويقول النظام إنه لا يوجد مخزن.
blocked-keystore-missing-do = سجّل الدخول إلى الحاسوب بحسابه وتأكد من أن مخزن المفاتيح يعمل (في لينكس خدمة أسرار مثل GNOME Keyring أو KWallet). ثم حاول مرة أخرى.
blocked-keystore-locked-title = مخزن المفاتيح مقفل
blocked-keystore-locked-what = المفاتيح موجودة، لكن نظام التشغيل لا يعطيها ما دام المخزن مقفلًا.
blocked-keystore-locked-do = افتح مخزن المفاتيح بكلمة مرور حساب الحاسوب. ثم حاول مرة أخرى.
blocked-keystore-denied-title = لم يسمح لنا مخزن المفاتيح
blocked-keystore-denied-what = سأل نظام التشغيل هل يجوز لـ Attesta استخدام مفاتيحه، وكان الجواب لا.
blocked-keystore-denied-do = حاول مرة أخرى واسمح بذلك. وإن لم يُسأل أحد فعلى المسؤول السماح لـ Attesta في إعدادات مخزن المفاتيح.
blocked-key-missing-title = مفتاح البيانات مفقود
blocked-key-missing-what = توجد بيانات على هذا الجهاز، لكن المفتاح الذي يفتحها ليس في مخزن المفاتيح. ربما يخص حسابًا آخر على هذا الحاسوب.
blocked-key-missing-do = سجّل الدخول إلى الحاسوب بالحساب المستخدم سابقًا. وإن لم يعد موجودًا فلا تحذف شيئًا: اتصل بدعم الدراسة ليساعدك في النسخة الاحتياطية لمخزن المفاتيح.
blocked-data-locked-title = Attesta مفتوح من قبل
blocked-data-locked-what = نافذة أخرى من Attesta تستخدم بيانات هذا الجهاز. لا يمكن ذلك إلا لواحدة في كل مرة.
blocked-data-locked-do = انتقل إلى النافذة الأخرى، أو أغلقها وحاول مرة أخرى.
blocked-database-damaged-title = لا يمكن قراءة البيانات
blocked-database-damaged-what = تُفتح قاعدة البيانات بمفتاحها لكن محتواها تالف. لم يُغيَّر شيء فيها.
blocked-database-damaged-do = لا تحذف شيئًا ولا تُعد التثبيت. اتصل بدعم الدراسة: يستعيدون آخر نسخة احتياطية ويقارنونها بالخادم.
blocked-key-malformed-title = مفتاح البيانات تالف
blocked-key-malformed-what = في مخزن المفاتيح مدخل لـ Attesta، لكنه ليس مفتاحًا.
blocked-key-malformed-do = لا تحذف شيئًا. اتصل بدعم الدراسة ليساعدك في النسخة الاحتياطية لمخزن المفاتيح.
blocked-key-wrong-title = المفتاح لا يناسب البيانات
blocked-key-wrong-what = توجد بيانات على هذا الجهاز ومفتاح في المخزن، لكن المفتاح لا يفتح البيانات.
blocked-key-wrong-do = سجّل الدخول إلى الحاسوب بالحساب المستخدم سابقًا. وإن لم يُفد ذلك فلا تحذف شيئًا واتصل بدعم الدراسة.
blocked-keystore-not-read-back-title = مخزن المفاتيح لا يحفظ المفاتيح
blocked-keystore-not-read-back-what = سُلّم مفتاح جديد إلى المخزن ولم يعد منه، فلم يُستخدم.
blocked-keystore-not-read-back-do = تأكد من أن مخزن مفاتيح حساب الحاسوب يُحفظ على القرص. ثم حاول مرة أخرى.
blocked-keystore-failed-title = مخزن المفاتيح لا يجيب
blocked-keystore-failed-what = أعطى مخزن مفاتيح نظام التشغيل خطأً من عنده.
blocked-keystore-failed-do = سجّل الخروج من الحاسوب ثم الدخول من جديد وحاول مرة أخرى. وإن استمر الأمر فاتصل بدعم الدراسة.
blocked-database-newer-title = نسخة Attesta هذه قديمة
blocked-database-newer-what = كُتبت البيانات على هذا الجهاز بنسخة أحدث من Attesta.
blocked-database-newer-do = شغّل النسخة الأحدث. لم تُغيَّر البيانات.
blocked-disk-full-title = القرص ممتلئ
blocked-disk-full-what = لم يبق مكان لحفظ الإجابات بأمان.
blocked-disk-full-do = أفسح مكانًا على قرص هذا الجهاز. ثم حاول مرة أخرى. إذا تعذّر إفساح مكان، يستطيع مسؤول النظام مع ذلك حفظ ما لم يُرسَل بعد على وسيط آخر: {"\u2068"}attesta-desktop device export{"\u2069"}.
blocked-unreachable-title = لم يبدأ Attesta
blocked-unreachable-what = الشاشات موجودة، لكن الجزء الذي يحفظ البيانات لا يجيب.
blocked-unreachable-do = حاول مرة أخرى. وإن استمر الأمر فأغلق Attesta وافتحه من جديد.
blocked-other-title = لا يستطيع Attesta المتابعة
blocked-other-what = شيء ما على هذا الجهاز يمنع Attesta من العمل بأمان، فتوقف قبل أن يفعل شيئًا.
blocked-other-do = حاول مرة أخرى. وإن استمر الأمر فاتصل بدعم الدراسة واقرأ ما هو مكتوب تحت «للدعم».

error-visit-unfinished = يُرجى اختيار مشارك واستبيان.
error-form-known = هذا الاستبيان بعينه موجود في الدراسة من قبل.
error-outside-period = تبدأ الدراسة الزيارات بهذا الاستبيان في أيام أخرى. اختر استبيانًا آخر، أو اسأل مكتب الدراسة.
error-form-too-large = الملف أكبر من { $size }. لم يُقرأ.
error-form-not-text = الملف ليس نصًّا بترميز UTF-8 كما يكون FHIR JSON أو XML. لم يُضَف شيء.
error-form-one-file = يُرجى إفلات ملف واحد فقط. لم يُقرأ شيء.
error-questionnaire-refused = لا يمكن استخدام هذا الاستبيان. لم يُضَف شيء.
error-stale-revision = تغيّر هذا في هذه الأثناء. انظر إليه مرة أخرى ثم كرّر الخطوة.
error-pin-reset-unfinished = يُرجى اختيار مشارك وذكر السبب.
error-reason-empty = يُرجى ذكر السبب.
error-question-elsewhere = أسئلة هذا الاستبيان تأتي من خادم غير خادم الدراسة، ولا يجوز لذلك الخادم أن يرى الإجابات. اطلب من فريق الدراسة نسخة الاستبيان الخاصة بالدراسة، وابدأ الزيارة بها.
error-reason-missing = يُرجى ذكر السبب.
error-reason-unusable = السبب طويل جدًا أو يحتوي على رموز لا يمكن حفظها. يُرجى كتابته بشكل أقصر.
error-password-empty = يُرجى كتابة كلمة مرورك.
error-wrong-password = كلمة المرور غير صحيحة.
error-act-invalid = لا يمكن فعل هذا بالتنبيه الآن. يُرجى النظر فيه مرة أخرى.
error-practice = لم يفعل خادم التدريب ذلك. يُرجى المحاولة مرة أخرى.
error-file-exists = يوجد ملف بهذا الاسم؛ ولم يُستبدل شيء. حاول مرة أخرى.
error-ledger-missing = لا تذكر الدراسة سجلًا خارجيًا، فلا يمكن تصدير مستند. تستطيع إدارة بيانات الدراسة ذكر سجل في الإعدادات.
error-ledger-unavailable = السجل الخارجي لا يرد الآن. لم يُصدَّر شيء. حاول لاحقًا.
error-ledger-refused = رد السجل الخارجي غير صحيح. لم يُصدَّر شيء. أخبر دعم الدراسة.
error-ledger-token-missing = يطلب السجل الخارجي رمز دخول، وليس لهذا الجهاز رمز له. لم يُصدَّر شيء. أخبر دعم الدراسة.
error-document-release = تحتاج المستندات إلى FHIR R5، وهذه الدراسة ترسل R4. لم يُصدَّر شيء.
error-subject-release = تُوقَّع إجابات المشارك مجتمعةً وفق FHIR R4، وهذه الدراسة ترسل R5. صدِّر السجلات واحدًا تلو الآخر. لم يُصدَّر شيء.

## حسابات الموظفين والساعة
staff-accounts = حسابات الموظفين
account-is-locked = مقفل
account-is-open = يمكنه تسجيل الدخول
unlock = فتح القفل
unlock-title = هل تريد فتح قفل الحساب { $user }؟
unlock-what = قُفل الحساب بعد خمس محاولات خاطئة. تأكد من أن صاحبه هو من يطلب منك فتحه. سيُسجَّل اسمك.
clock-behind = سجّل هذا الجهاز أحداثًا في وقت لاحق ({ $day }، { $time }). لا يمكن التوقيع على شيء حتى تُضبط الساعة. تبقى الإجابات محفوظة.
clock-accept = الساعة صحيحة الآن
clock-accept-title = هل الساعة صحيحة الآن؟
clock-accept-what = أكّد ذلك فقط إذا كانت الساعة متقدمة من قبل وضُبطت الآن. يبقى ما سُجّل كما هو وبترتيبه. سيُسجَّل اسمك والسبب.

## Connection check

connection-title = فحص الاتصال
connection-what = يجرّب كل ما يحتاج إليه الإرسال، ويقول ما يجب إصلاحه. يحتفظ الخادم ببضعة سجلات اختبار صغيرة على الأكثر من هذا الجهاز، موسومة كبيانات اختبار.
connection-check = افحص الاتصال
connection-again = افحص مرة أخرى
connection-busy = جارٍ الفحص… { $seconds } ثانية حتى الآن
connection-good = كل شيء يعمل: يمكن إرسال الإجابات.
connection-bad =
    { $count ->
        [one] هناك أمر واحد يجب إصلاحه.
        [two] هناك أمران يجب إصلاحهما.
        [few] هناك { $count } أمور يجب إصلاحها.
       *[other] هناك { $count } أمرًا يجب إصلاحه.
    }
connection-passed = سليم
connection-failed = غير سليم
connection-noticed = يعمل، مع ملاحظة
connection-notTried = لم يُفحص، لأن شيئًا قبله يجب إصلاحه أولًا
connection-notNeeded = غير مشفَّر، ولا حاجة إلى ذلك: الخادم على هذا الحاسوب نفسه
connection-notNeeded-assignments = غير مطلوب: الدراسة لا تُسند شيئًا بالمهام
connection-line-reached = الخادم يجيب
connection-line-secure = الاتصال آمن
connection-line-authentication = الخادم يقبل هذا الجهاز
connection-line-capability = إصدار FHIR والصيغة يوافقان الدراسة
connection-line-clock = وقت الجهاز ووقت الخادم واحد
connection-line-representation = الخادم يُظهر ما حفظه
connection-line-conditionalCreate = ما يُرسل مرتين يُحفظ مرة واحدة
connection-line-provenanceTarget = الإثبات يحتفظ بإصدار الإجابة
connection-line-readBack = ما أُنشئ يمكن قراءته من جديد
connection-line-certificate = الخادم يحفظ شهادة هذا الجهاز
connection-line-reports = الخادم يقبل تقارير التنبيهات
connection-line-assignments = الخادم يعطي هذا الجهاز المهام
connection-fix-unknown-host = لا يُعرف خادم بالاسم { $value }. تحقق من العنوان في وثيقة الدراسة ومن خدمة الأسماء (DNS) في شبكة هذا الجهاز.
connection-fix-refused = الحاسوب يجيب، لكن لا شيء يستقبل الاتصالات عند { $value }. تحقق من المنفذ في عنوان الدراسة، أو من أن الخادم يعمل.
connection-fix-proxy-unknown = اسم الخادم الوكيل { $value } غير معروف. تحقق من عنوان الوكيل في الإعدادات ومن خدمة الأسماء (DNS) في شبكة هذا الجهاز.
connection-fix-proxy-closed = لا شيء يستقبل الاتصالات عند عنوان الخادم الوكيل { $value }. تحقق من عنوان الوكيل ومنفذه في الإعدادات، أو من أن الوكيل يعمل.
connection-fix-not-registered = الخادم لا يعرف بيانات دخول هذا الجهاز. اطلب ممن يدير الخادم تسجيلها.
connection-fix-search-forbidden = لا يُسمح لهذا الجهاز بالبحث عن الإجابات. اطلب ممن يدير الخادم السماح بذلك.
connection-fix-search-unsupported = لا يجد الخادم الإجابة بمعرّفها (حالة HTTP ‏{ $value }). اطلب ممن يدير الخادم تفعيل هذا البحث.
connection-fix-no-capability-statement = الخادم لا يقول ما يقدر عليه. تحقق من أن العنوان هو عنوان خادم FHIR.
connection-fix-other-release = يتحدث الخادم إصدارًا آخر من FHIR ‏({ $value }) غير إصدار الدراسة. اطلب تصحيح العنوان أو الإصدار في الدراسة.
connection-fix-other-format = الخادم لا يدعم { $value }. اطلب أن تختار الدراسة الصيغة الأخرى.
connection-fix-clock-behind = ساعة هذا الجهاز متأخرة { $value } ثانية عن ساعة الخادم. اضبط الساعة الخاطئة منهما.
connection-fix-clock-ahead = ساعة هذا الجهاز متقدمة { $value } ثانية على ساعة الخادم. اضبط الساعة الخاطئة منهما.
connection-fix-create-refused = الخادم لا يقبل سجلًا من هذا الجهاز (حالة HTTP ‏{ $value }). اطلب ممن يدير الخادم السماح بذلك.
connection-fix-reference-missing = ينقص الخادمَ ما يشير إليه سجل الاختبار (حالة HTTP ‏{ $value }). اطلب إنشاءه على الخادم: غالبًا مورد Device لهذا الجهاز ومورد Patient لكل مشارك.
connection-fix-create-not-accepted = الخادم لا يقبل سجل الاختبار (حالة HTTP ‏{ $value }). أخبر من يدير الخادم بهذه الكلمات. وإن كان ينقصه شيء يشير إليه السجل فيجب إنشاؤه على الخادم.
connection-fix-create-failed = أخفق الخادم عند سجل الاختبار (حالة HTTP ‏{ $value }). أخبر من يدير الخادم، ثم تحقق مرة أخرى.
connection-fix-no-representation = الخادم لا يعرض ما حفظه عندما يقبل سجلًا. التسليم يعمل رغم ذلك، لكن أبطأ: بطلب إضافي لكل سجل.
connection-fix-no-version = لا يقول الخادم أي إصدار حفظه. اطلب ممن يدير الخادم تفعيل الإصدارات.
connection-fix-no-conditional-create = حفظ الخادم السجل نفسه مرة ثانية أو رفضه (حالة HTTP ‏{ $value }). اطلب ممن يدير الخادم تفعيل الإنشاء المشروط (If-None-Exist)، فقد تُحفظ السجلات مرتين.
connection-fix-overwrites = الخادم يستبدل ما هو موجود. اطلب ممن يدير الخادم تفعيل If-None-Match، أو أن تنشئ الدراسة باستخدام POST.
connection-fix-version-stripped = يحذف الخادم الإصدار مما يشير إليه الإثبات. اطلب ممن يدير الخادم الاحتفاظ بالإصدارات في المراجع، أو أن تسمح الدراسة بذلك.
connection-fix-read-forbidden = الخادم لا يسمح لهذا الجهاز بقراءة ما أنشأه ({ $value }). اطلب ممن يدير الخادم السماح لهذا الجهاز بقراءة ما أنشأه.
connection-fix-not-shown = الخادم لا يُظهر ما أنشأه هذا الجهاز ({ $value }). اطلب ممن يدير الخادم السماح لهذا الجهاز بقراءة ما أنشأه.
connection-fix-read-failed = أخفق الخادم عند قراءة سجل الاختبار ({ $value }). أخبر من يدير الخادم، ثم تحقق مرة أخرى.
connection-fix-shown-otherwise = يُظهر الخادم سجل الاختبار على غير ما أجاب به ({ $value }). أخبر من يدير الخادم: ربما يجيب شيء أمامه بدلًا منه، أو يغيّر ما يحفظه.
connection-fix-no-vread = الخادم لا يُظهر الإصدارات السابقة ({ $value }). التسليم يعمل رغم ذلك، لكن أبطأ، وما دام لا أحد يغيّر سجلًا على الخادم قبل أن يقرأه هذا الجهاز.
connection-fix-document-forbidden = الخادم لا يسمح لهذا الجهاز بإنشاء DocumentReference والعثور عليه. اطلب ممن يدير الخادم السماح لهذا الجهاز بإنشاء DocumentReference: هكذا تُحفظ شهادته قبل إثبات أي شيء.
connection-fix-document-unsupported = لا يجد الخادم DocumentReference بمعرّفه (حالة HTTP ‏{ $value }). اطلب ممن يدير الخادم تفعيل ذلك: هكذا تُحفظ شهادة هذا الجهاز.
connection-fix-reports-search-forbidden = لا يُسمح لهذا الجهاز بالبحث عن AuditEvent، ولذلك لم يُنشأ تقرير اختبار. التسليم يعمل، وقد لا تصل تقارير التنبيهات إلى الخادم. اطلب ممن يدير الخادم السماح لهذا الجهاز بإنشاء AuditEvent والبحث عنه.
connection-fix-reports-unsupported = لا يجد الخادم AuditEvent بتاريخه، ولذلك لم يُنشأ تقرير اختبار. التسليم يعمل، وقد لا تصل تقارير التنبيهات إلى الخادم.
connection-fix-reports-refused = الخادم لا يقبل من هذا الجهاز تقريرًا عن تنبيه (حالة HTTP ‏{ $value }). التسليم يعمل، لكن تقارير التنبيهات لا تصل إلى الخادم.
connection-fix-reports-not-found = قبل الخادم تقرير اختبار ولا يجده بتاريخه. التسليم يعمل، وقد يوجد هناك تقرير عن تنبيه مرتين.
connection-fix-assignments-forbidden = الخادم لا يسمح لهذا الجهاز بالبحث عن: { $value }. اطلب ممن يدير الخادم السماح بذلك، مع صلاحيات (scopes) المهام.
connection-fix-assignments-unsupported = لا يمكن البحث في الخادم عن: { $value }. اطلب ممن يدير الخادم تشغيل ذلك، أو اطلب إزالة المهام من الدراسة.

record-undecided =
    { $count ->
        [one] لم يُطرح سؤال واحد لأن شرطه لم تكن له نتيجة
        [two] لم يُطرح سؤالان لأن شرطيهما لم تكن لهما نتيجة
        [few] لم تُطرح { $count } أسئلة لأن شروطها لم تكن لها نتيجة
       *[other] لم يُطرح { $count } سؤالًا لأن شروطها لم تكن لها نتيجة
    }
record-undecided-what = هذا خلل في الاستبيان وليس من المشارك. ما تم توقيعه كامل كما عُرض. أبلغ من أعدّ الاستبيان؛ وهذه هي المواضع:

## جهاز يتعطّل
emergency-title = إذا تعطّل هذا الجهاز
emergency-offer = يستطيع جهاز آخر من أجهزة الدراسة أن يتسلّم ما لم يوصله هذا الجهاز بعد. لا تحتاج إلى هذا في الأوقات العادية.
emergency-begin = تصدير أو تسلّم…
emergency-what = الاستجابات التي وُقّعت هنا ولم تصل بعد تنتقل إلى جهاز آخر من أجهزة الدراسة في ملف مشفّر، وذلك الجهاز يوصلها. لا يُحذف شيء من هذا الجهاز، ويستمر في العمل.
emergency-export-title = التصدير من هذا الجهاز
emergency-export-what = في الملف كل استجابة لم تصل ولم تُثبت بعد، وسجل التدقيق لهذا الجهاز.
emergency-folder = مكان الملف
emergency-folder-choose = اختيار مجلد…
emergency-for-office = يُشفّر الملف لمكتب الدراسة. لا يستطيع أحد غيره فتحه، ولا تحتاج إلى عبارة مرور.
emergency-passphrase-new = عبارة المرور للملف
emergency-passphrase-hint = ‏16 حرفًا على الأقل: أربع كلمات أو خمس لا صلة بينها. لا يستطيع أحد فتح الملف دونها.
emergency-passphrase-again = عبارة المرور مرة أخرى
emergency-with-drafts = الزيارات غير المكتملة أيضًا
emergency-export = تصدير…
emergency-export-confirm = هل تريد تصدير ما لم يصل بعد؟
emergency-export-confirm-what = يُكتب ملف جديد في { $folder }. يُسجَّل اسمك والسبب.
emergency-export-now = تصدير
emergency-exported = تم التصدير. الاستجابات: { $records }. الزيارات غير المكتملة: { $drafts }.
emergency-unrecorded = لم يعد قرص هذا الجهاز يقبل شيئًا، فلا يظهر هذا التصدير في سجل تدقيقه. الملف يذكر ذلك، والجهاز الذي يتسلّمه يسجّله.
emergency-next-office = ما عليك فعله الآن: أرسل الملف إلى مكتب الدراسة. يصنع المكتب منه ملفًا بعبارة مرور يستطيع جهاز آخر من أجهزة الدراسة تسلّمه.
emergency-next-passphrase = ما عليك فعله الآن: خذ الملف إلى جهاز آخر من أجهزة الدراسة وتسلّمه هناك. أبلغ بعبارة المرور بطريق غير طريق الملف.
emergency-next-keep = احتفظ بهذا الجهاز حتى يوصل الجهاز الآخر كل شيء.
emergency-import-title = التسلّم على هذا الجهاز
emergency-import-what = يُفحص ملف الجهاز الآخر بأكمله قبل كل شيء. ترى ما فيه، ثم تقرر تسلّمه.
emergency-file-choose = اختيار الملف…
emergency-file = الملف المختار
emergency-passphrase = عبارة مرور الملف
emergency-passphrase-from = يعرفها من صنع الملف، أو مكتب الدراسة.
emergency-open = عرض المحتوى
emergency-opening = جارٍ الفحص…
emergency-device = من الجهاز
emergency-site = المركز
emergency-study = الدراسة
emergency-made = صُنع
emergency-records = الاستجابات
emergency-count = { $count }، منها هنا من قبل: { $known }
emergency-drafts = الزيارات غير المكتملة
emergency-done = وصلت من هناك
emergency-unrecorded-there = لم يعد قرص ذلك الجهاز يقبل شيئًا: لا يظهر هذا التصدير في سجل تدقيقه. يُسجَّل ذلك هنا.
emergency-own = هذا الملف من هذا الجهاز نفسه. لا شيء لتسلّمه.
emergency-nothing = كل ما في هذا الملف موجود هنا من قبل. لا شيء لتسلّمه.
emergency-import = تسلّم
emergency-import-confirm = هل تريد التسلّم من { $device }؟
emergency-import-confirm-what = عندئذ يوصل هذا الجهاز هذه الاستجابات ويثبتها بتوقيعه هو. تبقى توقيعات المرضى كما هي. يُسجَّل اسمك والسبب.
emergency-taken = تم التسلّم من { $device }. الاستجابات: { $records }. الزيارات غير المكتملة: { $drafts }. يجري إيصالها الآن، ويُظهر صندوق الصادر إلى أين وصلت.
error-emergency-passphrase-short = تحتاج عبارة المرور إلى 16 حرفًا على الأقل. اختر أطول منها.
error-emergency-passphrases-differ = عبارتا المرور غير متطابقتين. اكتبهما مرة أخرى.
error-emergency-passphrase-needed = هذا الملف مشفّر بعبارة مرور. اكتب العبارة التي اختيرت عند صنعه.
error-emergency-passphrase-wrong = عبارة المرور غير صحيحة، أو غُيّرت بداية الملف. لم يتغيّر شيء. اكتبها مرة أخرى؛ فإن لم ينفع ذلك فأحضر الملف من جديد.
error-emergency-recovery-key-needed = هذا الملف لمكتب الدراسة وحده. أرسله إليه: يصنع المكتب منه ملفًا بعبارة مرور.
error-emergency-recovery-key = لا يمكن استعمال مفتاح الاسترداد الخاص بالدراسة. لم يتغيّر شيء. اسأل مكتب الدراسة.
error-emergency-malformed = ملف تصدير الطوارئ هذا ناقص، أو هو ملف آخر. لم يتغيّر شيء. أحضر الملف من جديد من حيث صُنع.
error-emergency-altered = غُيّر الملف أو قُطع بعد صنعه. لم يتغيّر شيء. أحضره من جديد من حيث صُنع.
error-emergency-newer = صُنع الملف بإصدار أحدث من Attesta. لم يتغيّر شيء. ثبّت هنا أحدث إصدار.
error-emergency-other-study = الملف لدراسة أخرى أو لخادم آخر. لم يتغيّر شيء. خذه إلى جهاز من أجهزة تلك الدراسة.
error-emergency-study-older = صُنع الملف وفق نسخة أحدث من وثيقة الدراسة. لم يتغيّر شيء. ابدأ بتحميل تلك الوثيقة هنا.
error-emergency-signature = الملف غير موقّع من جهاز من أجهزة هذه الدراسة. لم يتغيّر شيء. اسأل مكتب الدراسة.
error-emergency-record = في الملف استجابة ليست كما وُقّعت. لم يتغيّر شيء. اسأل مكتب الدراسة.
error-emergency-trail = سجل التدقيق في الملف غير كامل. لم يتغيّر شيء. اسأل مكتب الدراسة.
error-emergency-contradiction = الملف يناقض ما في هذا الجهاز. لم يتغيّر شيء. اسأل مكتب الدراسة.
error-emergency-too-large = المحتوى أكثر مما يسعه ملف واحد. اترك الزيارات غير المكتملة، أو دع الجهاز يوصل قبل ذلك ما يستطيع.
