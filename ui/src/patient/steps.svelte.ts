// The steps that a screen takes with its answers, be there one question on it or several.
import * as ipc from '../ipc';
import type { Draft } from './draft.svelte';
import { journey, LATER, once } from './journey.svelte';

type Step = (turn: ipc.Turn) => Promise<unknown>;

export class Steps {
  #drafts: () => Draft[];
  /** The step that was refused, at which question, and how it is done after all. */
  #held = $state.raw<{ key: string; again: () => Promise<unknown> } | null>(null);
  readonly #holding = $derived.by(() => this.#drafts().filter((draft) => draft.refused?.code === LATER));

  constructor(drafts: () => Draft[]) {
    this.#drafts = drafts;
  }

  /** Whether the patient is to be asked if the later questions may go. */
  readonly reopening = $derived.by(() => this.#held !== null || this.#holding.length > 0);

  /** A step that changes what is answered at `key`; `again` is what follows when later questions had to go first. */
  async at(
    key: string,
    step: Step,
    again: () => Promise<unknown> = () => this.at(key, step),
  ): Promise<boolean> {
    if (await journey.move(step)) return true;
    if (journey.error?.code === LATER) {
      journey.error = null;
      this.#held = { key, again };
    }
    return false;
  }

  /** What is wrong or unfinished stays behind; the saved answers are as they were. */
  leave = (step: Step, key?: string) =>
    once(async () => {
      for (const draft of this.#drafts()) if (!draft.unfinished) await draft.commit();
      await (key === undefined ? journey.move(step) : this.at(key, step));
    });

  /** Everything stays as it is saved. */
  keep = () => {
    this.#held = null;
    journey.error = null;
    for (const draft of this.#holding) draft.forget();
  };

  /** Takes the later questions away, and does what they stood against. */
  reopen = () =>
    once(async () => {
      const held = this.#held;
      const wanted = this.#holding.map((draft) => ({ draft, answers: draft.answers }));
      const key = held?.key ?? wanted[0]?.draft.key;
      this.#held = null;
      if (key === undefined || !(await journey.move((turn) => ipc.patientReopen(turn, key)))) return;
      for (const { draft, answers } of wanted) await draft.choose(answers);
      await held?.again();
    });
}
