// Screens of a form that is not wholly translated: what is lacking is in the form's own language, English.
import type { Step, Untranslated } from '../src/bindings';
import type { Locale } from '../src/i18n/fluent';
import { choice, options, picked, question, row, running, words } from './pieces';
import { WORDS } from './words';

const HELP = 'Please answer for the last night only.\nTake your time.';
const OPTION = 'I would rather not say';
const HOURS = `7.5 ${WORDS.hours.en}`;
const FOOTER = running('en', 'rights');

export const MIXED: Record<string, (locale: Locale) => Step> = {
  mixed: (l) =>
    question(l, {
      text: 'pain',
      help: `${WORDS.lastWeek[l]}\n${HELP}`,
      control: choice(options([...words(l, 'never', 'days', 'half'), OPTION])),
      answers: picked('3'),
      footer: [FOOTER],
    }),
  'mixed-question': () =>
    question('en', {
      text: 'long',
      context: [WORDS.stem.en],
      control: choice(options(words('en', 'never', 'days', 'half', 'always'))),
    }),
  'mixed-review': (l) => ({
    step: 'review',
    review: {
      rows: [
        row(l, { text: 'pain' }, OPTION, picked('3')),
        row('en', { text: 'long' }, WORDS.never.en, picked('0')),
        row(l, { text: 'sleep' }, HOURS, [{ kind: 'number', text: '7.5' }]),
      ],
      complete: true,
      warnings: [],
    },
  }),
  'mixed-sign': (l) => ({
    step: 'sign',
    statement: WORDS.welcome[l],
    participant: '014-0027',
    questionnaire: WORDS.long.en,
    version: '1.0.0',
    answered: 3,
    total: 3,
    dateTime: '2026-11-21T09:41:07+01:00',
    triesLeft: 5,
  }),
};

/** What of such a screen is in English, where the screen itself is not. */
export function untranslated(name: string, locale: Locale): Untranslated | undefined {
  if (!(name in MIXED) || locale === 'en') return undefined;
  const own = [WORDS.stem, WORDS.long, WORDS.never, WORDS.days, WORDS.half, WORDS.always].map(
    (one) => one.en,
  );
  return {
    language: 'en',
    direction: 'ltr',
    lines: [...HELP.split('\n'), OPTION, HOURS, FOOTER.text, ...own],
  };
}
