// The texts of the page: Fluent files, bundled at build time.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';

export const LOCALES = ['en', 'de', 'es', 'ar'] as const;
export type Locale = (typeof LOCALES)[number];

/** Each language in its own words, for whoever cannot read the one on the screen. */
export const LANGUAGE_NAMES: Record<Locale, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  ar: 'العربية',
};

const FILES = import.meta.glob<string>('../../locales/*/*.ftl', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** Numbers and dates: Western digits and the Gregorian calendar, as the answers and the forms themselves have them. */
export const FORMAT_LOCALE: Record<Locale, string> = {
  en: 'en-GB',
  de: 'de-DE',
  es: 'es-ES',
  ar: 'ar-u-nu-latn-ca-gregory',
};

export function isRightToLeft(locale: Locale): boolean {
  return locale === 'ar';
}

/** The nearest language that the page speaks ("de-AT" → "de"), or English. */
export function nearest(language: string | null | undefined): Locale {
  const primary = (language ?? '').toLowerCase().split('-')[0];
  return LOCALES.find((locale) => locale === primary) ?? 'en';
}

export function sources(locale: Locale): string[] {
  return Object.entries(FILES)
    .filter(([path]) => path.includes(`/locales/${locale}/`))
    .map(([, text]) => text);
}

const BUNDLES = new Map<Locale, FluentBundle>();

export function bundle(locale: Locale): FluentBundle {
  const known = BUNDLES.get(locale);
  if (known) return known;
  // Isolation marks keep "014-0027" in order inside Arabic; left-to-right languages do without them.
  const made = new FluentBundle(FORMAT_LOCALE[locale], { useIsolating: isRightToLeft(locale) });
  for (const text of sources(locale)) made.addResource(new FluentResource(text));
  BUNDLES.set(locale, made);
  return made;
}

export function has(locale: Locale, id: string): boolean {
  return bundle(locale).hasMessage(id) || bundle('en').hasMessage(id);
}

export function format(locale: Locale, id: string, values?: Record<string, FluentVariable>): string {
  for (const candidate of locale === 'en' ? [locale] : [locale, 'en' as const]) {
    const pattern = bundle(candidate).getMessage(id)?.value;
    if (pattern) return bundle(candidate).formatPattern(pattern, values ?? null, []);
  }
  return id;
}
