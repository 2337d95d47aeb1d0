language-name = العربية
sign-statement = لقد أجبت عن هذا الاستبيان بنفسي. هذه إجاباتي.
