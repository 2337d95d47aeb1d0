// The patient's page with a backend of paper: every control, without a device. `?show=NAME&lang=de&size=largest`.
import { mount } from 'svelte';
import type { Answer, PatientView, Screen } from '../src/bindings';
import App from '../src/App.svelte';
import { refuseFiles } from '../src/drop';
import { isRightToLeft, nearest } from '../src/i18n/fluent';
import { settings } from '../src/settings.svelte';
import '../src/styles/index.css';
import { MEDIA } from './media';
import { SCREENS } from './screens';
import { go } from './shown';
import { STAFF } from './staff';

const asked = new URLSearchParams(location.search);
const locale = nearest(asked.get('lang'));
const name = asked.get('show') ?? '';

const shown = STAFF[name];

let revision = 1;
let step = SCREENS[name]?.(locale);

function view(): PatientView {
  if (!step) throw new Error(`there is no screen ${name}`);
  return {
    session: 'gallery',
    revision,
    practice: false,
    language: step.step === 'language' ? null : locale,
    direction: isRightToLeft(locale) ? 'rtl' : 'ltr',
    participant: '014-0027',
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

/** What the page does with an answer can be seen; whether it is right is not for this backend to say. */
function invoke(command: string, given: { key?: string; answers?: Answer[]; id?: string }) {
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
    document.documentElement.dataset['answers'] = JSON.stringify(given.answers);
  } else if (command === 'patient_skip' && step?.step === 'question' && step.screen.page) {
    step = { ...step, screen: changed(step.screen, given.key ?? '', { answers: [], skipped: true }) };
    document.documentElement.dataset['asked'] = command;
  } else {
    document.documentElement.dataset['asked'] = command;
  }
  return Promise.resolve(view());
}

Object.assign(window, { __TAURI_INTERNALS__: { invoke } });

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
