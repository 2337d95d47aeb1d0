# ما تشترك فيه كل الشاشات.

practice-ribbon = تدريب — ليس لمرضى حقيقيين
cancel = إلغاء
done = تم
camera-seen = ما تراه الكاميرا
camera-opening = يجري فتح الكاميرا…
try-again = حاول مرة أخرى
loading = جارٍ التحميل…
language = اللغة
participant = المشارك
questionnaire = الاستبيان
answered = الإجابات
date-time = التاريخ والوقت
user-name = اسم المستخدم
password = كلمة المرور

look-open = حجم النص
look-title = النص والألوان
look-size = حجم النص
look-size-normal = عادي
look-size-large = كبير
look-size-larger = كبير جدًا
look-size-largest = الأكبر
look-theme = الألوان
look-theme-system = تلقائي
look-theme-light = فاتح
look-theme-dark = داكن
look-theme-contrast = تباين عالٍ

## حالات الرفض: يرى المريض هذه الكلمات ولا يرى رمزًا أبدًا.

error-patient = لم ينجح ذلك. لم يُفقد شيء. يُرجى المحاولة مرة أخرى أو سؤال أحد الموظفين.
error-staff = لم ينجح ذلك. لم يُفقد شيء. حاول مرة أخرى، وإن استمر الأمر فأخبر دعم الدراسة بما هو مكتوب هنا.
error-technical = { $code }: { $detail }
error-camera-none = لم يُعثر على كاميرا. يُرجى اختيار ملف بدلًا من ذلك.
error-camera-refused = لا يُسمح لـ Attesta باستخدام كاميرا هذا الجهاز. يُرجى اختيار ملف بدلًا من ذلك.
error-camera-busy = الكاميرا لا تعمل الآن، وقد يكون برنامج آخر يستخدمها. يُرجى المحاولة مرة أخرى أو اختيار ملف.
error-internal = لم ينجح ذلك. لم يُفقد شيء. يُرجى المحاولة مرة أخرى.
error-session-over = انتهت هذه الجلسة. يُرجى تسجيل الدخول من جديد.
error-patient-has-device = الجهاز في يد مريض. استعِده أولًا.
error-wrong-state = هذه الخطوة غير ممكنة الآن. تعرض الصفحة الوضع الحالي.
error-not-permitted = لا يسمح دورك بهذا الإجراء. يُرجى الرجوع إلى منسق الدراسة.
error-not-found = لم يعد هذا موجودًا. تعرض الصفحة ما هو موجود الآن.
error-unknown-language = هذه اللغة غير متاحة.
error-draft-unreadable = لا يمكن فتح الإجابات المحفوظة حتى الآن. إنها باقية. يُرجى إبلاغ دعم الدراسة.
error-sign-in-refused = اسم المستخدم أو كلمة المرور غير صحيح.
error-account-locked = محاولات خاطئة كثيرة: هذا الحساب مقفل. يجب أن يفتحه موظف آخر.
error-second-person-needed = يجب أن يؤكد موظفان مختلفان.
error-disk-full = قرص هذا الجهاز ممتلئ. لم يتغير شيء. أفسح مكانًا ثم حاول مرة أخرى.
error-io = لم يستطع الجهاز حفظ هذا. لم يتغير شيء. افحص القرص ثم حاول مرة أخرى.
error-store-stopped = توقف الجهاز عن الحفظ احتياطًا. أغلق Attesta وافتحه من جديد.
error-clock-behind = ساعة هذا الجهاز متأخرة عن آخر وقت مسجل. لم يُوقَّع شيء. على الموظفين ضبط الساعة.
error-certificate-not-yet-valid = ساعة هذا الجهاز تسبق بداية شهادته. لم يُوقَّع شيء. على الموظفين ضبط الساعة.
error-certificate-expired = انتهت شهادة هذا الجهاز. لم يُوقَّع شيء. على الموظفين الاتصال بدعم الدراسة.
error-certificate-revoked = أُلغيت شهادة هذا الجهاز. لم يُوقَّع شيء، والإجابات محفوظة. على الموظفين الاتصال بدعم الدراسة.
error-sealing-key-missing = مفتاح التوقيع لهذا الجهاز مفقود. لم يُوقَّع شيء. على الموظفين الاتصال بدعم الدراسة.
