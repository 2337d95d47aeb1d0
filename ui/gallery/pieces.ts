// What the screens are put together from.
import type {
  Ahead,
  Answer,
  Block,
  Category,
  ChoiceOption,
  Control,
  Part,
  ReviewRow,
  RunningText,
  Screen,
  Span,
  Step,
  Tab,
  Table,
} from '../src/bindings';
import { isRightToLeft, type Locale } from '../src/i18n/fluent';
import { WORDS } from './words';

type Word = keyof typeof WORDS;
type Asked = Partial<Omit<Screen, 'control' | 'text'>> & { text: Word | ''; control: Control };

export const options = (labels: string[], last: Partial<ChoiceOption> = {}): ChoiceOption[] =>
  labels.map((label, index) => ({
    key: String(index),
    label,
    prefix: null,
    exclusive: false,
    ...(index === labels.length - 1 ? last : {}),
  }));

export const choice = (
  chosen: ChoiceOption[],
  more: Partial<Extract<Control, { kind: 'choice' }>> = {},
): Control => ({
  kind: 'choice',
  options: chosen,
  layout: 'list',
  horizontal: false,
  own: null,
  ...more,
});

export const ownText = { label: null, control: { kind: 'string', maxLength: 200, hint: null } as Control };
export const picked = (...keys: string[]): Answer[] => keys.map((option) => ({ kind: 'choice', option }));

export const span = (text: string, marks: Partial<Span> = {}): Span => ({
  text,
  bold: false,
  italic: false,
  underlined: false,
  struck: false,
  script: 'normal',
  ...marks,
});
export const paragraph = (...content: Span[]): Block => ({ kind: 'paragraph', content });

/** A text that is set apart by what it is for. */
export const note = (category: Category, text: string): Block => ({
  kind: 'note',
  category,
  content: [paragraph(span(text))],
});

/** The same words, of which the last is emphasised. */
export const emphasised = (text: string): Block[] => {
  const last = text.lastIndexOf(' ') + 1;
  return [paragraph(span(text.slice(0, last)), span(text.slice(last), { bold: true }))];
};

/** A picture of one grey point. */
export const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYGD4DwABDgEAh2f0PwAAAABJRU5ErkJggg==';

function asked(locale: Locale, { text, control, ...more }: Asked): Screen {
  return {
    key: 'gallery',
    linkId: 'gallery',
    position: 4,
    total: 11,
    openEnd: false,
    language: locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    context: [],
    text: text === '' ? '' : WORDS[text][locale],
    help: null,
    media: [],
    required: false,
    control,
    answers: [],
    several: false,
    maxAnswers: null,
    readOnly: false,
    shown: null,
    skipped: false,
    missing: (more.answers ?? []).length === 0 && control.kind !== 'display',
    warnings: [],
    canGoBack: true,
    page: null,
    tabs: [],
    header: [],
    footer: [],
    ...more,
  };
}

/** A text at the edge of every screen. */
export const running = (l: Locale, key: Word): RunningText => ({
  key,
  text: WORDS[key][l],
  formatted: [],
  media: [],
});

/** A form that says something above and below everything that it asks. */
export const around = (l: Locale) => ({ header: [running(l, 'lastWeek')], footer: [running(l, 'rights')] });

export const question = (locale: Locale, what: Asked): Step => ({
  step: 'question',
  screen: asked(locale, what),
});

/** A page with these parts. */
export const page = (
  l: Locale,
  text: Word | '',
  parts: Part[],
  more: Partial<Omit<Screen, 'text' | 'control'>> = {},
): Step => question(l, { text, control: { kind: 'display' }, page: { parts, focus: null }, ...more });

export const one = (
  l: Locale,
  key: Word,
  control: Control,
  more: Partial<Omit<Screen, 'text' | 'control'>> = {},
): Part => ({
  kind: 'question',
  question: asked(l, { text: key, key, control, ...more }),
});

/** The first questions of an instrument that many know, as a table. */
export function often9(l: Locale, text: Word | ''): Table {
  const rows = (['little', 'down', 'asleep', 'tired'] as const).map((key, index) => ({
    key,
    number: null,
    text: WORDS[key][l],
    formatted: [],
    cells: [
      asked(l, {
        text: key,
        key,
        control: choice(often(l)),
        answers: index === 1 ? picked('2') : [],
        ...(index === 2
          ? {
              formatted: {
                context: [],
                text: [paragraph(span(WORDS[key][l], { bold: true }), span(` (${WORDS.example[l]})`))],
                help: [],
              },
            }
          : {}),
      }),
    ],
  }));
  return {
    key: 'often',
    text: text && WORDS[text][l],
    formatted: [],
    texts: [],
    layout: 'options',
    columns: often(l).map(({ key, label }) => ({
      key,
      text: label,
      formatted: key === '3' ? emphasised(label) : [],
      help: null,
    })),
    rows,
    canAdd: false,
    canRemove: false,
  };
}

export function medicines(l: Locale, text: Word | ''): Table {
  const rows = [1, 2].map((instance) => ({
    key: String(instance),
    number: instance,
    text: '',
    formatted: [],
    cells: [
      asked(l, {
        text: 'drug',
        key: `drug[${instance}]`,
        control: { kind: 'string', maxLength: null, hint: null },
        answers: instance === 1 ? [{ kind: 'text', text: 'Metformin' }] : [],
      }),
      asked(l, { text: 'daily', key: `daily[${instance}]`, control: yesNo(l), answers: [] }),
      instance === 1
        ? asked(l, { text: 'dose', key: 'dose[1]', control: { kind: 'integer', ...number }, required: true })
        : null,
      asked(l, {
        text: 'marriage',
        key: `often[${instance}]`,
        control: choice(often(l)),
        answers: picked('3'),
      }),
    ],
  }));
  const columns = (['drug', 'daily', 'dose', 'feeling'] as const).map((key) => ({
    key,
    text: WORDS[key][l],
    formatted: key === 'dose' ? emphasised(WORDS.dose[l]) : [],
    help: key === 'dose' ? { text: WORDS.example[l], formatted: emphasised(WORDS.example[l]) } : null,
  }));
  return {
    key: 'medicines',
    text: text && WORDS[text][l],
    formatted: [],
    texts: [],
    layout: 'questions',
    columns,
    rows,
    canAdd: true,
    canRemove: true,
  };
}

/** Strength and feeling of each hand. */
export function hands(l: Locale, step?: string): Table {
  const rows = (['left', 'right'] as const).map((key) => ({
    key,
    number: null,
    text: WORDS[key][l],
    formatted: emphasised(WORDS[key][l]),
    cells: [
      asked(l, {
        text: 'strength',
        key: `${key}1`,
        control: { kind: 'integer', ...number, unit: 'kg', ...(step ? { step } : {}) },
      }),
      asked(l, {
        text: 'numb',
        key: `${key}2`,
        control: yesNo(l),
        answers: [{ kind: 'boolean', value: false }],
      }),
    ],
  }));
  const columns = (['strength', 'numb'] as const).map((key) => ({
    key,
    text: WORDS[key][l],
    formatted: [],
    help: null,
  }));
  return {
    key: 'hands',
    text: WORDS.hands[l],
    formatted: emphasised(WORDS.hands[l]),
    texts: [{ text: WORDS.stem[l], formatted: emphasised(WORDS.stem[l]) }],
    layout: 'questions',
    columns,
    rows,
    canAdd: false,
    canRemove: false,
  };
}

export const tabs = (l: Locale): Tab[] =>
  (['feeling', 'yesterday', 'medicines'] as const).map((key, index) => ({
    key,
    text: WORDS[key][l],
    formatted: index === 1 ? emphasised(WORDS[key][l]) : [],
    current: index === 1,
    missing: index > 0,
  }));

export const yesNo = (l: Locale): Control => ({ kind: 'boolean', yes: WORDS.yes[l], no: WORDS.no[l] });

export const ahead = (locale: Locale, edges: Partial<Ahead> = {}): Step => ({
  step: 'ahead',
  ahead: {
    position: 5,
    language: locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    canGoBack: true,
    header: [],
    footer: [],
    ...edges,
  },
});

export function row(
  locale: Locale,
  { text, context = [], skipped = false }: { text: Word; context?: string[]; skipped?: boolean },
  answer: string | null,
  values: Answer[],
): ReviewRow {
  const missing = answer === null && !skipped;
  const control: Control = { kind: 'display' };
  return {
    key: text,
    context,
    text: WORDS[text][locale],
    answer,
    values,
    control,
    skipped,
    missing,
    warnings: [],
    header: [],
    footer: [],
  };
}

export const words = (locale: Locale, ...of: Word[]) => of.map((one) => WORDS[one][locale]);
export const often = (l: Locale) => options(words(l, 'never', 'days', 'half', 'always'));
export const ill = (l: Locale) =>
  options(words(l, 'pressure', 'sugar', 'heart', 'kidneys', 'none'), { exclusive: true });

export const number = { min: '0', max: '24', unit: null };
export const QUANTITY = {
  kind: 'quantity',
  min: null,
  max: null,
  maxDecimalPlaces: 1,
  ownUnit: false,
} as const;

/** A line from one end to the other. */
export const scale = (
  l: Locale,
  more: Partial<Extract<Control, { kind: 'visualAnalogueScale' }>> = {},
): Control => ({
  kind: 'visualAnalogueScale',
  min: '0',
  max: '100',
  step: '1',
  lowLabel: WORDS.noPain[l],
  highLabel: WORDS.worstPain[l],
  showValue: false,
  ...more,
});
