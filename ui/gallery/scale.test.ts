// The line scale with the keyboard alone, and what a screen reader says of it.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

const LINE = '[data-testid=scale]';

/** What the line says of itself, from its name to its value. */
const said = () =>
  window.run<Record<string, string | null>>(
    `const line = document.querySelector(given[0]);
     const named = ['aria-valuemin', 'aria-valuemax', 'aria-valuenow', 'aria-valuetext'];
     return Object.fromEntries(named.map((name) => [name.slice(5), line.getAttribute(name)]));`,
    LINE,
  );
const value = async () => (await said())['valuetext'];
const thumbs = () =>
  window.run<number>(`return document.querySelectorAll('[data-testid=scale-thumb]').length`);
/** Where the mark is drawn, in hundredths of the line from its left end. */
const drawn = () =>
  window.run<number>(
    `const [line, thumb] = [given[0], '[data-testid=scale-thumb]'].map((one) => document.querySelector(one).getBoundingClientRect());
     return Math.round(((thumb.left + thumb.width / 2 - line.left) / line.width) * 100);`,
    LINE,
  );
const sent = (text: string | null) =>
  expect.poll(() => window.answers()).toEqual(text === null ? [] : [{ kind: 'number', text }]);

describe('a scale that nobody has touched', () => {
  it('has a name, both its ends and no value', async () => {
    await window.show('scale-empty');
    expect(await window.called(LINE)).toBe('slider: How strong was your pain at its worst today?');
    expect(await window.described(LINE)).toBe('No pain Worst pain I can imagine');
    expect(await said()).toMatchObject({ valuemin: '0', valuemax: '100', valuetext: 'Nothing marked yet' });
    expect(await thumbs()).toBe(0);
    expect(await window.run(`return document.querySelector('[data-testid=scale-value]').innerText`)).toBe('');
    await window.show('scale-empty', { lang: 'ar' });
    expect(await value()).toBe('لم تحدد شيئًا بعد');
  });

  it('stays so while the focus passes over it, forward and back', async () => {
    await window.show('scale-empty');
    await window.tabTo(LINE);
    expect(
      await window.run(`return getComputedStyle(document.activeElement).outlineStyle`),
      'is seen',
    ).not.toBe('none');
    await window.keys(KEY.tab, KEY.tab);
    expect(await window.at('[data-testid=scale-more]')).toBe(true);
    await window.hold(KEY.shift, KEY.tab);
    await window.hold(KEY.shift, KEY.tab);
    expect(await window.at(LINE)).toBe(true);
    await window.keys(KEY.shift, KEY.escape, KEY.space, 'a', '5');
    expect(await thumbs()).toBe(0);
    expect(await value()).toBe('Nothing marked yet');
    expect(await window.answers()).toBeNull();
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    expect(
      await window.run(`return document.querySelector('[data-testid=skip-dialog]') !== null`),
      'it asks',
    ).toBe(true);
    expect(await window.answers()).toBeNull();
  });

  it.each([
    ['right', '50'],
    ['left', '50'],
    ['up', '50'],
    ['down', '50'],
    ['pageUp', '50'],
    ['pageDown', '50'],
    ['home', '0'],
    ['end', '100'],
  ] as const)('is marked by %s at %s', async (key, at) => {
    await window.show('scale-empty');
    await window.tabTo(LINE);
    await window.keys(KEY[key]);
    await sent(at);
    expect(await value()).toBe(at);
    expect(await thumbs()).toBe(1);
    expect(await window.at(LINE), 'the focus stays').toBe(true);
  });

  it.each(['delete', 'backspace'] as const)('has nothing that %s takes away', async (key) => {
    await window.show('scale-empty');
    await window.tabTo(LINE);
    await window.keys(KEY[key]);
    expect(await thumbs()).toBe(0);
    expect(await value()).toBe('Nothing marked yet');
  });
});

describe('a scale with the keyboard', () => {
  it.each([
    ['en', 'right', '63'],
    ['en', 'left', '61'],
    ['ar', 'right', '61'],
    ['ar', 'left', '63'],
    ['ar', 'up', '63'],
    ['en', 'up', '63'],
    ['en', 'down', '61'],
    ['en', 'pageUp', '72'],
    ['en', 'pageDown', '52'],
    ['ar', 'pageUp', '72'],
    ['en', 'home', '0'],
    ['ar', 'home', '0'],
    ['en', 'end', '100'],
  ] as const)('in %s goes by %s to %s', async (lang, key, to) => {
    await window.show('scale', { lang });
    await window.tabTo(LINE);
    await window.keys(KEY[key]);
    await sent(to);
    expect((await said())['valuenow']).toBe(to);
    expect(await drawn(), 'the mark follows').toBe(lang === 'ar' ? 100 - Number(to) : Number(to));
  });

  it('holds at its ends', async () => {
    await window.show('scale');
    await window.tabTo(LINE);
    await window.keys(KEY.end, KEY.right, KEY.pageUp);
    await sent('100');
    await window.keys(KEY.home, KEY.left, KEY.pageDown);
    await sent('0');
  });

  it('with few points takes more than one at once by Page Up, and says what the language writes', async () => {
    await window.show('scale-short', { lang: 'de' });
    await window.tabTo(LINE);
    expect((await said())['valuetext']).toBe('Noch nichts markiert');
    await window.keys(KEY.home);
    await sent('-2.5');
    expect(await value()).toBe('-2,5');
    await window.keys(KEY.pageUp);
    await sent('-1.5');
    await window.keys(KEY.up);
    await sent('-1.0');
  });

  it('is cleared by Delete, and by its button, which gives the focus back to the line', async () => {
    await window.show('scale');
    await window.tabTo(LINE);
    await window.keys(KEY.delete);
    await sent(null);
    expect(await thumbs()).toBe(0);
    expect(await value()).toBe('Nothing marked yet');
    await window.keys(KEY.end);
    await sent('100');
    await window.tabTo('[data-testid=scale-clear]');
    await window.keys(KEY.enter);
    await sent(null);
    expect(await window.at(LINE)).toBe(true);
    expect(await value()).toBe('Nothing marked yet');
  });

  it('is marked by its buttons, which say what they did', async () => {
    await window.show('scale');
    const heard = () => window.run(`return document.querySelector('.vas [aria-live=polite]').innerText`);
    expect(await heard()).toBe('');
    await window.tabTo('[data-testid=scale-more]');
    expect(await window.called('[data-testid=scale-more]')).toBe('button: A little more');
    expect(await window.described('[data-testid=scale-more]')).toBe(
      'How strong was your pain at its worst today?',
    );
    await window.keys(KEY.space, KEY.enter);
    await sent('64');
    await expect.poll(heard).toBe('64');
    await window.hold(KEY.shift, KEY.tab);
    await window.keys(KEY.enter);
    await sent('63');
    await expect.poll(heard).toBe('63');
  });

  it('is confirmed by Enter as a typed answer is, and leaves the keys of others alone', async () => {
    await window.show('scale');
    await window.tabTo(LINE);
    await window.hold(KEY.shift, KEY.end);
    expect(await value()).toBe('62');
    await window.keys(KEY.right, KEY.enter);
    await sent('63');
    await expect
      .poll(() => window.run(`return document.documentElement.dataset.asked ?? null`))
      .toBe('patient_next');
  });

  it('is one of several on a page: each has its own name and its own answer', async () => {
    await window.show('scale-page');
    const second = `[data-key=tired] ${LINE}`;
    expect(await window.called(second)).toBe('slider: Feeling tired or having little energy');
    expect(await window.described('[data-key=tired] [data-testid=scale-less]')).toBe(
      'Feeling tired or having little energy',
    );
    await window.tabTo(second);
    expect(await thumbs(), 'the first was passed').toBe(0);
    await window.keys(KEY.end);
    await sent('100');
    expect(
      await window.run(`return document.querySelector('[data-key=worst] [data-testid=scale-thumb]')`),
    ).toBeNull();
  });
});
