// What stands in the control of one question, until it is saved and after.
import { untrack } from 'svelte';
import type { Answer, CommandError, Screen } from '../bindings';
import { answeredTime, day, shownNumber, timeOfDay } from '../format';
import { locale } from '../i18n/locale.svelte';
import { journey, LATER } from './journey.svelte';
import { pageOf } from './page/page';

/**
 * Whether what was typed is what is saved. A date with a time is typed without its offset, which the backend gives it.
 */
function same(typed: Answer[], saved: Answer[]): boolean {
  const heard = saved.map((answer, index) => {
    const own = typed[index];
    if (answer.kind !== 'dateTime' || own?.kind !== 'dateTime' || !LOCAL.test(own.text)) return answer;
    return { ...answer, text: answer.text.replace(/(Z|[+-]\d\d:\d\d)$/, '') };
  });
  return JSON.stringify(typed) === JSON.stringify(heard);
}

const LOCAL = /T\d\d:\d\d:\d\d$/;

export class Draft {
  readonly key: string;
  /** What stands in the control; the backend has it too as soon as it is saved. */
  answers = $state.raw<Answer[]>([]);
  /** What is still to be typed, so that half a date is neither sent nor lost. */
  unfinished = $state<string | null>(null);
  /** What the page itself says against it. */
  local = $state.raw<CommandError | null>(null);
  /** What the backend said against it. */
  refused = $state.raw<CommandError | null>(null);
  readonly first = $derived(this.answers[0] ?? null);

  #question: () => Screen | undefined;
  #gone = false;
  /** What was sent last. */
  #sent: Answer[] | null = null;
  #saved = $derived.by(() => JSON.stringify(this.#question()?.answers));

  /** Belongs to the component that makes it. */
  constructor(question: () => Screen) {
    this.#question = question;
    this.key = untrack(() => question().key);
    this.answers = untrack(() => question().answers);
    // The backend's answers are the true ones: follow them when they change.
    $effect(() => {
      void this.#saved;
      untrack(() => {
        // What has been changed since it was sent stays, until it is saved too.
        const saved = this.#question()?.answers ?? [];
        const isMine = this.#sent !== null && same(this.#sent, saved);
        if (isMine && JSON.stringify(this.answers) !== JSON.stringify(this.#sent)) return;
        if (!this.refused) this.answers = saved;
      });
    });
    $effect(() => () => (this.#gone = true));
  }

  readonly error = $derived.by((): CommandError | null => {
    const found = this.local ?? this.refused;
    // The patient is asked about it (the steps of the screen).
    if (found?.code === LATER) return null;
    // A time of day is early or late in its own words.
    if (!found || this.#question()?.control.kind !== 'time') return found;
    return { ...found, code: found.code.replace(/^date-too-/, 'time-too-') };
  });

  /** The limits, for the words of an error. */
  readonly values = $derived.by(() => {
    const control = this.#question()?.control ?? { kind: 'display' };
    const bounds = 'min' in control ? { min: control.min, max: control.max } : { min: null, max: null };
    const written = (text: string | null) => {
      if (text === null) return '';
      if (control.kind === 'date') return day(text, locale()) || text;
      if (control.kind === 'dateTime') return answeredTime(text, locale());
      return control.kind === 'time' ? timeOfDay(text) : shownNumber(text, locale());
    };
    return {
      min: written(bounds.min),
      max: written(bounds.max),
      places: 'maxDecimalPlaces' in control ? (control.maxDecimalPlaces ?? 0) : 0,
      length: 'maxLength' in control ? (control.maxLength ?? 0) : 0,
    };
  });

  change(answers: Answer[], missing: string | null = null): void {
    this.answers = answers;
    this.unfinished = missing;
    this.local = null;
    this.refused = null;
  }

  /** Goes back to what is saved. */
  forget(): void {
    this.change(this.#question()?.answers ?? []);
  }

  /** Saves what was typed; whether nothing stands against it. */
  async commit(): Promise<boolean> {
    // A field that leaves the page while it has the focus still reports a change: by then something else is shown.
    const question = this.#question();
    if (this.unfinished || this.#gone || journey.moving || question?.key !== this.key) return true;
    if (!same(this.answers, question.answers)) await this.#send();
    return this.refused === null;
  }

  /** Saves what was tapped. */
  async choose(answers: Answer[]): Promise<void> {
    this.change(answers);
    await this.#send();
  }

  async #send(): Promise<void> {
    this.#sent = this.answers;
    this.refused = await journey.answer(this.key, this.answers);
  }
}

/** A draft that its page knows of as long as its question is there. */
export function draftOnPage(question: () => Screen): Draft {
  const { drafts } = pageOf();
  const draft = new Draft(question);
  $effect(() => {
    drafts.set(draft.key, draft);
    return () => drafts.get(draft.key) === draft && drafts.delete(draft.key);
  });
  return draft;
}
