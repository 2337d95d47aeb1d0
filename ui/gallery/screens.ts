// One screen of every control, empty and filled in.
import { BESIDE } from './beside';
import { MIXED } from './mixed';
import type { Step } from '../src/bindings';
import type { Locale } from '../src/i18n/fluent';
import {
  options,
  choice,
  ownText,
  picked,
  span,
  paragraph,
  emphasised,
  note,
  PICTURE,
  running,
  around,
  question,
  page,
  one,
  often9,
  medicines,
  hands,
  tabs,
  yesNo,
  ahead,
  row,
  words,
  often,
  ill,
  number,
  QUANTITY,
  scale,
} from './pieces';
import { COUNTRIES, WORDS } from './words';

export const SCREENS: Record<string, (locale: Locale) => Step> = {
  ...BESIDE,
  ...MIXED,
  boolean: (l) =>
    question(l, {
      text: 'pain',
      control: { kind: 'boolean', yes: WORDS.yes[l], no: WORDS.no[l] },
      required: true,
    }),
  choice: (l) => question(l, { text: 'long', context: [WORDS.stem[l]], control: choice(often(l)) }),
  'choice-chosen': (l) => question(l, { text: 'pain', control: choice(often(l)), answers: picked('2') }),
  'choice-horizontal': (l) =>
    question(l, {
      text: 'pain',
      control: choice(options(words(l, 'never', 'days', 'always')), { horizontal: true }),
    }),
  'choice-several': (l) =>
    question(l, { text: 'illnesses', control: choice(ill(l)), several: true, answers: picked('0', '2') }),
  'choice-own': (l) =>
    question(l, {
      text: 'illnesses',
      control: choice(ill(l), { own: ownText }),
      several: true,
      answers: [...picked('1'), { kind: 'text', text: WORDS.kidneys[l] }],
    }),
  'choice-own-empty': (l) =>
    question(l, { text: 'country', control: choice(often(l).slice(0, 2), { own: ownText }), maxAnswers: 1 }),
  'drop-down': (l) =>
    question(l, {
      text: 'marriage',
      control: choice(often(l), { layout: 'dropDown' }),
      answers: picked('1'),
    }),
  autocomplete: (l) =>
    question(l, {
      text: 'country',
      control: choice(options(COUNTRIES(l)), { layout: 'autocomplete', own: ownText }),
    }),
  'choice-many': (l) =>
    question(l, { text: 'country', control: choice(options(COUNTRIES(l))), answers: picked('3') }),
  'autocomplete-several': (l) =>
    question(l, {
      text: 'country',
      control: choice(options(COUNTRIES(l)), { layout: 'autocomplete' }),
      several: true,
      maxAnswers: 3,
      answers: picked('8', '14'),
    }),
  integer: (l) =>
    question(l, { text: 'sleep', control: { kind: 'integer', ...number, unit: WORDS.hours[l] } }),
  decimal: (l) =>
    question(l, {
      text: 'sleep',
      help: WORDS.example[l],
      control: { kind: 'decimal', maxDecimalPlaces: 1, ...number, unit: WORDS.hours[l] },
      answers: [{ kind: 'number', text: '7.5' }],
    }),
  quantity: (l) =>
    question(l, {
      text: 'weight',
      control: { ...QUANTITY, units: options(['kg']) },
      answers: [{ kind: 'quantity', text: '72.5', unit: '0' }],
    }),
  'quantity-units': (l) =>
    question(l, { text: 'weight', control: { ...QUANTITY, units: options(['kg', 'lb']) } }),
  'quantity-own-unit': (l) =>
    question(l, {
      text: 'fluid',
      control: { ...QUANTITY, units: options(['ml', 'l', 'cl', 'dl', 'fl oz']), ownUnit: true },
      answers: [{ kind: 'quantity', text: '6', ownUnit: 'cups' }],
    }),
  spinner: (l) =>
    question(l, { text: 'sleep', control: { kind: 'integer', ...number, unit: WORDS.hours[l], step: '1' } }),
  'spinner-decimal': (l) =>
    question(l, {
      text: 'sleep',
      help: WORDS.example[l],
      control: { kind: 'decimal', maxDecimalPlaces: 1, ...number, unit: WORDS.hours[l], step: '0.5' },
      answers: [{ kind: 'number', text: '24' }],
    }),
  'spinner-quantity': (l) =>
    question(l, {
      text: 'weight',
      control: { ...QUANTITY, units: options(['kg', 'lb']), step: '0.1' },
      answers: [{ kind: 'quantity', text: '72.5', unit: '0' }],
    }),
  'spinner-table': (l) => page(l, 'feeling', [{ kind: 'table', table: hands(l, '1') }]),
  'spinner-several': (l) =>
    question(l, {
      text: 'sleep',
      control: { kind: 'integer', ...number, unit: WORDS.hours[l], step: '1' },
      several: true,
      answers: ['7', '8'].map((text) => ({ kind: 'number', text })),
    }),
  date: (l) =>
    question(l, { text: 'began', control: { kind: 'date', min: null, max: null, precision: 'day' } }),
  'date-partial': (l) =>
    question(l, {
      text: 'began',
      control: { kind: 'date', min: null, max: null, precision: 'year' },
      answers: [{ kind: 'date', text: '2024-03' }],
    }),
  'date-time': (l) =>
    question(l, {
      text: 'injection',
      control: { kind: 'dateTime', min: null, max: null },
      answers: [{ kind: 'dateTime', text: '2026-11-21T09:41:00+01:00' }],
    }),
  time: (l) =>
    question(l, {
      text: 'bed',
      control: { kind: 'time', min: null, max: null },
      answers: [{ kind: 'time', text: '22:15:00' }],
    }),
  string: (l) =>
    question(l, { text: 'medicine', control: { kind: 'string', maxLength: 60, hint: WORDS.example[l] } }),
  'string-several': (l) =>
    question(l, {
      text: 'medicine',
      control: { kind: 'string', maxLength: null, hint: null },
      several: true,
      answers: [
        { kind: 'text', text: 'Metformin' },
        { kind: 'text', text: 'Ramipril' },
      ],
    }),
  text: (l) => question(l, { text: 'more', control: { kind: 'text', maxLength: 400 } }),
  url: (l) => question(l, { text: 'site', control: { kind: 'url', maxLength: null } }),
  attachment: (l) =>
    question(l, { text: 'skin', control: { kind: 'attachment', maxSize: 5_000_000, types: ['image/*'] } }),
  'attachment-small': (l) =>
    question(l, { text: 'skin', control: { kind: 'attachment', maxSize: 6000, types: ['image/jpeg'] } }),
  'attachment-smallest': (l) =>
    question(l, { text: 'skin', control: { kind: 'attachment', maxSize: 300, types: ['image/png'] } }),
  'attachment-taken': (l) =>
    question(l, {
      text: 'skin',
      control: { kind: 'attachment', maxSize: 5_000_000, types: ['image/*', 'application/pdf'] },
      several: true,
      maxAnswers: 3,
      answers: [
        { kind: 'attachment', contentType: 'image/png', data: PICTURE, title: 'IMG_20261121_094107.png' },
        { kind: 'attachment', contentType: 'application/pdf', data: PICTURE, title: null },
      ],
    }),
  scale: (l) => question(l, { text: 'worst', control: scale(l), answers: [{ kind: 'number', text: '62' }] }),
  'scale-empty': (l) => question(l, { text: 'worst', control: scale(l, { showValue: true }) }),
  'scale-short': (l) =>
    question(l, { text: 'worst', control: scale(l, { min: '-2.5', max: '2.5', step: '0.5' }) }),
  'scale-page': (l) =>
    page(l, 'feeling', [one(l, 'worst', scale(l)), one(l, 'tired', scale(l)), one(l, 'pain', yesNo(l))]),
  instances: (l) =>
    question(l, {
      text: 'falls',
      control: {
        kind: 'instances',
        instances: [
          { number: 1, key: 'a', summary: WORDS.fall[l] },
          { number: 2, key: 'b', summary: '' },
        ],
        canAdd: true,
        canRemove: true,
      },
    }),
  page: (l) =>
    page(
      l,
      'yesterday',
      [
        one(l, 'sleep', { kind: 'decimal', maxDecimalPlaces: 1, ...number, unit: WORDS.hours[l] }),
        one(l, 'bed', { kind: 'time', min: null, max: null }, { required: true }),
        { kind: 'text', key: 'text', text: WORDS.welcome[l], formatted: [], media: [] },
        {
          kind: 'group',
          key: 'more',
          text: WORDS.falls[l],
          formatted: emphasised(WORDS.falls[l]),
          closed: true,
          parts: [one(l, 'more', { kind: 'text', maxLength: 400 }, { required: true })],
        },
        {
          kind: 'group',
          key: 'ill',
          text: WORDS.feeling[l],
          formatted: emphasised(WORDS.feeling[l]),
          closed: null,
          parts: [
            one(l, 'pain', yesNo(l)),
            one(l, 'illnesses', choice(ill(l)), { several: true, answers: picked('0') }),
          ],
        },
      ],
      { context: [WORDS.stem[l]] },
    ),
  tabs: (l) => page(l, 'yesterday', [one(l, 'pain', yesNo(l))], { tabs: tabs(l) }),
  'table-options': (l) =>
    page(l, 'feeling', [{ kind: 'table', table: often9(l, '') }], { context: [WORDS.stem[l]] }),
  'table-entries': (l) => page(l, 'medicines', [{ kind: 'table', table: medicines(l, '') }]),
  'table-rows': (l) => page(l, 'feeling', [{ kind: 'table', table: hands(l) }]),
  'page-entries': (l) =>
    page(l, '', [
      {
        kind: 'instances',
        key: 'falls',
        text: WORDS.falls[l],
        formatted: emphasised(WORDS.falls[l]),
        instances: [
          {
            number: 1,
            parts: [one(l, 'began', { kind: 'date', min: null, max: null, precision: 'day' })],
          },
        ],
        canAdd: true,
        canRemove: true,
      },
    ]),
  'read-only': (l) =>
    question(l, {
      text: 'score',
      control: { kind: 'integer', ...number },
      answers: [{ kind: 'number', text: '14' }],
      readOnly: true,
      shown: '14',
    }),
  'open-end': (l) =>
    question(l, { text: 'pain', control: choice(often(l)), answers: picked('1'), openEnd: true }),
  'open-end-page': (l) => page(l, 'feeling', [{ kind: 'table', table: often9(l, '') }], { openEnd: true }),
  ahead: (l) => ahead(l),
  'ahead-failed': (l) => ahead(l),
  'ahead-running': (l) => ahead(l, around(l)),
  display: (l) => question(l, { text: 'welcome', control: { kind: 'display' } }),
  language: () => ({
    step: 'language',
    languages: [
      { code: 'en', name: 'English' },
      { code: 'de', name: 'Deutsch' },
      { code: 'es', name: 'Español' },
      { code: 'ar', name: 'العربية' },
    ],
    questionnaireTitle: 'Daily pain diary',
  }),
  review: (l) => ({
    step: 'review',
    review: {
      complete: false,
      warnings: [],
      rows: [
        row(l, { text: 'began' }, '2026-11-20', [{ kind: 'date', text: '2026-11-20' }]),
        row(l, { text: 'long', context: [WORDS.stem[l]] }, WORDS.half[l], picked('2')),
        row(
          l,
          { text: 'illnesses', context: [WORDS.stem[l]] },
          words(l, 'pressure', 'heart').join(', '),
          picked('0', '2'),
        ),
        row(l, { text: 'sleep' }, `7.5 ${WORDS.hours[l]}`, [{ kind: 'number', text: '7.5' }]),
        row(l, { text: 'bed' }, null, []),
        row(l, { text: 'more', skipped: true }, null, []),
      ],
    },
  }),
  'review-formatted': (l) => ({
    step: 'review',
    review: {
      complete: true,
      warnings: [],
      rows: [
        {
          ...row(l, { text: 'pain', context: words(l, 'stem', 'secret') }, WORDS.yes[l], [
            { kind: 'boolean', value: true },
          ]),
          formatted: {
            context: [emphasised(WORDS.stem[l]), [note('security', WORDS.secret[l])]],
            text: emphasised(WORDS.pain[l]),
            help: [],
          },
        },
        row(l, { text: 'began' }, '2026-11-20', [{ kind: 'date', text: '2026-11-20' }]),
      ],
    },
  }),
  running: (l) =>
    question(l, { text: 'long', control: choice(often(l)), answers: picked('2'), ...around(l) }),
  'running-short': (l) => question(l, { text: 'pain', control: yesNo(l), ...around(l) }),
  'running-page': (l) =>
    page(l, 'feeling', [{ kind: 'table', table: often9(l, '') }], {
      header: [
        {
          ...running(l, 'lastWeek'),
          formatted: [paragraph(span(WORDS.lastWeek[l], { bold: true }))],
        },
      ],
      footer: [running(l, 'rights')],
    }),
  warned: (l) =>
    question(l, {
      text: 'sleep',
      control: { kind: 'decimal', min: '0', max: '24', maxDecimalPlaces: 1, unit: null },
      answers: [{ kind: 'number', text: '22' }],
      warnings: [WORDS.odd[l]],
    }),
  odd: (l) => question(l, { text: 'sleep', control: { kind: 'integer', ...number } }),
  'warned-page': (l) =>
    page(
      l,
      'feeling',
      [
        one(l, 'sleep', { kind: 'integer', ...number }, { warnings: [WORDS.odd[l]] }),
        one(l, 'pain', yesNo(l)),
      ],
      { warnings: [WORDS.oddTogether[l]] },
    ),
  'review-warned': (l) => ({
    step: 'review',
    review: {
      complete: true,
      warnings: [WORDS.oddTogether[l]],
      rows: [
        {
          ...row(l, { text: 'sleep' }, `22 ${WORDS.hours[l]}`, [{ kind: 'number', text: '22' }]),
          warnings: [WORDS.odd[l]],
        },
        row(l, { text: 'began' }, '2026-11-20', [{ kind: 'date', text: '2026-11-20' }]),
      ],
    },
  }),
  'review-running': (l) => ({
    step: 'review',
    review: {
      complete: true,
      warnings: [],
      rows: [
        {
          ...row(l, { text: 'sleep' }, `7.5 ${WORDS.hours[l]}`, [{ kind: 'number', text: '7.5' }]),
          header: [running(l, 'lastWeek')],
        },
        {
          ...row(l, { text: 'long', context: [WORDS.stem[l]] }, WORDS.half[l], picked('2')),
          footer: [running(l, 'rights')],
        },
      ],
    },
  }),
  instructions: (l) => ({
    step: 'instructions',
    title: WORDS.worst[l],
    copyright: WORDS.stem[l],
    questionCount: 9,
  }),
  'choose-pin': () => ({ step: 'choosePin', least: 6 }),
  sign: (l) => ({
    step: 'sign',
    statement: WORDS.welcome[l],
    participant: '014-0027',
    questionnaire: WORDS.worst[l],
    version: '1.0.0',
    answered: 8,
    total: 9,
    dateTime: '2026-11-21T09:41:07+01:00',
    triesLeft: 5,
  }),
};
