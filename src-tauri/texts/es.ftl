language-name = Español
sign-statement = He respondido a este cuestionario por mi cuenta. Estas son mis respuestas.
