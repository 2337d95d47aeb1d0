// A list or a page that the backend keeps changing: loaded now, and again while it is on the screen.
import { app } from '../app.svelte';
import type { CommandError } from '../bindings';
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

  /** For an `$effect`: loads at once and every `milliseconds`, until the effect ends. */
  watch(milliseconds = 2500): () => void {
    void this.load();
    const timer = setInterval(() => void this.load(), milliseconds);
    return () => clearInterval(timer);
  }
}
