// What is asked before somebody decides about an alert, and the screens that are about one.
import { describe, expect, it } from 'vitest';
import { FACES } from './faces';
import { opened } from './opened';
import type { Window } from './window';

let window: Window;
opened((one) => (window = one));

const said = () =>
  window.run<string>(`return document.querySelector('[data-testid=act-dialog]')?.innerText ?? ''`);

/** What is decided, and what the dialog has to say of it, and must not. */
const DIALOGS = [
  ['alert-elsewhere-again', 'replaces what the server keeps now', 'sent to the server again'],
  ['alert-missing-again', 'sent to the server again', 'replaces'],
  ['alert-refused-accept', 'Accept that there is no proof?', 'keeps something else'],
] as const;

describe('a decision', () => {
  it.each(DIALOGS)('%s says what it does', async (name, words, others) => {
    await window.resize(1024, 768);
    await window.show(name);
    await window.arrived();
    await expect.poll(said).toContain(words);
    expect(await said()).not.toContain(others);
  });
});

describe.each(FACES)('in $lang, $theme, $width pixels wide', ({ width, height, ...look }) => {
  it.each(['alert-missing', 'alert-refused', ...DIALOGS.map(([name]) => name)])(
    '%s has no barrier, and is not cut off',
    async (name) => {
      await window.resize(width, height);
      await window.show(name, look);
      await window.arrived();
      await window.keep(`${name}-${look.lang}-${look.theme}-${width}`);
      expect(await window.barriers(), 'axe-core').toEqual([]);
      expect(await window.clipped(), 'cut off').toEqual([]);
    },
  );
});
