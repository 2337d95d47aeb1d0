# Las pantallas del personal.

## Inicio de sesión

sign-in-title = Iniciar sesión
sign-in-what = Para el personal de este centro.
sign-in = Iniciar sesión
sign-out = Cerrar sesión
demo-title = Cuentas para practicar
demo-fill = Rellenar
demo-fill-for = Rellenar { $user }
role-coordinator = Coordinación del estudio
role-siteStaff = Personal del centro
role-inspector = Inspección (solo lectura)
who-where = Centro { $site }, { $device }

## Barra y estado

rail = Páginas
page-visits = Visitas
page-questionnaires = Cuestionarios
page-outbox = Envíos
page-alerts = Alertas
page-records = Registros
page-device = Dispositivo
page-trainer = Formación
alerts-open =
    { $count ->
        [one] una abierta
       *[other] { $count } abiertas
    }
status-allProven =
    { $total ->
        [one] La única respuesta está entregada y comprobada.
       *[other] Las { $total } respuestas están entregadas y comprobadas.
    }
status-nothingYet = Listo para la primera visita. No hay nada pendiente en este dispositivo.
status-sending =
    { $count ->
        [one] Una respuesta va de camino al servidor.
       *[other] { $count } respuestas van de camino al servidor.
    }
status-offline =
    { $count ->
        [0] Sin conexión. Todo está entregado.
        [one] Sin conexión: una respuesta está segura en este dispositivo.
       *[other] Sin conexión: { $count } respuestas están seguras en este dispositivo.
    }
status-resting =
    { $count ->
        [one] El servidor pide tiempo hasta las { $time }. Una respuesta está segura en este dispositivo.
       *[other] El servidor pide tiempo hasta las { $time }. { $count } respuestas están seguras en este dispositivo.
    }
status-notFhir =
    { $count ->
        [one] La dirección del servidor responde, pero no como servidor FHIR. Una respuesta está segura en este dispositivo. Avise a quien lo gestiona.
       *[other] La dirección del servidor responde, pero no como servidor FHIR. { $count } respuestas están seguras en este dispositivo. Avise a quien lo gestiona.
    }
status-alerts =
    { $count ->
        [one] Una alerta le necesita: el servidor guardó algo distinto de lo firmado.
       *[other] { $count } alertas le necesitan: el servidor guardó algo distinto de lo firmado.
    }
status-pause-unauthorised = El servidor no deja entrar a este dispositivo: haga registrar su acceso.
status-pause-certificateExpired = El certificado de este dispositivo ha caducado: necesita uno nuevo.
status-pause-certificateNotYetValid = El reloj de este dispositivo está antes del inicio de su certificado: póngalo en hora.
status-pause-certificateRevoked = El certificado de este dispositivo fue revocado: llame al soporte del estudio.
status-paused =
    { $count ->
        [one] El envío está en pausa. Una respuesta está segura en este dispositivo.
       *[other] El envío está en pausa. { $count } respuestas están seguras en este dispositivo.
    }
status-quarantined =
    { $count ->
        [one] Una respuesta está apartada y le necesita.
       *[other] { $count } respuestas están apartadas y le necesitan.
    }
status-diskFull =
    { $count ->
        [0] El disco está lleno: este dispositivo no guarda nada nuevo. Libere espacio.
        [one] El disco está lleno: libere espacio. Una respuesta espera, segura en este dispositivo.
       *[other] El disco está lleno: libere espacio. { $count } respuestas esperan, seguras en este dispositivo.
    }
status-storage =
    { $count ->
        [0] Este dispositivo no pudo guardar algo. Reinícielo.
        [one] Este dispositivo no pudo guardar algo: reinícielo. Una respuesta espera, segura en él.
       *[other] Este dispositivo no pudo guardar algo: reinícielo. { $count } respuestas esperan, seguras en él.
    }
status-checked = Última comprobación { $time }
status-open-alerts = Ver alertas
status-open-outbox = Ver envíos
status-open-device = Ver dispositivo
practice-fault-on = El servidor de práctica falla a propósito: { $fault }.
practice-fault-open = Panel de formación

## Listas

choose = Elija…
open = Abrir
state = Estado
signed = Firmado
signed-at = Firmado { $time }
what-to-do = Qué hacer
what-next = Qué pasa después
filter-search = Buscar
filter-state = Mostrar
filter-all = Todo
filter-shown = { $shown } de { $total }
filter-nothing = Nada coincide con esta búsqueda.
back-to-list = Volver a la lista
of-participant = { $title } de { $participant }
reason = Motivo
reason-hint = Se guarda con el registro y se muestra en las inspecciones.
by-at = { $by }, { $at }
quoted = «{ $reason }»

## Visitas

visits-title = Visitas
visits-empty-title = Todavía no hay visitas
visits-empty-what = Empiece una visita: elija el participante y el cuestionario y entregue la tableta.
visit-start = Empezar una visita
visit-start-title = Empezar una visita
visit-start-what = La visita aparece en la lista. La pantalla del paciente se abre cuando usted entrega la tableta.
visit-started = Empezada
visit-ready = Lista
visit-inProgress = En curso
visit-paused-at = En pausa en la pregunta { $position }
visit-frozen = Firmada
visit-ended = Terminada
visit-hand-over = Entregar
visit-resume = Reanudar
visit-end = Terminar
visit-end-for = Terminar la visita de { $participant }
visit-end-title = ¿Terminar la visita de { $participant }?
visit-end-what = Las respuestas dadas quedan en el registro de este dispositivo, pero no se firman ni se envían. La visita no se puede reanudar.
pin-reset = Restablecer un PIN
pin-reset-title = Restablecer el PIN de un participante
pin-reset-what = Dos personas del equipo confirman juntas que saben quién es el participante. El participante elige un PIN nuevo en la próxima firma.
pin-reset-first = Primera persona del equipo
pin-reset-second = Segunda persona del equipo
pin-reset-done = El PIN está restablecido. En la próxima firma el participante elige uno nuevo.

## Envíos

outbox-title = Envíos
outbox-empty-title = Nada que enviar
outbox-empty-what = En cuanto un paciente firma, la respuesta aparece aquí y se envía sola.
outbox-under-way = En curso
outbox-held = Le necesita
outbox-finished = Terminado
outbox-foremost = Se muestran { $shown } de { $total }: lo que le necesita, lo que más tiempo lleva esperando y lo más reciente. Todos están en la página «Registros».
outbox-reports =
    { $count ->
        [one] El servidor no aceptó el informe de una alerta. «Enviar ahora» lo intenta de nuevo.
       *[other] El servidor no aceptó { $count } informes de alertas. «Enviar ahora» los intenta de nuevo.
    }
notices-title = Avise a la oficina del estudio
notices-open =
    { $count ->
        [one] Un aviso
       *[other] { $count } avisos
    }
notice-reportAltered = El servidor guarda el informe de una alerta de forma distinta de como se envió.
notice-provenanceTwice = El servidor guarda más de una vez el comprobante de un registro, porque una petición llegó tarde. El registro está comprobado por el que se nombra primero; los demás pueden borrarse en el servidor.
notices-confirm = Confirmar como visto
notices-confirm-title = ¿Está avisada la oficina del estudio?
notices-confirm-what = Lo que ha visto deja entonces de mostrarse; lo que llegue después, no. Quedan registrados su nombre y su motivo.
notices-hint = Por ejemplo, a quién avisó y cuándo.
send-now = Enviar ahora
state-frozen = Segura aquí, por enviar
state-sending = Enviándose
state-acknowledged = Guardada, comparándose
state-compared = Idéntica, firmando el comprobante
state-provenanceSending = Enviando el comprobante
state-provenanceCompared = Comprobante guardado
state-done = Entregada y comprobada
state-alert = No comprobada
state-quarantined = Apartada
state-closedDifferent = Cerrada como distinta
to-server = A { $server }
servers = Adónde van las respuestas
servers-what = El registro está probado cuando está probado que cada uno de estos servidores lo guarda.
server-own = El servidor del estudio
next-attempt = Próximo intento a las { $time }
next-under-way = Sigue por sí sola
next-held = Espera una decisión
next-finished = Nada más que hacer
attempts =
    { $count ->
        [one] Un intento hasta ahora
       *[other] { $count } intentos hasta ahora
    }
problem-refused = El servidor no acepta conexiones.
problem-unreachable = No se puede contactar con el servidor.
problem-unknown-host = No se conoce el nombre del servidor. Compruebe la dirección en el documento del estudio y el servicio de nombres (DNS) de la red de este dispositivo.
problem-reset = Se cortó la conexión.
problem-truncated = La conexión se cortó en mitad de la respuesta.
problem-timeout = El servidor no respondió a tiempo.
problem-tls = La conexión con el servidor no es segura.
problem-tls-other-host = El certificado del servidor es de otro equipo. Compruebe la dirección y si la red pide antes iniciar sesión.
problem-tls-expired = El certificado del servidor ha caducado. Compruebe el reloj de este dispositivo y avise después a quien gestiona el servidor.
problem-tls-not-yet-valid = El certificado del servidor aún no es válido. Compruebe el reloj de este dispositivo y avise después a quien gestiona el servidor.
problem-tls-revoked = El certificado del servidor fue revocado. Avise a quien gestiona el servidor.
problem-tls-untrusted = El certificado del servidor no conduce a una autoridad en la que confíe el estudio. Avise al técnico del centro.
problem-tls-our-certificate = El servidor no aceptó el certificado de autenticación de este dispositivo, o pide uno.
problem-tls-our-key = No se pudo usar la clave de autenticación de este dispositivo. Vuelva a registrar el dispositivo.
problem-proxy = El proxy de la red no dejó pasar a este dispositivo. Compruebe el proxy en la configuración.
problem-connection-settings = La configuración de la conexión no se puede usar. Avise al técnico del centro.
problem-redirected = El servidor remite a otra dirección, y no se sigue. Quizá la dirección sea incorrecta, o la red pida antes iniciar sesión.
problem-web-page = En lugar de la respuesta del servidor llegó una página web. Quizá la red pida antes iniciar sesión: abra un navegador.
problem-media-type = La respuesta no es FHIR. Quizá la dirección no sea la del servidor.
problem-not-fhir = La dirección lo rechazó sin decir el motivo en FHIR, como lo haría una pasarela delante del servidor. Se intenta de nuevo.
problem-compressed = La respuesta del servidor llegó comprimida sin haberlo pedido y no se leyó.
problem-client-refused = El servidor de autorización no conoce el registro de este dispositivo, o lo ha revocado. Avise a quien gestiona el servidor.
problem-token-refused = El servidor de autorización no dio a este dispositivo ningún token de acceso. Avise a quien gestiona el servidor.
problem-token-unreachable = No se puede contactar con el servidor de autorización, o no se pudo leer su respuesta.
problem-credentials = Este dispositivo aún no tiene credenciales para el servidor. Un técnico tiene que guardarlas.
problem-no-body = El servidor no mostró lo que guardó.
problem-no-version = El servidor no dijo qué versión guardó.
problem-not-named = El servidor lo aceptó, pero no dijo con qué nombre, y una búsqueda no lo encuentra.
problem-of-another = La respuesta del servidor era sobre otro registro: algo en el camino confunde las respuestas, y una búsqueda no encuentra este. Avise a quien lleva la red y envíelo después otra vez.
problem-too-many = El servidor responde a una búsqueda con más de lo que puede corresponder. Avise a quien lo gestiona.
problem-not-shown = No se puede averiguar si el servidor lo tiene: una y otra vez se niega a decir lo que guarda, o responde de forma ilegible. Avise a quien lo gestiona y envíelo después otra vez: antes de enviar nada se pregunta de nuevo al servidor.
problem-too-large = La respuesta del servidor era demasiado grande.
problem-malformed = No se pudo leer la respuesta del servidor.
problem-unauthorised = El servidor no aceptó este dispositivo.
problem-certificate = El servidor tiene que guardar primero el registro del certificado.
problem-endpoint-unlisted = El estudio ya no incluye este servidor. No se le envía nada.
problem-internal = Un error del propio Attesta ha detenido este envío. Se intentará de nuevo; comuníquelo, por favor.
problem-seal = El comprobante no se ha podido firmar todavía.
problem-profile = El comprobante incumple una regla del perfil del estudio; la alerta dice cuál.
problem-different = El servidor guardó algo distinto.
problem-duplicates = El servidor lo guarda más de una vez.
problem-receipt = Lo que envió el servidor no está firmado como exige el estudio.
problem-put-unproven = El servidor sobrescribe lo que ya existe, por eso no se envió nada. El estudio tiene que crear con POST.
problem-status-500 = El servidor tuvo un error propio.
problem-status-503 = El servidor está sobrecargado.
problem-other = Todavía no ha funcionado ({ $code }).

## Alertas

alerts-title = Alertas
alerts-empty-title = No hay alertas
alerts-empty-what = Lo que guarda el servidor se compara con lo firmado, elemento por elemento. Si alguna vez difieren, lo verá aquí.
alert-what = Qué ha pasado
alert-raised = Detectada
alert-open = Abierta
alert-closed = Cerrada
alert-look = Verla
alert-kind-different =
    { $count ->
        [one] Hay una diferencia
       *[other] Hay { $count } diferencias
    }
alert-kind-duplicates = Guardada más de una vez
alert-kind-provenanceDifferent = Se cambió el comprobante
alert-kind-quarantined = Rechazada por el servidor
alert-kind-missing = Confirmado, pero no guardado
alert-outcome-corrected = Corregida y comprobada
alert-outcome-differentAgain = Distinta otra vez
alert-outcome-accepted = Aceptada como distinta
alert-outcome-escalated = Escalada
alert-not-proven = No comprobada
alert-lead-different =
    { $count ->
        [one] El servidor guardó algo distinto de lo que firmó el participante, en un lugar. El original firmado está seguro en este dispositivo.
       *[other] El servidor guardó algo distinto de lo que firmó el participante, en { $count } lugares. El original firmado está seguro en este dispositivo.
    }
alert-lead-duplicates = El servidor guarda esta respuesta más de una vez. El original firmado está seguro en este dispositivo.
alert-lead-provenanceDifferent = El servidor guardó un comprobante distinto del que firmó este dispositivo. El original firmado está seguro en este dispositivo.
alert-lead-quarantined = El servidor no acepta esta respuesta. El original firmado está seguro en este dispositivo.
alert-lead-missing = El servidor confirmó que lo guardaba y no lo tiene. El original firmado está seguro en este dispositivo: envíelo de nuevo y avise a quien administra el servidor.
alert-said = Lo que dijo el servidor
alert-found = Lo que guarda el servidor
alert-against = Lo que lo impide
diff-signed = Firmado en este dispositivo, { $time }
diff-returned = Devuelto por el servidor, { $time }
came-back = Devuelto
diff-not-signed = No está en lo firmado
diff-not-returned = Falta
diff-identical =
    { $count ->
        [one] El otro elemento es idéntico.
       *[other] Los otros { $count } elementos son idénticos.
    }
change-question = Pregunta { $item }: { $element }
change-elsewhere = Fuera de las preguntas: { $element }
element-answer = respuesta
element-text = texto de la pregunta
element-linkId = número de la pregunta
element-item = la pregunta entera
element-unit = unidad
element-code = código de la respuesta
element-display = texto de la respuesta
element-system = sistema de códigos
element-status = estado
element-subject = participante
element-author = autor
element-source = origen
element-authored = momento de finalización
element-questionnaire = cuestionario
element-identifier = identificador
element-extension = extensión
element-language = idioma
element-resourceType = tipo de registro
element-meta = marcas propias del servidor
element-contained = registro contenido
element-other = { $element }
act-sendAgain = Enviar de nuevo
act-accept = Aceptar con motivo
act-escalate = Escalar
act-sendAgain-title = ¿Enviar de nuevo el original firmado?
act-sendAgain-what = El original firmado sustituye lo que el servidor guarda ahora. Nadie vuelve a firmar. Después se comparan otra vez: si son idénticos, se firma el comprobante y la alerta se cierra; si no, sigue abierta.
act-sendAgain-what-unkept = El original firmado se envía otra vez al servidor. Nadie vuelve a firmar. Si el servidor lo acepta y lo guarda sin cambios, se firma el comprobante y la alerta se cierra; si no, sigue abierta.
act-accept-title = ¿Aceptar que el servidor guarde algo distinto?
act-accept-title-unkept = ¿Aceptar que no hay comprobante?
act-accept-what = El registro se cierra como «distinto». No se hace ningún comprobante, ni se podrá hacer más tarde. El original firmado permanece en este dispositivo y en cada exportación.
act-accept-what-unkept = El registro se cierra sin comprobante, y no podrá hacerse ninguno más tarde. El original firmado queda en este dispositivo y en cada exportación.
act-escalate-title = ¿Escalar esta alerta?
act-escalate-what = El asunto pasa a la gestión de datos del promotor, con su motivo, y el registro se cierra sin comprobante. No se cambia nada en el servidor. El original firmado permanece en este dispositivo y en cada exportación.
act-note = Su decisión se guarda con su nombre, la hora y el motivo.
act-not-yours = Con su función puede ver las alertas, pero no decidir sobre ellas. Consulte a la coordinación del estudio.
act-no-send-again = Tal como está no se puede enviar de nuevo. Acéptela con un motivo o escálela.
password-yours = Su contraseña
alert-actions = Qué se decidió
acted-sendAgain = Enviada de nuevo
acted-accept = Aceptada con motivo
acted-escalate = Escalada
acted-other = { $action }
act-result-pending = En camino.
act-result-corrected = Ahora idéntica y comprobada.
act-result-differentAgain = Sigue siendo distinta.
act-result-accepted = Cerrada como distinta.
act-result-escalated = Traspasada, sin comprobante.
act-result-other = { $result }

## Registros

records-title = Registros
records-empty-title = Todavía no hay registros
records-empty-what = Cada respuesta firmada tiene aquí su registro: qué pasó con ella, quién firmó y si todavía se puede comprobar.
records-proven = Comprobado
records-not-proven = Aún sin comprobar
records-more = Mostrar más
export = Exportar
export-done = Exportado. El archivo contiene todo lo necesario para comprobarlo sin este dispositivo:
export-to = Las exportaciones van a
subject-export-title = Todas las respuestas de un participante
subject-export-what = Un archivo con cada respuesta y sus comprobantes, firmado en nombre del centro. Quien lo reciba puede comprobarlo sin este dispositivo.
subject-export = Exportar todas las respuestas
subject-export-done = Exportado y firmado en nombre del centro:
report-save = Guardar informe
report-done = El informe de verificación está guardado, para leerlo o imprimirlo:
document = Documento
document-about = Exporta el registro como documento FHIR. El libro mayor del estudio guarda el hash del documento y ninguna respuesta.
document-later = Se puede exportar un documento en cuanto el registro esté comprobado.
document-export = Exportar como documento
document-done = Exportado como documento. El libro mayor guarda su hash:
timeline = Qué pasó
timeline-details = Ver detalles técnicos
moment-answered = Respondido
moment-signed = Firmado por el participante
moment-sent = Enviado
moment-kept = Guardado por el servidor
moment-compared = Comprobado: idéntico
moment-tolerated = El servidor cambió algo que el estudio permite; sin eso, es idéntico
moment-provenanceSent = Comprobante enviado
moment-delivered = El servidor guarda exactamente lo firmado; este estudio no hace comprobante (Provenance)
moment-proven = Comprobante guardado y verificado
moment-alert = Alerta: no es idéntico
moment-acted = Decidido por el personal
moment-noticed = Aviso: el servidor guarda algo de forma distinta de como debe
moment-confirmed = Aviso confirmado por el personal
moment-exported = Exportado
moment-reported = Informe de verificación guardado
moment-documented = Exportado como documento
moment-takenOver = Asumido de otro dispositivo
answers = Respuestas
certificate = Certificado
certificate-ends = Caduca el { $until }

## Asignado por el estudio

due-title = Pendiente en este centro
due-as-of = Actualizado: { $time }
due-ask = Preguntar al servidor
due-asking = Preguntando…
due-until = hasta el { $day }
due-from = desde el { $day }
due-any-time = en cualquier momento
due-overdue = Vencido
due-start = Empezar
due-start-for = Empezar la visita de { $participant }: { $questionnaire }
due-none = No hay nada pendiente. Aun así puede empezar una visita.
due-kept = Lo que se muestra es lo que ya se sabía.
due-told-later = Se volverá a comunicar automáticamente; las respuestas están a salvo y siguen su propio camino.
due-told-never = Al servidor no se le comunica nada más; las respuestas están a salvo y siguen su propio camino.
due-refused =
    { $count ->
        [one] Una tarea del servidor no se puede aceptar
       *[other] { $count } tareas del servidor no se pueden aceptar
    }
assigned-problem-unauthorised = El servidor no permite que este dispositivo vea sus tareas o lo que necesitan. Haga registrar su acceso.
assigned-problem-not-served = El servidor no guarda tareas, o no puede buscar lo que necesitan.
assigned-problem-status = El servidor respondió con un error.
assigned-problem-too-many = El servidor tiene más tareas de las que un centro puede tener. Avise a quien lo administra.
assigned-problem-task-gone = El servidor ya no tiene la tarea.
assigned-problem-task-conflict = Otros están cambiando la tarea.
assigned-problem-task-withdrawn = Entretanto, el servidor ha retirado la tarea.
assigned-problem-task-completed-elsewhere = Entretanto, la tarea se completó con otras respuestas.
refused-task-malformed = La tarea no dice qué hay que responder como lo prescribe SDC.
refused-task-modifier = La tarea tiene una parte que cambia su significado y que aquí no se conoce.
refused-task-unsigned = La tarea no está firmada como exige el estudio.
refused-participant-missing = La tarea no dice para quién es.
refused-participant-elsewhere = La tarea es para alguien que está en otro servidor.
refused-participant-unknown = La tarea es para alguien que no es participante en este dispositivo.
refused-participant-not-given = El servidor no da a este dispositivo el paciente de la tarea. Pida que lo permita quien administra el servidor; se intenta de nuevo.
refused-participant-number = El paciente de la tarea no tiene número de participante, o tiene varios.
refused-participant-mismatch = El número de participante del paciente pertenece a otro paciente en este dispositivo.
refused-questionnaire-missing = El servidor no tiene el cuestionario.
refused-questionnaire-not-given = El servidor no da a este dispositivo el cuestionario de la tarea. Pida que lo permita quien administra el servidor; se intenta de nuevo.
refused-questionnaire-several = El servidor tiene varias versiones del cuestionario y la tarea no dice cuál.
refused-questionnaire-version = La tarea pide otra versión del cuestionario que la que se usa aquí.
refused-questionnaire-refused = El cuestionario no se puede usar.
refused-questionnaire-unlisted = El estudio no incluye el cuestionario.
refused-questionnaire-withdrawn = El cuestionario se retiró o se sustituyó en este dispositivo.
refused-value-set-not-given = Ni un servidor de terminología del estudio ni su propio servidor da una lista de respuestas que el cuestionario necesita. Pida que lo revise quien los administra; se intenta de nuevo.
refused-request-missing = La solicitud de la tarea no está en el servidor.
refused-request-not-given = El servidor no da a este dispositivo la solicitud de la tarea. Pida que lo permita quien administra el servidor; se intenta de nuevo.
refused-request-elsewhere = La solicitud de la tarea está en otro servidor.
refused-request-inactive = La solicitud de la tarea no está activa.
refused-request-mismatch = La solicitud de la tarea es de otro paciente.
refused-request-several = La solicitud pide varios cuestionarios en una sola tarea.
refused-endpoint-elsewhere = Las respuestas deberían ir a un servidor que el estudio no incluye. Eso no se hace.
refused-endpoint-operation = Las respuestas deberían pasar por una operación que no guarda nada que comparar. Eso no se hace.
refused-other = No se acepta ({ $reason }).

## Cuestionarios

questionnaires-title = Cuestionarios
questionnaires-empty-title = Aún no hay cuestionarios
questionnaires-empty-what = Añada un cuestionario desde un archivo (FHIR JSON o XML). Verá lo que Attesta puede hacer con él antes de que se añada nada.
form-add = Añadir desde un archivo
form-checking = Comprobando…
form-drop = Suelte aquí el archivo: se comprueba y todavía no se añade nada
form-drop-hint = También puede soltar un archivo en esta página, de hasta { $size }.
form-added = «{ $title }» ya forma parte del estudio. Se pueden iniciar visitas nuevas con él.
form-languages = Idiomas
form-added-at = Añadido
form-came-along = Viene con Attesta
form-questions =
    { $count ->
        [one] una pregunta
       *[other] { $count } preguntas
    }
form-offered = En uso
form-replaced = Sustituido
form-withdrawn = Retirado
form-unusable = No utilizable
form-report = Informe
form-report-named = Informe sobre { $title }
form-withdraw = Retirar
form-withdraw-named = Retirar { $title }
form-withdraw-title = ¿Retirar «{ $title }»?
form-withdraw-what = Ya no se podrá iniciar ninguna visita con él. Las visitas iniciadas continúan y todo lo firmado queda como está.
form-servers = Los conjuntos de valores que un cuestionario no trae se piden una sola vez, al añadirlo, en { $servers }.
form-no-servers = El estudio no nombra ningún servidor de terminología: un cuestionario tiene que traer todos sus conjuntos de valores.
form-confirm = Añadir al estudio
form-verdict-refused =
    { $count ->
        [one] Este cuestionario no se puede usar, por un motivo. No se ha añadido.
       *[other] Este cuestionario no se puede usar, por { $count } motivos. No se ha añadido.
    }
form-verdict-known = El estudio ya tiene exactamente este cuestionario.
form-verdict-warnings =
    { $count ->
        [one] Este cuestionario se puede usar. Lea la advertencia antes de decidir.
       *[other] Este cuestionario se puede usar. Lea las { $count } advertencias antes de decidir.
    }
form-verdict-usable = Este cuestionario se puede usar tal como lo pensó su autor.
form-replaces = Las visitas nuevas lo usarán en lugar de:
form-about = Qué es
form-file = Archivo
form-address = Dirección
form-size = Extensión
form-hash = Huella
form-value-sets = Conjuntos de valores de servidores
form-value-sets-what = Se pidieron una sola vez y pasan a formar parte del cuestionario.
form-value-set =
    { $count ->
        [one] un concepto, de { $server }
       *[other] { $count } conceptos, de { $server }
    }
form-refused =
    { $count ->
        [one] Por qué no se puede usar
       *[other] Por qué no se puede usar: { $count } motivos
    }
form-refused-what = Su autor tiene que corregirlo. Los detalles están en inglés, como en las herramientas para cuestionarios.
form-warnings =
    { $count ->
        [one] Lo que hay que saber antes de usarlo
       *[other] Lo que hay que saber antes de usarlo: { $count } advertencias
    }
form-warnings-what = Se puede preguntar a los pacientes. Asegúrese de que es lo que se pretende.
form-ignored =
    { $count ->
        [one] No se usa: una observación
       *[other] No se usa: { $count } observaciones
    }
form-ignored-what = Lo que se pregunta sigue siendo lo mismo sin ello.
form-notes =
    { $count ->
        [one] Conviene saberlo: una nota
       *[other] Conviene saberlo: { $count } notas
    }
form-notes-what = Esto se usa tal como está.
form-supported =
    { $count ->
        [one] Entendido: una extensión
       *[other] Entendido: { $count } extensiones
    }
form-read-as-bytes =
    { $count ->
        [one] leído como un byte
       *[other] leído como { $count } bytes
    }
form-item = Elemento { $item }
form-more =
    { $count ->
        [one] y una más
       *[other] y { $count } más
    }
form-reason-not-json = El archivo no es JSON legible
form-reason-not-xml = El archivo no es XML de FHIR legible
form-reason-too-large = El archivo es demasiado grande
form-reason-not-a-questionnaire = Esto no es un cuestionario FHIR
form-reason-fhir-version = Escrito para otra versión de FHIR
form-reason-malformed = Algo está escrito de un modo que FHIR no permite
form-reason-unknown-element = Un elemento desconocido
form-reason-modifier-extension = Algo cambia el significado de un modo desconocido
form-reason-missing = Falta algo necesario
form-reason-status = El cuestionario no se debe usar
form-reason-subject-type = No trata de un paciente
form-reason-duplicate-link-id = Dos elementos tienen el mismo linkId
form-reason-too-deep = Anidado a demasiada profundidad
form-reason-missing-text = Falta un texto
form-reason-control-character = Un texto contiene caracteres que no se pueden mostrar
form-reason-item-type = Un tipo de pregunta que no se admite
form-reason-repeats = Las veces que algo se repite se contradicen
form-reason-answer-value-set = Faltan las respuestas para elegir
form-reason-regex = Un patrón que no se puede usar
form-reason-expression = Una expresión que no se puede evaluar
form-reason-extension = Una extensión que cambia la pregunta y no se admite
form-reason-not-allowed-here = Algo no corresponde aquí
form-reason-answer-option = Las opciones de una elección no se pueden usar
form-reason-enable-when-question = Una condición nombra una pregunta que no existe
form-reason-enable-when-answer = Una condición no encaja con su pregunta
form-reason-enable-behavior = Varias condiciones, sin decir cómo se combinan
form-reason-enable-when-circular = Unas preguntas dependen de otras en círculo
form-reason-circular = Unas expresiones dependen de otras en círculo
form-reason-limits = Los límites de una respuesta no se pueden usar
form-reason-initial = La respuesta con la que empieza no se aceptaría
form-reason-slider = Una escala sin sus dos extremos
form-reason-required = Obligatoria, pero nadie la puede contestar
form-reason-no-questions = No hay nada que contestar
form-reason-launch-context = Lee algo de lo que este dispositivo sabe poco o nada
form-reason-draft = Un borrador
form-reason-completed = Se completó algo
form-reason-pre-answered = Contestada antes de que el paciente la vea
form-reason-language = No se ofrece un idioma
form-reason-plain-text = Se muestra como texto sin formato
form-reason-unused = No se usa
form-reason-other = Otra observación

## Dispositivo

device-title = Dispositivo
certificate-used = Ha pasado el { $percent } % de la vigencia del certificado
certificate-do-good = El certificado es válido. Nada que hacer.
certificate-do-warn = El certificado caduca pronto. Pida uno nuevo al soporte del estudio.
certificate-do-bad = El certificado está a punto de caducar. Sin uno nuevo no se puede firmar nada: llame hoy al soporte del estudio.
certificate-subject = Emitido para
certificate-issuer = Emitido por
certificate-thumbprint = Huella digital
keystore = Almacén de claves
keystore-ok = Abierto
keystore-bad = No está abierto
keystore-do-ok = La clave de firma está en { $name }. Nada que hacer.
keystore-do-bad = { $name } no está abierto. Desbloquéelo antes de la próxima firma.
server = Servidor
server-ok = Accesible
server-bad = No accesible
server-do-ok = Las respuestas se envían en cuanto se firman. Nada que hacer.
server-do-bad = Las respuestas quedan seguras en este dispositivo y se envían cuando vuelva el servidor. Revise la red.
server-last = Última respuesta { $time }
server-never = Todavía sin respuesta
clock = Reloj
clock-difference =
    { $seconds ->
        [0] La misma hora que el servidor
        [one] Un segundo de diferencia con el servidor
       *[other] { $seconds } segundos de diferencia con el servidor
    }
clock-unknown = Todavía sin comparar
clock-do-good = El reloj está en hora. Nada que hacer.
clock-do-apart = Ponga en hora el dispositivo. Las horas ya firmadas quedan como están.
clock-do-unknown = El reloj se compara en el próximo contacto con el servidor.
this-device = Este dispositivo
version = Versión
data-folder = Datos
export-folder = Exportaciones

## Panel de formación

trainer-title = Panel de formación
trainer-what = Haga fallar al servidor de práctica y muestre qué hace el dispositivo. Solo el servidor de práctica puede hacerlo.
listener-open = El servidor de práctica está encendido
listener-closed = El servidor de práctica está apagado
listener-open-what = Apáguelo para mostrar cómo trabaja el dispositivo sin conexión.
listener-closed-what = Las respuestas quedan seguras en este dispositivo. Enciéndalo y se envían.
listener-close = Apagar
listener-reopen = Encender
faults = Qué hace mal
fault-times = Para
fault-requests =
    { $count ->
        [one] la próxima respuesta
       *[other] las próximas { $count } respuestas
    }
fault-active =
    { $count ->
        [one] Una vez más
       *[other] { $count } veces más
    }
fault-start = Activar
fault-start-named = Activar: { $fault }
fault-stop = Parar
fault-stop-named = Parar: { $fault }
fault-alterAnswer = Cambia una respuesta
fault-alterAnswer-what = Guarda y devuelve una respuesta distinta de la firmada.
fault-dropAnswer = Omite una respuesta
fault-dropAnswer-what = Guarda y devuelve el cuestionario sin una de sus respuestas.
fault-changeDecimalText = Reescribe un número
fault-changeDecimalText-what = 72.50 pasa a ser 72.5: el mismo valor, pero no lo que se firmó.
fault-noBody = Responde sin contenido
fault-noBody-what = Guarda la respuesta y no muestra lo que guardó.
fault-status500 = Falla
fault-status500-what = Responde con un error propio (500).
fault-noAnswer = Guarda y se corta
fault-noAnswer-what = Guarda la respuesta y cierra la conexión antes de contestar.
fault-alterLeaf = Cambia un elemento cualquiera
fault-alterLeaf-what = En algún lugar de la respuesta, elegido al azar.
fault-other = Otro fallo
fault-other-what = El servidor de práctica se aparta de la norma.
requests = Peticiones al servidor de práctica
requests-none = Todavía no hay peticiones.
request-no-answer = sin respuesta

## Detenido

blocked-safe = No se ha escrito nada y no se ha perdido nada. No se ha creado ninguna clave nueva.
blocked-do = Qué hacer
blocked-details = Para el soporte
blocked-keystore-missing-title = Falta el almacén de claves
blocked-keystore-missing-what = Este dispositivo guarda sus claves en el almacén de claves del sistema operativo, y el sistema dice que no hay ninguno.
blocked-keystore-missing-do = Inicie sesión en el ordenador con su propia cuenta y asegúrese de que su almacén de claves funciona (en Linux, un Secret Service como GNOME Keyring o KWallet). Después inténtelo de nuevo.
blocked-keystore-locked-title = El almacén de claves está bloqueado
blocked-keystore-locked-what = Las claves están ahí, pero el sistema operativo no las entrega mientras el almacén esté bloqueado.
blocked-keystore-locked-do = Desbloquee el almacén de claves con la contraseña de la cuenta del ordenador. Después inténtelo de nuevo.
blocked-keystore-denied-title = El almacén de claves no nos dejó entrar
blocked-keystore-denied-what = El sistema operativo preguntó si Attesta puede usar sus claves, y la respuesta fue no.
blocked-keystore-denied-do = Inténtelo de nuevo y permítalo. Si no se preguntó a nadie, un administrador tiene que permitir Attesta en los ajustes del almacén de claves.
blocked-key-missing-title = Falta la clave de los datos
blocked-key-missing-what = Hay datos en este dispositivo, pero la clave que los abre no está en el almacén de claves. Puede pertenecer a otra cuenta de este ordenador.
blocked-key-missing-do = Inicie sesión en el ordenador con la cuenta que se usaba antes. Si ya no existe, no borre nada: llame al soporte del estudio, que puede ayudar con la copia de seguridad del almacén de claves.
blocked-data-locked-title = Attesta ya está abierto
blocked-data-locked-what = Otra ventana de Attesta usa los datos de este dispositivo. Solo puede hacerlo una a la vez.
blocked-data-locked-do = Vaya a la otra ventana, o ciérrela e inténtelo de nuevo.
blocked-database-damaged-title = No se pueden leer los datos
blocked-database-damaged-what = La base de datos se abre con su clave, pero su contenido está dañado. No se ha modificado.
blocked-database-damaged-do = No borre nada ni vuelva a instalar. Llame al soporte del estudio: restaurará la última copia de seguridad y la comparará con el servidor.
blocked-key-malformed-title = La clave de los datos está dañada
blocked-key-malformed-what = El almacén de claves tiene una entrada para Attesta, pero no es una clave.
blocked-key-malformed-do = No borre nada. Llame al soporte del estudio, que puede ayudar con la copia de seguridad del almacén de claves.
blocked-key-wrong-title = La clave no corresponde a los datos
blocked-key-wrong-what = Hay datos en este dispositivo y una clave en el almacén, pero la clave no abre los datos.
blocked-key-wrong-do = Inicie sesión en el ordenador con la cuenta que se usaba antes. Si no sirve, no borre nada y llame al soporte del estudio.
blocked-keystore-not-read-back-title = El almacén de claves no guarda claves
blocked-keystore-not-read-back-what = Se entregó una clave nueva al almacén y no volvió, así que no se usó.
blocked-keystore-not-read-back-do = Asegúrese de que el almacén de claves de la cuenta del ordenador se guarda en el disco. Después inténtelo de nuevo.
blocked-keystore-failed-title = El almacén de claves no responde
blocked-keystore-failed-what = El almacén de claves del sistema operativo dio un error propio.
blocked-keystore-failed-do = Cierre la sesión del ordenador, iníciela otra vez e inténtelo de nuevo. Si sigue igual, llame al soporte del estudio.
blocked-database-newer-title = Este Attesta es demasiado antiguo
blocked-database-newer-what = Los datos de este dispositivo los escribió una versión más nueva de Attesta.
blocked-database-newer-do = Abra la versión más nueva. Los datos no se han modificado.
blocked-disk-full-title = El disco está lleno
blocked-disk-full-what = No queda espacio para guardar las respuestas con seguridad.
blocked-disk-full-do = Libere espacio en el disco de este dispositivo. Después inténtelo de nuevo. Si no se puede liberar espacio, un administrador todavía puede guardar en otro soporte lo que falta por enviar: attesta-desktop device export.
blocked-unreachable-title = Attesta no se ha iniciado
blocked-unreachable-what = Las pantallas están aquí, pero la parte que guarda los datos no responde.
blocked-unreachable-do = Inténtelo de nuevo. Si sigue igual, cierre Attesta y ábralo otra vez.
blocked-other-title = Attesta no puede continuar
blocked-other-what = Algo en este dispositivo impide que Attesta trabaje con seguridad, así que se detuvo antes de hacer nada.
blocked-other-do = Inténtelo de nuevo. Si sigue igual, llame al soporte del estudio y lea en voz alta lo que pone en «Para el soporte».

error-visit-unfinished = Elija un participante y un cuestionario.
error-form-known = El estudio ya tiene exactamente este cuestionario.
error-outside-period = El estudio inicia visitas con este cuestionario en otros días. Elija otro cuestionario o pregunte a la oficina del estudio.
error-form-too-large = El archivo ocupa más de { $size }. No se ha leído.
error-form-not-text = El archivo no es texto en UTF-8, como lo es FHIR JSON o XML. No se ha añadido nada.
error-form-one-file = Suelte un solo archivo. No se ha leído nada.
error-questionnaire-refused = Este cuestionario no se puede usar. No se ha añadido nada.
error-stale-revision = Esto ha cambiado entretanto. Mírelo de nuevo y repita el paso.
error-pin-reset-unfinished = Elija un participante e indique un motivo.
error-reason-empty = Indique un motivo.
error-question-elsewhere = Las preguntas de este cuestionario vienen de otro servidor que no es el del estudio, y ese no debe ver las respuestas. Pida al equipo del estudio la copia propia del cuestionario e inicie la visita con ella.
error-reason-missing = Indique un motivo.
error-reason-unusable = El motivo es demasiado largo o tiene signos que no se pueden guardar. Escríbalo más breve.
error-password-empty = Escriba su contraseña.
error-wrong-password = La contraseña no es correcta.
error-act-invalid = Esto no se puede hacer ahora con esta alerta. Mírela otra vez.
error-practice = El servidor de práctica no lo hizo. Inténtelo de nuevo.
error-file-exists = Ya hay un archivo con este nombre; no se ha sobrescrito nada. Inténtelo de nuevo.
error-ledger-missing = El estudio no indica ningún libro mayor, así que no se puede exportar ningún documento. La gestión de datos del estudio puede indicar uno en la configuración.
error-ledger-unavailable = El libro mayor no responde ahora. No se ha exportado nada. Inténtelo más tarde.
error-ledger-refused = La respuesta del libro mayor no es correcta. No se ha exportado nada. Avise al soporte del estudio.
error-ledger-token-missing = El libro mayor pide un token de acceso y este dispositivo no tiene ninguno para él. No se ha exportado nada. Avise al soporte del estudio.
error-document-release = Los documentos necesitan FHIR R5, y este estudio envía R4. No se ha exportado nada.
error-subject-release = Las respuestas de un participante se firman juntas en FHIR R4, y este estudio envía R5. Exporte los registros uno por uno. No se ha exportado nada.

## Cuentas del personal y reloj
staff-accounts = Cuentas del personal
account-is-locked = Bloqueada
account-is-open = Puede iniciar sesión
unlock = Desbloquear
unlock-title = ¿Desbloquear la cuenta { $user }?
unlock-what = La cuenta se bloqueó tras cinco intentos fallidos. Asegúrese de que quien le pide desbloquearla es su titular. Su nombre queda registrado.
clock-behind = Este dispositivo ha registrado cosas a una hora posterior ({ $day }, { $time }). Hasta que el reloj esté en hora no se puede firmar nada. Las respuestas se conservan.
clock-accept = El reloj ya está en hora
clock-accept-title = ¿Está el reloj en hora?
clock-accept-what = Confírmelo solo si el reloj estaba adelantado y se ha puesto en hora. Lo registrado queda como está, en su orden. Su nombre y su motivo quedan registrados.

## Connection check

connection-title = Comprobación de la conexión
connection-what = Prueba todo lo que un envío necesita y dice qué hay que corregir. El servidor guarda como mucho unos pocos registros de prueba pequeños de este dispositivo, marcados como datos de prueba.
connection-check = Comprobar la conexión
connection-again = Comprobar de nuevo
connection-busy = Comprobando… { $seconds } segundos hasta ahora
connection-good = Todo funciona: las respuestas se pueden enviar.
connection-bad =
    { $count ->
        [one] Hay que corregir una cosa.
       *[other] Hay que corregir { $count } cosas.
    }
connection-passed = en orden
connection-failed = no está en orden
connection-noticed = funciona, con una nota
connection-notTried = no se comprobó, porque antes hay que corregir algo
connection-notNeeded = sin cifrar, y no hace falta: el servidor está en este mismo equipo
connection-notNeeded-assignments = no hace falta: el estudio no asigna nada con tareas
connection-line-reached = El servidor responde
connection-line-secure = La conexión es segura
connection-line-authentication = El servidor deja entrar a este dispositivo
connection-line-capability = La versión de FHIR y el formato son los del estudio
connection-line-clock = El dispositivo y el servidor tienen la misma hora
connection-line-representation = El servidor muestra lo que guardó
connection-line-conditionalCreate = Lo enviado dos veces se guarda una
connection-line-provenanceTarget = La prueba conserva la versión de la respuesta
connection-line-readBack = Lo creado se puede volver a leer
connection-line-certificate = El servidor guarda el certificado de este dispositivo
connection-line-reports = El servidor acepta informes de alertas
connection-line-assignments = El servidor da tareas a este dispositivo
connection-fix-unknown-host = No se conoce ningún servidor con el nombre { $value }. Compruebe la dirección en el documento del estudio y el servicio de nombres (DNS) de la red de este dispositivo.
connection-fix-refused = El equipo responde, pero nada escucha en { $value }. Compruebe el puerto en la dirección del estudio, o si el servidor está en marcha.
connection-fix-proxy-unknown = No se conoce el nombre { $value } del proxy. Compruebe la dirección del proxy en los ajustes y el servicio de nombres (DNS) de la red de este dispositivo.
connection-fix-proxy-closed = Nada escucha en la dirección { $value } del proxy. Compruebe la dirección y el puerto del proxy en los ajustes, o si el proxy está en marcha.
connection-fix-not-registered = El servidor no conoce las credenciales de este dispositivo. Pida que las registre quien administra el servidor.
connection-fix-search-forbidden = Este dispositivo no puede buscar respuestas. Pida que lo permita quien administra el servidor.
connection-fix-search-unsupported = El servidor no encuentra una respuesta por su identificador (estado HTTP { $value }). Pida que active esa búsqueda quien administra el servidor.
connection-fix-no-capability-statement = El servidor no dice lo que puede hacer. Compruebe que la dirección es la del servidor FHIR.
connection-fix-other-release = El servidor habla otra versión de FHIR ({ $value }) que el estudio. Pida que se corrija la dirección o la versión en el estudio.
connection-fix-other-format = El servidor no habla { $value }. Pida que el estudio elija el otro formato.
connection-fix-clock-behind = El reloj de este dispositivo va { $value } segundos atrasado respecto al servidor. Ponga en hora el que esté mal.
connection-fix-clock-ahead = El reloj de este dispositivo va { $value } segundos adelantado respecto al servidor. Ponga en hora el que esté mal.
connection-fix-create-refused = El servidor no acepta un registro de este dispositivo (estado HTTP { $value }). Pida que lo permita quien administra el servidor.
connection-fix-reference-missing = Al servidor le falta aquello a lo que se refiere el registro de prueba (estado HTTP { $value }). Pida que se cree en el servidor: suele ser el recurso Device de este dispositivo y el recurso Patient de cada participante.
connection-fix-create-not-accepted = El servidor no acepta el registro de prueba (estado HTTP { $value }). Diga estas palabras a quien administra el servidor. Si le falta algo a lo que el registro se refiere, hay que crearlo en el servidor.
connection-fix-create-failed = El servidor falló con el registro de prueba (estado HTTP { $value }). Dígaselo a quien administra el servidor y compruebe otra vez.
connection-fix-no-representation = El servidor no muestra lo que guardó cuando acepta un registro. El envío funciona igualmente, más despacio: con una petición más por registro.
connection-fix-no-version = El servidor no dice qué versión guardó. Pida que active las versiones quien administra el servidor.
connection-fix-no-conditional-create = El servidor guardó el mismo registro otra vez, o lo rechazó (estado HTTP { $value }). Pida que active la creación condicional (If-None-Exist) quien administra el servidor: los registros podrían guardarse dos veces.
connection-fix-overwrites = El servidor sobrescribe lo que ya existe. Pida que active If-None-Match quien administra el servidor, o que el estudio cree con POST.
connection-fix-version-stripped = El servidor quita la versión de aquello a lo que se refiere una prueba. Pida que conserve las versiones en las referencias quien administra el servidor, o que el estudio lo admita.
connection-fix-read-forbidden = El servidor no deja que este dispositivo lea lo que ha creado ({ $value }). Pida a quien administra el servidor que deje a este dispositivo leer lo que ha creado.
connection-fix-not-shown = El servidor no muestra lo que este dispositivo ha creado ({ $value }). Pida a quien administra el servidor que deje a este dispositivo leer lo que ha creado.
connection-fix-read-failed = El servidor falló al leer el registro de prueba ({ $value }). Dígaselo a quien administra el servidor y compruebe otra vez.
connection-fix-shown-otherwise = El servidor muestra el registro de prueba de otra forma que como respondió ({ $value }). Dígaselo a quien administra el servidor: puede que algo delante de él responda en su lugar o altere lo que guarda.
connection-fix-no-vread = El servidor no muestra versiones anteriores ({ $value }). El envío funciona igualmente, más despacio, y mientras nadie cambie un registro en el servidor antes de que este dispositivo lo haya leído.
connection-fix-document-forbidden = El servidor no deja que este dispositivo cree y encuentre DocumentReference. Pida a quien administra el servidor que deje a este dispositivo crear DocumentReference: así se guarda su certificado, antes de probar nada.
connection-fix-document-unsupported = El servidor no encuentra un DocumentReference por su identificador (estado HTTP { $value }). Pida que lo active quien administra el servidor: así se guarda el certificado de este dispositivo.
connection-fix-reports-search-forbidden = Este dispositivo no puede buscar AuditEvent; por eso no se creó ningún informe de prueba. El envío funciona; puede que los informes de alertas no lleguen al servidor. Pida a quien administra el servidor que deje a este dispositivo crear y buscar AuditEvent.
connection-fix-reports-unsupported = El servidor no encuentra AuditEvent por su fecha; por eso no se creó ningún informe de prueba. El envío funciona; puede que los informes de alertas no lleguen al servidor.
connection-fix-reports-refused = El servidor no acepta de este dispositivo un informe de alerta (estado HTTP { $value }). El envío funciona; los informes de alertas no llegan al servidor.
connection-fix-reports-not-found = El servidor aceptó un informe de prueba y no lo encuentra por su fecha. El envío funciona; un informe de alerta puede quedar allí dos veces.
connection-fix-assignments-forbidden = El servidor no deja que este dispositivo busque: { $value }. Pida que lo permita quien administra el servidor, con los permisos (scopes) para tareas.
connection-fix-assignments-unsupported = En el servidor no se puede buscar: { $value }. Pida que lo active quien administra el servidor, o que se quiten las tareas del estudio.

record-undecided =
    { $count ->
        [one] Una pregunta no se hizo porque su condición no tuvo resultado
       *[other] { $count } preguntas no se hicieron porque sus condiciones no tuvieron resultado
    }
record-undecided-what = Es un defecto del cuestionario, no del participante. Lo firmado está completo tal como se mostró. Avise a quien hizo el cuestionario; estos son los lugares:

## Un dispositivo que falla
emergency-title = Si este dispositivo falla
emergency-offer = Otro dispositivo del estudio puede asumir lo que este aún no ha entregado. En el día a día no lo necesita.
emergency-begin = Exportar o asumir…
emergency-what = Las respuestas firmadas aquí que aún no se han entregado pasan a otro dispositivo del estudio en un archivo cifrado. Ese dispositivo las entrega. Aquí no se borra nada y el dispositivo sigue funcionando.
emergency-export-title = Exportar desde este dispositivo
emergency-export-what = El archivo contiene cada respuesta que aún no está entregada y comprobada, y el registro de auditoría de este dispositivo.
emergency-folder = El archivo va a
emergency-folder-choose = Elegir una carpeta…
emergency-for-office = El archivo se cifra para la oficina del estudio. Nadie más puede abrirlo y usted no necesita ninguna frase de contraseña.
emergency-passphrase-new = Frase de contraseña del archivo
emergency-passphrase-hint = Al menos 16 caracteres: cuatro o cinco palabras sin relación entre sí. Sin ella nadie puede abrir el archivo.
emergency-passphrase-again = La frase de contraseña otra vez
emergency-with-drafts = También las visitas sin terminar
emergency-export = Exportar…
emergency-export-confirm = ¿Exportar lo que falta por entregar?
emergency-export-confirm-what = Se escribe un archivo nuevo en { $folder }. Quedan registrados su nombre y su motivo.
emergency-export-now = Exportar
emergency-exported = Exportado. Respuestas: { $records }. Visitas sin terminar: { $drafts }.
emergency-unrecorded = El disco de este dispositivo ya no admite nada, así que esta exportación no consta en su registro de auditoría. El archivo lo dice y el dispositivo que lo asuma lo registra.
emergency-next-office = Qué hacer ahora: envíe el archivo a la oficina del estudio. Allí hacen con él un archivo con frase de contraseña que otro dispositivo del estudio puede asumir.
emergency-next-passphrase = Qué hacer ahora: lleve el archivo a otro dispositivo del estudio y asúmalo allí. Comunique la frase de contraseña por una vía distinta de la del archivo.
emergency-next-keep = Guarde este dispositivo hasta que el otro lo haya entregado todo.
emergency-import-title = Asumir en este dispositivo
emergency-import-what = Primero se comprueba entero el archivo del otro dispositivo. Usted ve lo que contiene antes de asumir nada.
emergency-file-choose = Elegir el archivo…
emergency-file = Archivo elegido
emergency-passphrase = Frase de contraseña del archivo
emergency-passphrase-from = La conoce quien hizo el archivo, o la oficina del estudio.
emergency-open = Ver el contenido
emergency-opening = Comprobando…
emergency-device = Del dispositivo
emergency-site = Centro
emergency-study = Estudio
emergency-made = Hecho
emergency-records = Respuestas
emergency-count = { $count }, de ellas ya aquí: { $known }
emergency-drafts = Visitas sin terminar
emergency-done = Ya entregadas allí
emergency-unrecorded-there = El disco de aquel dispositivo ya no admitía nada: esta exportación no consta en su registro de auditoría. Aquí queda registrado.
emergency-own = Este archivo es de este mismo dispositivo. No hay nada que asumir.
emergency-nothing = Todo lo que hay en este archivo ya está aquí. No hay nada que asumir.
emergency-import = Asumir
emergency-import-confirm = ¿Asumir lo de { $device }?
emergency-import-confirm-what = Este dispositivo entrega entonces estas respuestas y las comprueba con su propia firma. Las firmas de los pacientes quedan como están. Quedan registrados su nombre y su motivo.
emergency-taken = Asumido de { $device }. Respuestas: { $records }. Visitas sin terminar: { $drafts }. Se están entregando; la bandeja de salida muestra cómo van.
error-emergency-passphrase-short = La frase de contraseña necesita al menos 16 caracteres. Elija una más larga.
error-emergency-passphrases-differ = Las dos frases de contraseña no coinciden. Escríbalas otra vez.
error-emergency-passphrase-needed = Este archivo está cifrado con una frase de contraseña. Escriba la que se eligió al hacerlo.
error-emergency-passphrase-wrong = La frase de contraseña no es correcta, o se alteró el principio del archivo. No se ha cambiado nada. Escríbala otra vez; si no sirve, vuelva a traer el archivo.
error-emergency-recovery-key-needed = Este archivo es solo para la oficina del estudio. Envíelo allí: harán con él un archivo con frase de contraseña.
error-emergency-recovery-key = La clave de recuperación del estudio no se puede usar. No se ha cambiado nada. Pregunte a la oficina del estudio.
error-emergency-malformed = No es una exportación de emergencia completa. No se ha cambiado nada. Vuelva a traer el archivo de donde se hizo.
error-emergency-altered = El archivo se alteró o se cortó después de hacerlo. No se ha cambiado nada. Vuelva a traerlo de donde se hizo.
error-emergency-newer = El archivo lo hizo una versión más nueva de Attesta. No se ha cambiado nada. Instale aquí la versión más reciente.
error-emergency-other-study = El archivo es de otro estudio o de otro servidor. No se ha cambiado nada. Llévelo a un dispositivo de ese estudio.
error-emergency-study-older = El archivo se hizo con una versión más nueva del documento del estudio. No se ha cambiado nada. Cargue primero aquí ese documento.
error-emergency-signature = El archivo no está firmado por un dispositivo de este estudio. No se ha cambiado nada. Pregunte a la oficina del estudio.
error-emergency-record = Una respuesta del archivo no es como se firmó. No se ha cambiado nada. Pregunte a la oficina del estudio.
error-emergency-trail = El registro de auditoría del archivo no está completo. No se ha cambiado nada. Pregunte a la oficina del estudio.
error-emergency-contradiction = El archivo contradice lo que tiene este dispositivo. No se ha cambiado nada. Pregunte a la oficina del estudio.
error-emergency-too-large = Hay más de lo que cabe en un archivo. Deje fuera las visitas sin terminar, o deje antes que el dispositivo entregue lo que pueda.
