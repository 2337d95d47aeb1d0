// A list that the backend gives a page at a time and keeps changing: as far as it is shown, all of it is read again.
import { untrack } from 'svelte';
import { app } from '../app.svelte';
import type { CommandError, RecordList, RecordsWanted } from '../bindings';
import { whileShown } from '../changes';
import * as ipc from '../ipc';
import { Order } from '../order';
import { shared } from '../shared';
import { followed, MOST, PAGE } from './joined';

export class Pages {
  value = $state.raw<RecordList | null>(null);
  error = $state.raw<CommandError | null>(null);
  #ask: (wanted: RecordsWanted) => Promise<RecordList>;
  /** What the list is narrowed down to, and as how many rows of it are shown, where there are as many. */
  #wanted: RecordsWanted = {};
  #many = PAGE;
  #order = new Order();

  constructor(ask: (wanted: RecordsWanted) => Promise<RecordList>) {
    this.#ask = ask;
  }

  load = async (): Promise<void> => {
    const newest = this.#order.ask();
    const wanted = this.#wanted;
    try {
      const list = await this.#read(wanted, this.#many);
      // Somebody went on typing: what they want now is on its way.
      if (wanted !== this.#wanted || !newest()) return;
      this.value = shared(this.value, list);
      this.error = null;
    } catch (thrown) {
      if (wanted === this.#wanted && newest()) this.error = ipc.refusal(thrown);
      // The session may be over: then the next view says so.
      await app.refresh();
    }
  };

  /** Lists what is wanted from now on. */
  narrow = async (wanted: RecordsWanted): Promise<void> => {
    if (JSON.stringify(wanted) === JSON.stringify(this.#wanted)) return;
    this.#wanted = wanted;
    this.#many = PAGE;
    await this.load();
  };

  /** Shows the next page too. */
  more = async (): Promise<void> => {
    this.#many = (this.value?.rows.length ?? 0) + PAGE;
    await this.load();
  };

  /** For an `$effect`: loads at once and whenever something has changed, until the effect ends. What it loads starts no other. */
  watch = (): (() => void) => untrack(() => whileShown(this.load));

  /** The first `many` rows, in as many pieces as the backend gives them in: none is older than this question. */
  async #read(wanted: RecordsWanted, many: number): Promise<RecordList> {
    let list = await this.#ask({ ...wanted, most: Math.min(many, MOST) });
    while (list.next !== null && list.rows.length < many && wanted === this.#wanted) {
      const most = Math.min(many - list.rows.length, MOST);
      list = followed(list, await this.#ask({ ...wanted, before: list.next, most }));
    }
    return list;
  }
}
