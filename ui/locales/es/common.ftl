# Lo que comparten todas las pantallas.

practice-ribbon = Práctica: no es para pacientes reales
cancel = Cancelar
done = Listo
camera-seen = Lo que ve la cámara
camera-opening = Se está abriendo la cámara…
try-again = Reintentar
loading = Cargando…
language = Idioma
participant = Participante
questionnaire = Cuestionario
answered = Respondido
date-time = Fecha y hora
user-name = Nombre de usuario
password = Contraseña

look-open = Tamaño del texto
look-title = Texto y colores
look-size = Tamaño del texto
look-size-normal = Normal
look-size-large = Grande
look-size-larger = Muy grande
look-size-largest = Enorme
look-theme = Colores
look-theme-system = Automático
look-theme-light = Claro
look-theme-dark = Oscuro
look-theme-contrast = Contraste alto

## Rechazos. El paciente ve estas palabras, nunca un código.

error-patient = No ha funcionado. No se ha perdido nada. Inténtelo otra vez o pida ayuda al personal.
error-staff = No ha funcionado. No se ha perdido nada. Inténtelo otra vez; si sigue igual, comunique al soporte del estudio lo que pone aquí.
error-technical = { $code }: { $detail }
error-camera-none = No se ha encontrado ninguna cámara. Elija un archivo en su lugar.
error-camera-refused = Attesta no puede usar la cámara de este dispositivo. Elija un archivo en su lugar.
error-camera-busy = La cámara no funciona en este momento. Quizá la esté usando otro programa. Inténtelo de nuevo o elija un archivo.
error-internal = No ha funcionado. No se ha perdido nada. Inténtelo otra vez.
error-session-over = Esta sesión ha terminado. Inicie sesión de nuevo.
error-patient-has-device = La tableta está en manos de un paciente. Recójala primero.
error-wrong-state = Este paso no es posible ahora. La página muestra la situación actual.
error-not-permitted = Su función no permite hacer esto. Consulte a la coordinación del estudio.
error-not-found = Esto ya no está. La página muestra lo que hay ahora.
error-unknown-language = Este idioma no está disponible.
error-draft-unreadable = No se pueden abrir las respuestas guardadas hasta ahora. Se conservan. Avise al soporte del estudio.
error-sign-in-refused = El nombre de usuario o la contraseña no son correctos.
error-account-locked = Demasiados intentos fallidos: esta cuenta está bloqueada. Otra persona del equipo tiene que desbloquearla.
error-second-person-needed = Tienen que confirmarlo dos personas distintas del equipo.
error-disk-full = El disco de este dispositivo está lleno. No se ha cambiado nada. Libere espacio e inténtelo de nuevo.
error-io = El dispositivo no ha podido guardarlo. No se ha cambiado nada. Revise su disco e inténtelo de nuevo.
error-store-stopped = El dispositivo ha dejado de guardar, por seguridad. Cierre Attesta y vuelva a abrirlo.
error-clock-behind = El reloj de este dispositivo está atrasado respecto a la última hora registrada. No se ha firmado nada. El personal tiene que ponerlo en hora.
error-certificate-not-yet-valid = El reloj de este dispositivo marca una fecha anterior a la de su certificado. No se ha firmado nada. El personal tiene que ponerlo en hora.
error-certificate-expired = El certificado de este dispositivo ha caducado. No se ha firmado nada. El personal tiene que llamar al soporte del estudio.
error-certificate-revoked = El certificado de este dispositivo fue revocado. No se ha firmado nada y las respuestas se conservan. El personal tiene que llamar al soporte del estudio.
error-sealing-key-missing = Falta la clave de firma de este dispositivo. No se ha firmado nada. El personal tiene que llamar al soporte del estudio.
