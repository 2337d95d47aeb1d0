// Whether a table fits beside what is around it; where it does not, its rows become cards.
import { tick } from 'svelte';

export class Fits {
  cards = $state(false);
  #measured = '';

  /** Watches the room that there is; measures the table in it anew whenever that, or the size of the letters, changes. */
  watch = (room: HTMLElement) => {
    const watcher = new ResizeObserver(() => void this.#measure(room, watcher));
    watcher.observe(room);
    return () => watcher.disconnect();
  };

  async #measure(room: HTMLElement, watcher: ResizeObserver): Promise<void> {
    const now = `${room.clientWidth} ${getComputedStyle(document.documentElement).fontSize}`;
    const changed = now !== this.#measured;
    this.#measured = now;
    // Who is typing keeps the field.
    if (changed && this.cards && !room.contains(document.activeElement)) {
      this.cards = false;
      await tick();
    }
    const table = room.querySelector('table');
    // It grows when its letters arrive, too.
    if (table) watcher.observe(table);
    if (!table) return;
    const outer = room.getBoundingClientRect();
    const end = document.documentElement.clientWidth;
    // Its cells can lie outside a table that says of itself that it fits; and the room may have grown with it.
    const outside = [table, ...table.querySelectorAll('th, td')].some((one) => {
      const { left, right } = one.getBoundingClientRect();
      return Math.min(left, left - outer.left + 1) < 0 || Math.max(right - end, right - outer.right - 1) > 0;
    });
    if (outside || table.scrollWidth > outer.width + 1) this.cards = true;
  }
}
