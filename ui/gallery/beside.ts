// What stands beside a question: pictures, sounds and films, its author's formatting, and what a text is for.
import type { Step } from '../src/bindings';
import type { Locale } from '../src/i18n/fluent';
import {
  options,
  choice,
  picked,
  span,
  paragraph,
  note,
  running,
  question,
  page,
  one,
  yesNo,
  words,
  number,
} from './pieces';
import { WORDS } from './words';

export const BESIDE: Record<string, (locale: Locale) => Step> = {
  'picture-question': (l) =>
    question(l, {
      text: 'pain',
      media: [{ id: 'picture', kind: 'image', title: WORDS.skin[l], width: 320, height: 200 }],
      control: choice(options(words(l, 'never', 'days', 'always'))),
    }),
  'picture-options': (l) =>
    question(l, {
      text: 'pain',
      control: choice(
        options(words(l, 'never', 'days', 'always')).map((one) => ({
          ...one,
          media: { id: 'picture', kind: 'image', title: WORDS.skin[l], width: 320, height: 200 },
        })),
      ),
      answers: picked('1'),
    }),
  'picture-gone': (l) =>
    question(l, {
      text: 'pain',
      media: [{ id: 'gone', kind: 'image', title: WORDS.skin[l], width: 1, height: 1 }],
      control: { kind: 'integer', ...number, unit: null },
    }),
  sound: (l) =>
    question(l, {
      text: 'sleep',
      media: [{ id: 'sound', kind: 'audio', title: WORDS.example[l], width: null, height: null }],
      control: { kind: 'integer', ...number, unit: WORDS.hours[l] },
    }),
  video: (l) =>
    question(l, {
      text: 'knee',
      media: [{ id: 'video', kind: 'video', title: WORDS.film[l], width: null, height: null }],
      control: yesNo(l),
    }),
  'video-unplayable': (l) =>
    question(l, {
      text: 'knee',
      media: [{ id: 'unplayable', kind: 'video', title: WORDS.film[l], width: null, height: null }],
      control: yesNo(l),
    }),
  formatted: (l) =>
    question(l, {
      text: 'pain',
      help: WORDS.example[l],
      context: [WORDS.stem[l]],
      formatted: {
        context: [[paragraph(span(WORDS.stem[l], { italic: true }))]],
        text: [
          paragraph(span(`${WORDS.pain[l]} `), span(WORDS.always[l], { bold: true, underlined: true })),
          {
            kind: 'list',
            ordered: true,
            items: words(l, 'pressure', 'sugar').map((text) => [paragraph(span(text))]),
          },
          {
            kind: 'list',
            ordered: false,
            items: [[paragraph(span(WORDS.heart[l]), span('2', { script: 'super' }))]],
          },
        ],
        help: [{ kind: 'heading', content: [span(WORDS.example[l])] }],
      },
      control: choice(
        options(words(l, 'never', 'days')).map((one) => ({
          ...one,
          formatted: [
            paragraph(span(one.label, { bold: true }), span('\n'), span(WORDS.hours[l], { italic: true })),
          ],
        })),
      ),
    }),
  categories: (l) =>
    question(l, {
      text: 'pain',
      context: words(l, 'stem', 'bestFit', 'secret'),
      help: words(l, 'example', 'copyright').join('\n'),
      formatted: {
        context: [[], [note('instructions', WORDS.bestFit[l])], [note('security', WORDS.secret[l])]],
        text: [],
        help: [paragraph(span(WORDS.example[l])), note('legal', WORDS.copyright[l])],
      },
      control: yesNo(l),
    }),
  'category-alone': (l) =>
    question(l, {
      text: 'copyright',
      control: { kind: 'display' },
      formatted: { context: [], text: [note('legal', WORDS.copyright[l])], help: [] },
    }),
  'categories-page': (l) =>
    page(
      l,
      'feeling',
      [
        {
          kind: 'text',
          key: 'bestFit',
          text: WORDS.bestFit[l],
          formatted: [note('instructions', WORDS.bestFit[l])],
          media: [],
        },
        {
          kind: 'text',
          key: 'example',
          text: WORDS.example[l],
          formatted: [note('help', WORDS.example[l])],
          media: [],
        },
        one(l, 'pain', yesNo(l)),
      ],
      { footer: [{ ...running(l, 'secret'), formatted: [note('security', WORDS.secret[l])] }] },
    ),
};
