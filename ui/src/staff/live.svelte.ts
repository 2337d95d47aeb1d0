// A list or a page that the backend keeps changing: loaded now, and again while it is on the screen.
import { app } from '../app.svelte';
import type { CommandError } from '../bindings';
import { whileShown } from '../changes';
import * as ipc from '../ipc';

export class Live<T> {
  value = $state.raw<T | null>(null);
  error = $state.raw<CommandError | null>(null);
  #ask: () => Promise<T>;

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  load = async (): Promise<void> => {
    try {
      this.value = await this.#ask();
      this.error = null;
    } catch (thrown) {
      this.error = ipc.refusal(thrown);
      // The session may be over: then the next view says so.
      await app.refresh();
    }
  };

  /** For an `$effect`: loads at once and whenever something has changed, until the effect ends. */
  watch = (): (() => void) => whileShown(this.load);
}
