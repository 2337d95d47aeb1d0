// A list or a page that the backend keeps changing: loaded now, and again while it is on the screen.
import { app } from '../app.svelte';
import type { CommandError } from '../bindings';
import { whileShown } from '../changes';
import * as ipc from '../ipc';
import { Order } from '../order';
import { shared } from '../shared';

export class Live<T> {
  #value = $state.raw<T | null>(null);
  error = $state.raw<CommandError | null>(null);
  #ask: () => Promise<T>;
  #order = new Order();

  constructor(ask: () => Promise<T>) {
    this.#ask = ask;
  }

  get value(): T | null {
    return this.#value;
  }

  /** What a command answered: newer than anything that is still being asked for. */
  set value(value: T | null) {
    this.#order.known();
    this.#value = value;
  }

  load = async (): Promise<void> => {
    const newest = this.#order.ask();
    try {
      const value = await this.#ask();
      if (!newest()) return;
      this.#value = shared(this.#value, value);
      this.error = null;
    } catch (thrown) {
      if (newest()) this.error = ipc.refusal(thrown);
      // The session may be over: then the next view says so.
      await app.refresh();
    }
  };

  /** For an `$effect`: loads at once and whenever something has changed, until the effect ends. */
  watch = (): (() => void) => whileShown(this.load);
}
