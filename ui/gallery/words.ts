// What the gallery asks, in every language: the lengths are what matters.
import type { Locale } from '../src/i18n/fluent';

type Words = Record<Locale, string>;
const words = (en: string, de: string, es: string, ar: string): Words => ({ en, de, es, ar });

export const WORDS = {
  odd: {
    en: 'You wrote that you slept for more than 20 hours. Please look at it once more.',
    de: 'Sie haben angegeben, mehr als 20 Stunden geschlafen zu haben. Bitte sehen Sie noch einmal nach.',
    es: 'Ha escrito que durmió más de 20 horas. Por favor, compruébelo una vez más.',
    ar: 'كتبتَ أنك نمت أكثر من 20 ساعة. يُرجى التحقق من ذلك مرة أخرى.',
  },
  oddTogether: {
    en: 'Sleep and the time in bed do not fit together.',
    de: 'Der Schlaf und die Zeit im Bett passen nicht zusammen.',
    es: 'El sueño y el tiempo en la cama no concuerdan.',
    ar: 'مدة النوم ومدة البقاء في السرير لا تتوافقان.',
  },
  stem: words(
    'Over the last 2 weeks, how often have you been bothered by any of the following problems?',
    'Wie oft fühlten Sie sich im Verlauf der letzten 2 Wochen durch die folgenden Beschwerden beeinträchtigt?',
    'Durante las últimas 2 semanas, ¿qué tan seguido ha tenido molestias debido a los siguientes problemas?',
    'خلال الأسبوعين الماضيين، كم مرة عانيت من أي من المشكلات التالية؟',
  ),
  lastWeek: words(
    'Please think of the last 7 days, today included. There are no right or wrong answers.',
    'Bitte denken Sie an die letzten 7 Tage einschließlich des heutigen Tages. Es gibt keine richtigen oder falschen Antworten.',
    'Piense en los últimos 7 días, incluido el día de hoy. No hay respuestas correctas ni incorrectas.',
    'يُرجى التفكير في آخر 7 أيام بما فيها اليوم. لا توجد إجابات صحيحة أو خاطئة.',
  ),
  rights: words(
    'Do you need help at once? Speak to the staff at your site, or call the number on your study card. © 2026 Example Institute.',
    'Brauchen Sie sofort Hilfe? Sprechen Sie mit dem Studienteam in Ihrem Zentrum, oder rufen Sie die Nummer auf Ihrer Studienkarte an. © 2026 Beispielinstitut.',
    '¿Necesita ayuda de inmediato? Hable con el personal de su centro o llame al número de su tarjeta del estudio. © 2026 Instituto Ejemplo.',
    'هل تحتاج إلى مساعدة فورية؟ تحدّث إلى العاملين في مركزك، أو اتصل بالرقم المكتوب على بطاقة الدراسة. © 2026 معهد المثال.',
  ),
  bestFit: words(
    'Please choose the answer that fits best. If you are not sure, choose the one that comes closest.',
    'Bitte wählen Sie die Antwort, die am besten passt. Wenn Sie unsicher sind, wählen Sie die, die am nächsten kommt.',
    'Elija la respuesta que mejor se ajuste. Si no está seguro, elija la que más se acerque.',
    'يُرجى اختيار الإجابة الأنسب. إن لم تكن متأكدًا فاختر الأقرب إليها.',
  ),
  secret: words(
    'What you answer here is kept confidential. Only the study team sees it, and it is never passed on with your name.',
    'Was Sie hier antworten, wird vertraulich behandelt. Nur das Studienteam sieht es, und es wird nie mit Ihrem Namen weitergegeben.',
    'Lo que responda aquí es confidencial. Solo lo ve el equipo del estudio y nunca se transmite con su nombre.',
    'إجاباتك هنا سرّية. لا يراها إلا فريق الدراسة، ولا تُنقل أبدًا مع اسمك.',
  ),
  copyright: words(
    '© 2026 Example Institute. No part of this questionnaire may be copied or translated without permission.',
    '© 2026 Beispielinstitut. Kein Teil dieses Fragebogens darf ohne Erlaubnis vervielfältigt oder übersetzt werden.',
    '© 2026 Instituto Ejemplo. Ninguna parte de este cuestionario puede copiarse ni traducirse sin permiso.',
    '© 2026 معهد المثال. لا يجوز نسخ أي جزء من هذا الاستبيان أو ترجمته دون إذن.',
  ),
  long: words(
    'Moving or speaking so slowly that other people could have noticed? Or the opposite: being so fidgety or restless that you have been moving around a lot more than usual?',
    'Waren Ihre Bewegungen oder Ihre Sprache so verlangsamt, dass es auch anderen auffallen würde? Oder waren Sie im Gegenteil „zappelig“ oder ruhelos und hatten dadurch einen stärkeren Bewegungsdrang als sonst?',
    '¿Se ha movido o hablado tan lento que otras personas podrían haberlo notado? O lo contrario: ¿ha estado tan inquieto o agitado que se ha movido mucho más de lo normal?',
    'هل كنت تتحرك أو تتكلم ببطء شديد لدرجة لاحظها الآخرون؟ أو على العكس، هل كنت متململًا أو مضطربًا لدرجة أنك تتحرك أكثر من المعتاد بكثير؟',
  ),
  never: words('Not at all', 'Überhaupt nicht', 'Ningún día', 'ولا مرة'),
  days: words('Several days', 'An einzelnen Tagen', 'Varios días', 'عدة أيام'),
  half: words(
    'More than half the days',
    'An mehr als der Hälfte der Tage',
    'Más de la mitad de los días',
    'أكثر من نصف الأيام',
  ),
  always: words('Nearly every day', 'Beinahe jeden Tag', 'Casi todos los días', 'كل يوم تقريبًا'),
  yes: words('Yes', 'Ja', 'Sí', 'نعم'),
  no: words('No', 'Nein', 'No', 'لا'),
  pain: words(
    'Have you had any pain today?',
    'Hatten Sie heute Schmerzen?',
    '¿Ha tenido dolor hoy?',
    'هل شعرت بألم اليوم؟',
  ),
  illnesses: words(
    'Which of these illnesses has a doctor found in you?',
    'Welche dieser Krankheiten hat eine Ärztin oder ein Arzt bei Ihnen festgestellt?',
    '¿Cuáles de estas enfermedades le ha encontrado un médico?',
    'أي من هذه الأمراض شخّصها لديك الطبيب؟',
  ),
  pressure: words('High blood pressure', 'Bluthochdruck', 'Tensión alta', 'ارتفاع ضغط الدم'),
  sugar: words('Diabetes', 'Zuckerkrankheit (Diabetes)', 'Azúcar en la sangre (diabetes)', 'مرض السكري'),
  heart: words(
    'Heart failure or another illness of the heart',
    'Herzschwäche oder eine andere Herzkrankheit',
    'Insuficiencia cardíaca u otra enfermedad del corazón',
    'قصور القلب أو مرض آخر في القلب',
  ),
  kidneys: words(
    'An illness of the kidneys',
    'Eine Nierenkrankheit',
    'Una enfermedad de los riñones',
    'مرض في الكلى',
  ),
  none: words('None of these', 'Keine davon', 'Ninguna de estas', 'لا شيء مما سبق'),
  country: words(
    'In which country were you born?',
    'In welchem Land sind Sie geboren?',
    '¿En qué país nació?',
    'في أي بلد وُلدت؟',
  ),
  marriage: words(
    'What is your marital status?',
    'Wie ist Ihr Familienstand?',
    '¿Cuál es su estado civil?',
    'ما حالتك الاجتماعية؟',
  ),
  medicine: words(
    'Which medicines do you take?',
    'Welche Medikamente nehmen Sie ein?',
    '¿Qué medicamentos toma?',
    'ما الأدوية التي تتناولها؟',
  ),
  weight: words('How much do you weigh?', 'Wie viel wiegen Sie?', '¿Cuánto pesa?', 'كم وزنك؟'),
  fluid: words(
    'How much did you drink today?',
    'Wie viel haben Sie heute getrunken?',
    '¿Cuánto ha bebido hoy?',
    'كم شربت اليوم؟',
  ),
  hours: words('hours', 'Stunden', 'horas', 'ساعات'),
  sleep: words(
    'How many hours did you sleep last night?',
    'Wie viele Stunden haben Sie letzte Nacht geschlafen?',
    '¿Cuántas horas durmió anoche?',
    'كم ساعة نمت الليلة الماضية؟',
  ),
  example: words('For example 7.5', 'Zum Beispiel 7,5', 'Por ejemplo, 7,5', 'مثلًا 7.5'),
  began: words(
    'When did your pain begin?',
    'Wann haben Ihre Schmerzen angefangen?',
    '¿Cuándo empezó su dolor?',
    'متى بدأ ألمك؟',
  ),
  injection: words(
    'When did you take the injection?',
    'Wann haben Sie sich die Spritze gegeben?',
    '¿Cuándo se puso la inyección?',
    'متى أخذت الحقنة؟',
  ),
  bed: words(
    'At what time did you go to bed yesterday?',
    'Um wie viel Uhr sind Sie gestern zu Bett gegangen?',
    '¿A qué hora se acostó ayer?',
    'في أي ساعة ذهبت إلى النوم أمس؟',
  ),
  more: words(
    'Is there anything else you would like to tell us about today?',
    'Möchten Sie uns zum heutigen Tag noch etwas mitteilen?',
    '¿Quiere contarnos algo más sobre el día de hoy?',
    'هل تريد أن تخبرنا بشيء آخر عن هذا اليوم؟',
  ),
  site: words(
    'Which web page helps you with your illness?',
    'Welche Internetseite hilft Ihnen bei Ihrer Krankheit?',
    '¿Qué página de internet le ayuda con su enfermedad?',
    'أي صفحة على الإنترنت تساعدك في مرضك؟',
  ),
  skin: words(
    'Please take a picture of the place on your skin.',
    'Bitte fotografieren Sie die Stelle auf Ihrer Haut.',
    'Haga una foto del lugar de su piel.',
    'يُرجى تصوير المكان على جلدك.',
  ),
  knee: words(
    'Can you bend your knee as far as the film shows?',
    'Können Sie Ihr Knie so weit beugen, wie der Film es zeigt?',
    '¿Puede doblar la rodilla tanto como muestra el vídeo?',
    'هل تستطيع ثني ركبتك بالقدر الذي يظهر في الفيلم؟',
  ),
  film: words(
    'Somebody sits on a chair and bends the right knee until the foot is below the seat.',
    'Jemand sitzt auf einem Stuhl und beugt das rechte Knie, bis der Fuß unter der Sitzfläche ist.',
    'Alguien está sentado en una silla y dobla la rodilla derecha hasta que el pie queda bajo el asiento.',
    'شخص جالس على كرسي يثني ركبته اليمنى حتى تصبح قدمه تحت المقعد.',
  ),
  worst: words(
    'How strong was your pain at its worst today?',
    'Wie stark waren Ihre stärksten Schmerzen heute?',
    '¿Cómo de fuerte ha sido su dolor hoy en el peor momento?',
    'ما شدّة أقوى ألم شعرت به اليوم؟',
  ),
  noPain: words('No pain', 'Keine Schmerzen', 'Ningún dolor', 'لا ألم'),
  worstPain: words(
    'Worst pain I can imagine',
    'Stärkste Schmerzen, die ich mir vorstellen kann',
    'El peor dolor que puedo imaginar',
    'أشدّ ألم يمكنني تخيّله',
  ),
  falls: words(
    'Have you told us about every fall?',
    'Haben Sie uns von jedem Sturz berichtet?',
    '¿Nos ha contado todas las caídas?',
    'هل أخبرتنا عن كل مرة سقطت فيها؟',
  ),
  fall: words(
    '14 November 2026, on the stairs',
    '14. November 2026, auf der Kellertreppe',
    '14 de noviembre de 2026, en la escalera',
    '14 نوفمبر 2026، على الدرج',
  ),
  little: words(
    'Little interest or pleasure in doing things',
    'Wenig Interesse oder Freude an Ihren Tätigkeiten',
    'Poco interés o placer en hacer las cosas',
    'قلة الاهتمام أو المتعة في القيام بالأشياء',
  ),
  down: words(
    'Feeling down, depressed, or hopeless',
    'Niedergeschlagenheit, Schwermut oder Hoffnungslosigkeit',
    'Sentirse desanimado, deprimido o sin esperanza',
    'الشعور بالإحباط أو الاكتئاب أو اليأس',
  ),
  asleep: words(
    'Trouble falling or staying asleep',
    'Schwierigkeiten, ein- oder durchzuschlafen',
    'Dificultad para dormir o permanecer dormido',
    'صعوبة في النوم أو في الاستمرار في النوم',
  ),
  tired: words(
    'Feeling tired or having little energy',
    'Müdigkeit oder Gefühl, keine Energie zu haben',
    'Sentirse cansado o con poca energía',
    'الشعور بالتعب أو قلة النشاط',
  ),
  medicines: words('Your medicines', 'Ihre Medikamente', 'Sus medicamentos', 'أدويتك'),
  drug: words('Medicine', 'Medikament', 'Medicamento', 'الدواء'),
  dose: words('Tablets a day', 'Tabletten am Tag', 'Comprimidos al día', 'أقراص في اليوم'),
  daily: words('Every day?', 'Jeden Tag?', '¿Cada día?', 'كل يوم؟'),
  yesterday: words('Your sleep', 'Ihr Schlaf', 'Su sueño', 'نومك'),
  hands: words('Your hands', 'Ihre Hände', 'Sus manos', 'يداك الاثنتان'),
  left: words('Left hand', 'Linke Hand', 'Mano izquierda', 'اليد اليسرى'),
  right: words('Right hand', 'Rechte Hand', 'Mano derecha', 'اليد اليمنى'),
  strength: words('Strength', 'Kraft', 'Fuerza', 'القوة'),
  numb: words('Numb?', 'Taub?', '¿Entumecida?', 'خدر؟'),
  feeling: words('How you feel', 'Wie es Ihnen geht', 'Cómo se siente', 'كيف حالك'),
  score: words('Your points', 'Ihre Punkte', 'Sus puntos', 'نقاطك'),
  welcome: words(
    'The next questions are about how you feel. Answer them as well as you can.',
    'Die nächsten Fragen handeln davon, wie es Ihnen geht. Beantworten Sie sie, so gut Sie können.',
    'Las siguientes preguntas son sobre cómo se siente. Respóndalas lo mejor que pueda.',
    'الأسئلة التالية عن شعورك. أجب عنها قدر استطاعتك.',
  ),
} satisfies Record<string, Words>;

/** Long lists, as the drop-downs of the field have them. */
export const COUNTRIES = (locale: Locale): string[] => {
  const name = new Intl.DisplayNames([locale], { type: 'region' });
  const codes =
    'AT BE BG CH CL CO CY CZ DE DK DZ EC EE EG ES FI FR GB GR HR HU IE IQ IT JO LB LT LU LV MA MT MX NL NO PE PL PT RO SA SE SI SK SY TN TR UA US VE AR BO BR CA CN IN JP KR NZ AU ZA NG KE ET GH SN PH VN TH';
  return codes.split(' ').map((code) => name.of(code) ?? code);
};
