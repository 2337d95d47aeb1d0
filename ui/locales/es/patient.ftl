# Las pantallas del paciente: palabras cortas, una idea en cada frase.

back = Atrás
next = Siguiente
begin = Empezar
progress = Por dónde va
more-below = Hay más abajo
progress-count = { $position } de { $total }
progress-count-open = Pregunta { $position }
staff-take-over = Para el personal

language-title = Elija su idioma

instructions-count =
    { $count ->
        [0] Las preguntas llegan de una en una. Cuántas son depende de sus respuestas.
        [one] Hay una pregunta.
       *[other] Hay { $count } preguntas, de una en una.
    }
instructions-time = No hay respuestas correctas ni incorrectas. Tómese el tiempo que necesite.
instructions-change = Puede volver atrás y cambiar una respuesta hasta que firme.
instructions-sign = Al final revisa sus respuestas y las firma.

skip = Prefiero no responder
skipped-already = La ha dejado sin responder
skip-title = ¿Dejar esta pregunta sin responder?
skip-what = No hay problema. Anotamos que usted no ha querido responderla. Todavía puede responderla más tarde, antes de firmar.
skip-confirm = No responder
skip-cancel = Responder

range-between = De { $min } a { $max }
range-from = { $min } o más
range-to = Hasta { $max }
date-day = Día
date-month = Mes
date-year = Año
date-today = Hoy
letters-left =
    { $over ->
        [0]
            { $left ->
                [one] Queda sitio para una letra
               *[other] Queda sitio para { $left } letras
            }
        [one] Sobra una letra
       *[other] Sobran { $over } letras
    }
choice-own = Otra cosa, con sus propias palabras
instance-add = Añadir otro
instance-remove = Quitar
answer-more = Añadir otra respuesta
unit = Unidad
scale-untouched = Todavía no ha marcado nada
scale-less = Un poco menos
scale-more = Un poco más
scale-clear = Borrar
spin-empty = Todavía no ha escrito nada
spin-less = { $step } menos
spin-more = { $step } más
several-any = Puede elegir más de una.
several-most = Elija como mucho { $max }.
several-place = Respuesta { $place }
tabs = Secciones
tab-place = Sección { $place }
tab-open = aún tiene preguntas sin responder
tab-complete = todo respondido
fold-unnamed = Más
fold-missing =
    { $count ->
        [one] 1 pregunta por responder
       *[other] { $count } preguntas por responder
    }
row-place = Anotación { $place }
open-required =
    { $count ->
        [one] Falta responder una pregunta:
       *[other] Falta responder { $count } preguntas:
    }
skip-several-title =
    { $count ->
        [one] ¿Dejar esta pregunta sin responder?
       *[other] ¿Dejar { $count } preguntas sin responder?
    }
skip-several-what =
    { $count ->
        [one] No hay problema. Anotamos que usted no ha querido responderla. Todavía puede responderla más tarde, antes de firmar.
       *[other] No hay problema. Anotamos que usted no ha querido responderlas. Todavía puede responderlas más tarde, antes de firmar.
    }
skip-several-cancel = Responder
several-remove = Quitar la respuesta { $place }
note-instructions = Instrucciones:
note-security = Sobre la privacidad:
note-legal = Aviso legal:
medium-failed = Esta imagen o grabación no se puede mostrar aquí.
medium-enlarge = Ampliar la imagen
medium-enlarged = La imagen, ampliada
medium-play = Reproducir
medium-pause = Pausar
picker-choose = Toque para elegir
picker-search = Buscar
picker-found =
    { $count ->
        [0] No se ha encontrado nada. Pruebe con menos letras.
        [one] Una encontrada
       *[other] { $count } encontradas
    }
picker-more = Se ven { $shown } de { $total }. Escriba más letras para encontrar la suya.
date-may-month = Puede dejar vacío el día si no lo sabe.
date-may-year = Puede dejar vacíos el día y el mes si no los sabe.
date-time-may = Puede dejar vacía la hora si no la sabe.
time-hour = Hora
time-minute = Minuto
time-now = Ahora
time-what = De 00:00 a 23:59. Por la tarde se sigue contando: las 3 son las 15:00.
range-time-from = Desde las { $min }
unit-other = Otra unidad
unit-own = La unidad, con sus propias palabras
file-photo = Hacer una foto
camera-take = Tomar la foto
camera-use = Usar esta foto
camera-again = Tomar otra
camera-taken = La foto que ha tomado
file-choose = Elegir un archivo
file-limit = Como máximo { $size }.
file-picture = La imagen que ha elegido
file-unnamed = Archivo sin nombre
file-remove = Quitar
file-remove-named = Quitar { $name }
instance-change = Cambiar { $what }
instance-remove-named = Quitar { $what }
instance-remove-title = ¿Quitar esta anotación?
instance-remove-what = Se borra todo lo que ha respondido en ella.

ahead-title = Un momento
ahead-what = Su próxima pregunta está en camino.
ahead-long = Tarda un poco más. Lo que ha respondido hasta ahora está guardado.
ahead-failed-title = La próxima pregunta no ha llegado
ahead-failed-line = En este momento la conexión es mala. Lo que ha respondido hasta ahora está guardado en esta tableta.
ahead-failed-other = Algo no va bien en el lugar de donde vienen las preguntas. Lo que ha respondido hasta ahora está guardado en esta tableta. Avise al personal.
ahead-again = Intentarlo otra vez
ahead-staff = Entregar la tableta al personal
reopen-title = ¿Cambiar esta respuesta?
reopen-what = Las preguntas siguientes se eligieron según sus respuestas. Si cambia esta, se quitan y se eligen de nuevo.
reopen-confirm = Cambiarla
reopen-cancel = Dejarla así

step-review = Revisar
review-title = Revise sus respuestas
review-what = Toque una respuesta para cambiarla.
review-incomplete = Faltan respuestas. Toque una pregunta para responderla.
review-missing = Falta la respuesta
review-left-out = Sin responder
review-change = Cambiar
review-done = Firmar
review-go-missing = Responder el resto

step-sign = Firmar
choose-pin-participant-title = Su número de participante
choose-pin-participant-what = Escriba el número que ve aquí. Así se sabe que las respuestas son suyas.
choose-pin-pin-title = Elija un PIN
choose-pin-pin-what = Con su PIN firma sus respuestas, hoy y en cada visita. Elija al menos { $least } números que pueda recordar y que nadie pueda adivinar. No se los diga a nadie.
choose-pin-again-title = Escriba su PIN otra vez
choose-pin-again-what = Así comprobamos que no hay ningún error.
participant-type = Escriba su número de participante
pin-new = PIN nuevo
pin-again = PIN nuevo, otra vez
pin-enter = Escriba su PIN
pin-entered =
    { $count ->
        [0] Ningún número todavía
        [one] Un número
       *[other] { $count } números
    }
keypad = Teclado
key-hyphen = Guion
key-erase = Borrar

sign-title = Firme sus respuestas
questionnaire-version = { $title }, versión { $version }
answered-of = { $answered } de { $total } preguntas
back-to-answers = Mis respuestas
sign-finish = Firmar y terminar

pin-locked-title = Su PIN está bloqueado
pin-locked-what = Se ha escrito mal demasiadas veces. Entregue la tableta al personal: le ayudarán a poner uno nuevo.
pin-locked-safe = Sus respuestas están guardadas. No tendrá que responder de nuevo.

thanks-title = Muchas gracias
thanks-safe = Sus respuestas están firmadas y seguras en esta tableta.
thanks-sent = Se envían solas a su estudio. No tiene que hacer nada más.
thanks-hand-back = Devuelva la tableta al personal.
staff-continue = Personal: continuar aquí

hand-back-title = Acceso del personal
hand-back-what = Al iniciar sesión termina el turno del paciente en esta tableta. Lo respondido hasta ahora está guardado.
hand-back-confirm = Recoger la tableta

## Lo que se lee junto a una respuesta que no se puede aceptar.

error-choose-language = Elija primero un idioma.
error-required = Responda esta pregunta para seguir.
error-unanswered = Responda esta pregunta o toque «Prefiero no responder».
error-open-required = Responda esta pregunta para seguir.
error-open-optional = Responda esta pregunta, o siga adelante y déjela sin responder.
error-date-unfinished-month = Rellene el mes y el año.
error-date-unfinished-year = Rellene el año.
error-time-unfinished = Rellene la hora y los minutos.
error-quantity-unfinished = Escriba también el número.
error-own-unfinished = Escriba su propia respuesta o elija otra.
error-not-a-number = Escriba un número, solo con cifras.
error-number-two-readings = Este número se puede leer de dos maneras. Escríbalo sin punto ni coma para los miles, por ejemplo 1200.
error-not-a-whole-number = Escriba un número entero, sin decimales.
error-too-many-digits = Este número es demasiado largo. Compruébelo.
error-below-minimum = Este número es demasiado pequeño. El menor posible es { $min }.
error-above-maximum = Este número es demasiado grande. El mayor posible es { $max }.
error-too-many-decimal-places =
    { $places ->
        [0] Escriba un número entero, sin decimales.
        [one] Escriba como mucho una cifra después de la coma.
       *[other] Escriba como mucho { $places } cifras después de la coma.
    }
error-between-steps = Elija uno de los puntos de la línea.
error-not-a-date = Ese día no existe. Compruebe el día, el mes y el año.
error-date-too-early = Es demasiado temprano. Lo más temprano posible es { $min }.
error-date-too-late = Es demasiado tarde. Lo más tarde posible es { $max }.
error-time-too-early = Esa hora es demasiado temprana. La primera posible es { $min }.
error-time-too-late = Esa hora es demasiado tardía. La última posible es { $max }.
error-date-unfinished = Rellene el día, el mes y el año.
error-not-a-date-time = Indique el día y la hora.
error-not-a-time = Esto no es una hora. Escriba horas y minutos.
error-time-skipped = Ese día se adelanta el reloj y esta hora no existe. Indique otra hora.
error-not-a-url = Esto no es una dirección. Escríbala sin espacios.
error-unknown-unit = Elija una de las unidades que se muestran.
error-unlike-unit = Esta unidad no se puede comparar con lo que se permite aquí. Use otra unidad.
error-unlike-unit-said = Esta unidad no se puede comparar con el límite ({ $said }). Use una unidad comparable.
error-unit-missing = Elija también la unidad.
error-too-many-answers = Son más respuestas de las que se piden: como mucho { $limit }. Quite alguna.
error-too-few-answers = Dé al menos { $limit } respuestas para continuar.
error-answer-twice = Ha dado la misma respuesta dos veces. Dé cada una solo una vez.
error-exclusive = Esta respuesta no puede ir junto a otras. Elíjala sola.
error-option-not-offered = Esta respuesta no se puede elegir ahora. Elija una de las que se muestran.
error-wrong-format = La respuesta no está escrita como se pide. Compruébela.
error-wrong-format-said = Escriba la respuesta así: { $said }
error-media-type = No se pide un archivo de este tipo. Elija otro.
error-file-too-large = Este archivo es demasiado grande. Elija uno más pequeño.
error-files-together = Sus archivos son demasiado grandes en conjunto. Elija uno más pequeño o quite alguno de ellos.
error-photo-too-large = La foto no se puede reducir lo suficiente para esta pregunta. Elija un archivo en su lugar.
error-not-base64 = No se pudo leer el archivo. Elíjalo de nuevo.
error-read-only = Esta respuesta se rellena sola y no se puede cambiar.
error-too-many-instances = Aquí no se puede añadir nada más.
error-too-many-elements = Este formulario empezaría con más de lo que cabe. Pida ayuda al personal.
error-too-few-instances = Este tiene que quedarse.
error-constraint = Algunas respuestas no concuerdan. Compruébelas.
error-unstable = Con esta respuesta, el formulario se contradice. Dé otra respuesta o deje la pregunta sin contestar.
error-too-costly = Este formulario no puede calcular sus resultados. Pida ayuda al personal.
error-too-short = Este texto es demasiado corto. Escriba un poco más.
error-too-long = Este texto es demasiado largo. Hay sitio para { $length } letras.
error-character-not-allowed = Uno de estos signos no se puede guardar. Use letras, números y signos corrientes.
error-incomplete = Faltan respuestas.
error-participant-empty = Escriba su número de participante.
error-pin-empty = Escriba su PIN.
error-wrong-participant = Este no es el número de participante de esta visita. Mírelo otra vez.
error-pin-wrong =
    { $left ->
        [one] El PIN no es correcto. Queda un intento.
       *[other] El PIN no es correcto. Quedan { $left } intentos.
    }
error-pin-locked = El PIN se ha escrito mal demasiadas veces. Pida ayuda al personal.
error-pins-differ = Los dos PIN no eran iguales. Elija su PIN otra vez.
error-pin-malformed =
    { $limit ->
        [8] Un PIN tiene 8 números.
       *[other] Un PIN tiene de { $limit } a 8 números.
    }
error-pin-trivial = Este PIN es demasiado fácil de adivinar. Elija otro.
error-pin-already-set = Usted ya tiene un PIN. Si no lo recuerda, pida ayuda al personal.
