// The names of a form's languages, as far as they are known.
import { LANGUAGE_NAMES, nearest } from '../i18n/fluent';

export const languageNames = (languages: string[]): string =>
  languages.map((code) => (nearest(code) === code ? LANGUAGE_NAMES[nearest(code)] : code)).join(' · ');
