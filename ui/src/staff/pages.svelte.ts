// A list that the backend gives a page at a time and keeps changing: what was loaded of it stays loaded.
import { untrack } from 'svelte';
import { app } from '../app.svelte';
import type { CommandError, RecordList, RecordsWanted } from '../bindings';
import { whileShown } from '../changes';
import * as ipc from '../ipc';
import { asMany, followed, PAGE, renewed } from './joined';

export class Pages {
  value = $state.raw<RecordList | null>(null);
  error = $state.raw<CommandError | null>(null);
  #ask: (wanted: RecordsWanted) => Promise<RecordList>;
  /** What the list is narrowed down to, and what it was when `value` was asked for. */
  #wanted: RecordsWanted = {};
  #shown: RecordsWanted = this.#wanted;

  constructor(ask: (wanted: RecordsWanted) => Promise<RecordList>) {
    this.#ask = ask;
  }

  load = async (): Promise<void> => {
    const wanted = this.#wanted;
    const most = wanted === this.#shown ? asMany(this.value?.rows.length ?? 0) : PAGE;
    try {
      const fresh = await this.#ask({ ...wanted, most });
      // Somebody went on typing: what they want now is on its way.
      if (wanted !== this.#wanted) return;
      this.value = renewed(wanted === this.#shown ? this.value : null, fresh);
      this.#shown = wanted;
      this.error = null;
    } catch (thrown) {
      this.error = ipc.refusal(thrown);
      // The session may be over: then the next view says so.
      await app.refresh();
    }
  };

  /** Lists what is wanted from now on. */
  narrow = async (wanted: RecordsWanted): Promise<void> => {
    if (JSON.stringify(wanted) === JSON.stringify(this.#wanted)) return;
    this.#wanted = wanted;
    await this.load();
  };

  /** Loads the next page too. */
  more = async (): Promise<void> => {
    const [wanted, before] = [this.#shown, this.value?.next];
    if (before === null || before === undefined) return;
    const page = await this.#ask({ ...wanted, before });
    if (wanted === this.#shown && this.value) this.value = followed(this.value, page);
  };

  /** For an `$effect`: loads at once and whenever something has changed, until the effect ends. What it loads starts no other. */
  watch = (): (() => void) => untrack(() => whileShown(this.load));
}
