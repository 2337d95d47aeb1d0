// The patient's page with a backend of paper: every control, without a device. `?show=NAME&lang=de&size=largest`.
import { mount } from 'svelte';
import type { Answer, Part, PatientView, Screen, Table } from '../src/bindings';
import App from '../src/App.svelte';
import { mirrorArrows } from '../src/arrows';
import { refuseFiles } from '../src/drop';
import { isRightToLeft, nearest } from '../src/i18n/fluent';
import { settings } from '../src/settings.svelte';
import '../src/styles/index.css';
import { giveCamera } from './camera';
import { MEDIA } from './media';
import { SCREENS } from './screens';
import { go } from './shown';
import { STAFF } from './staff';
import { untranslated } from './mixed';
import { WORDS } from './words';

const asked = new URLSearchParams(location.search);
const locale = nearest(asked.get('lang'));
const name = asked.get('show') ?? '';

const shown = STAFF[name];

let revision = 1;
let step = SCREENS[name]?.(locale);

function view(): PatientView {
  if (!step) throw new Error(`there is no screen ${name}`);
  const inOwn = untranslated(name, locale);
  return {
    session: 'gallery',
    revision,
    practice: false,
    language: step.step === 'language' ? null : locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    participant: '014-0027',
    ...(inOwn && { untranslated: inOwn }),
    step,
  };
}

/** What the backend would say against an answer: `&refuse=CODE`, and in the form's own words: `&said=WORDS`. */
const refuse = asked.get('refuse');
const said = asked.get('said');
/** What a server chose later questions by stays until those are taken away. */
let later = refuse === 'later-questions';
const CHANGES = ['patient_answer', 'patient_skip', 'patient_add', 'patient_remove'];

/** A screen whose question `key`, itself or one on it, is answered or left out. */
function changed(screen: Screen, key: string, by: Pick<Screen, 'answers'> & { skipped?: boolean }): Screen {
  const missing = by.answers.length === 0 && !by.skipped;
  return JSON.parse(JSON.stringify(screen), (_, value: unknown) => {
    const isAsked = typeof value === 'object' && value !== null && 'key' in value && 'answers' in value;
    return isAsked && value.key === key ? { ...value, skipped: false, ...by, missing } : value;
  }) as Screen;
}

type Entries = Table | Extract<Part, { kind: 'instances' }>;

/** A screen whose group `key` has one entry more, to which the patient is led, or one less. */
function counted(screen: Screen, key: string, gone: number | null): Screen {
  const { control } = screen;
  if (control.kind === 'instances') {
    const instances = control.instances.filter((one) => one.number !== gone);
    return { ...screen, control: { ...control, instances } };
  }
  let focus: string | null = null;
  const parts = JSON.parse(JSON.stringify(screen.page?.parts ?? []), (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('key' in value) || value.key !== key) return value;
    const group = value as Entries;
    const number = Math.max(...numbers(group)) + 1;
    /** The last entry anew, under the next number: with questions of its own that nobody has answered. */
    const fresh = <Entry>(last: Entry): Entry => {
      const entry = JSON.parse(JSON.stringify(last), (_, inner: unknown) => {
        if (typeof inner !== 'object' || inner === null || !('answers' in inner)) return inner;
        const asked = inner as Screen;
        const own = `${asked.key.replace(/\[\d+\]$/, '')}[${number}]`;
        focus ??= own;
        return { ...asked, key: own, answers: [], missing: true };
      }) as Entry;
      return { ...entry, number, ...('rows' in group ? { key: String(number) } : {}) };
    };
    const grown = <Entry extends { number: number | null }>(all: Entry[]) => {
      const last = all.at(-1);
      if (gone !== null) return all.filter((one) => one.number !== gone);
      return last ? [...all, fresh(last)] : all;
    };
    return 'rows' in group
      ? { ...group, rows: grown(group.rows) }
      : { ...group, instances: grown(group.instances) };
  }) as Part[];
  return { ...screen, page: { parts, focus } };
}

const numbers = (group: Entries) =>
  ('rows' in group ? group.rows : group.instances).map((one) => one.number ?? 0);

type Given = { key?: string; answers?: Answer[]; id?: string; instance?: number };

/** What the page does with an answer can be seen; whether it is right is not for this backend to say. */
function invoke(command: string, given: Given) {
  if (command === 'patient_medium') {
    const found = MEDIA[given.id ?? ''];
    return found ? Promise.resolve(found) : Promise.reject({ code: 'not-found', message: '' });
  }
  if (shown) {
    const answer = command === 'view' ? shown.view : (shown.answers[command] ?? []);
    return Promise.resolve(
      typeof answer === 'function' ? (answer as (given: unknown) => unknown)(given) : answer,
    );
  }
  if (command === 'view') return Promise.resolve({ view: 'patient', patient: view() });
  if (command === 'patient_now') return Promise.resolve('2031-05-04T07:08:09+12:45');
  // A question that does not come, or never will.
  if (command === 'patient_ask')
    return name === 'ahead-failed'
      ? Promise.reject({ code: 'question-unreachable', message: '' })
      : new Promise(() => undefined);
  if (command === 'patient_reopen') later = false;
  if (later && CHANGES.includes(command)) return Promise.reject({ code: refuse, message: '' });
  if (refuse && refuse !== 'later-questions' && command === 'patient_next')
    return Promise.reject({ code: refuse, message: '', limit: 3, ...(said ? { said } : {}) });
  revision += 1;
  if (command === 'patient_answer' && step?.step === 'question') {
    step = { ...step, screen: changed(step.screen, given.key ?? '', { answers: given.answers ?? [] }) };
    if (name === 'odd') step.screen.warnings = [WORDS.odd[locale]];
    document.documentElement.dataset['answers'] = JSON.stringify(given.answers);
  } else if (command === 'patient_skip' && step?.step === 'question' && step.screen.page) {
    step = { ...step, screen: changed(step.screen, given.key ?? '', { answers: [], skipped: true }) };
    document.documentElement.dataset['asked'] = command;
  } else {
    if ((command === 'patient_add' || command === 'patient_remove') && step?.step === 'question')
      step = { ...step, screen: counted(step.screen, given.key ?? '', given.instance ?? null) };
    document.documentElement.dataset['asked'] = command;
  }
  return Promise.resolve(view());
}

giveCamera(asked.get('camera'));
Object.assign(window, { __TAURI_INTERNALS__: { invoke } });

mirrorArrows();
refuseFiles();
const target = document.getElementById('app');
if (target) {
  settings.staffLanguage = locale;
  mount(App, { target });
  if (!shown) settings.holder('gallery');
  settings.choose({
    theme: (['dark', 'contrast'] as const).find((theme) => theme === asked.get('theme')) ?? 'light',
    textSize:
      (['large', 'larger', 'largest'] as const).find((size) => size === asked.get('size')) ?? 'normal',
  });
  void go(shown?.way ?? []);
}
