// Every control in the web view: no barrier, nothing cut off, large enough for a finger.
// `ATTESTA_GALLERY=FOLDER scripts/session npm --prefix ui run gallery` leaves a picture of each in FOLDER.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { opened } from './opened';
import { SCREENS } from './screens';
import { STAFF } from './staff';
import type { Window } from './window';

const NAMES = Object.keys(SCREENS);
/** A list of answers may be longer than any screen, and so may a page that its author made so. */
const MAY_SCROLL = ['review', 'review-running', 'page', 'table-entries', 'scale-page'];
/** The least that is right for fingers that are not steady. */
const FINGER = 56;
const LOOKS = [
  { lang: 'en', theme: 'light', size: 'normal', width: 1024, height: 768 },
  { lang: 'de', theme: 'dark', size: 'largest', width: 800, height: 1280 },
  { lang: 'ar', theme: 'contrast', size: 'larger', width: 1024, height: 768 },
  { lang: 'es', theme: 'light', size: 'large', width: 800, height: 1280 },
];

const PICTURES = process.env['ATTESTA_GALLERY'];

let window: Window;
opened((one) => (window = one));

/** Waits until as many are there. */
async function settled(counted: () => Promise<number>, wanted: number): Promise<void> {
  for (let tries = 0; tries < 100 && (await counted()) !== wanted; tries += 1)
    await new Promise((later) => setTimeout(later, 50));
  expect(await counted()).toBe(wanted);
}

describe.each(LOOKS)('in $lang, $theme, $size letters, $width pixels wide', (look) => {
  const { width, height, ...asked } = look;
  beforeAll(() => window.resize(width, height));

  it.each(NAMES)('%s has no barrier, is not cut off and is large enough to touch', async (name) => {
    await window.show(name, asked);
    if (PICTURES) await window.picture(join(PICTURES, `${name}-${Object.values(look).join('-')}.png`));
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
    expect(await window.small(FINGER), 'too small').toEqual([]);
  });

  it.each(['choice-several', 'quantity-units', 'time', 'attachment'])(
    '%s says in words why an answer is not taken',
    async (name) => {
      await window.show(name, { ...asked, refuse: 'constraint' });
      await window.press('[data-testid=skip]');
      await window.press('[data-testid=skip-confirm]');
      const said = `return document.querySelector('[data-testid=problem]')?.innerText.trim() ?? ''`;
      expect(await window.run(said)).not.toBe('');
      expect(await window.barriers(), 'axe-core').toEqual([]);
      expect(await window.clipped(), 'cut off').toEqual([]);
    },
  );

  it.each([
    ['open-end', '.option:has(input[value="2"])'],
    ['open-end-page', '.option:has(input[value="2"])'],
  ])('what a server chose after %s is taken away only after asking', async (name, option) => {
    await window.show(name, { ...asked, refuse: 'later-questions' });
    await window.press(option);
    const said = `return document.querySelector('[data-testid=reopen-dialog]')?.innerText.trim() ?? ''`;
    expect(await window.run(said)).not.toBe('');
    if (PICTURES) await window.picture(join(PICTURES, `reopen-${name}-${Object.values(look).join('-')}.png`));
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
  });

  it.each([
    ['autocomplete', '.picker'],
    ['drop-down', '.picker'],
    ['instances', '[data-testid=instance-remove]'],
    ['choice', '[data-testid=look]'],
    ['choice', '[data-testid=skip]'],
  ])('what opens over %s by %s has none either', async (name, opener) => {
    await window.show(name, asked);
    await window.press(opener);
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
    expect(await window.small(FINGER), 'too small').toEqual([]);
  });
});

describe.each([
  { lang: 'de', theme: 'light', size: 'normal', width: 1024, height: 768 },
  { lang: 'ar', theme: 'dark', size: 'largest', width: 800, height: 1280 },
  { lang: 'es', theme: 'dark', size: 'large', width: 1024, height: 768 },
  { lang: 'en', theme: 'contrast', size: 'normal', width: 800, height: 1280 },
])('what staff see in $lang, $theme, $size letters, $width pixels wide', ({ width, height, ...look }) => {
  beforeAll(() => window.resize(width, height));

  it.each(Object.keys(STAFF))('%s has no barrier and is not cut off', async (name) => {
    await window.show(name, look);
    await window.arrived();
    if (PICTURES) {
      const file = `staff-${name}-${Object.values(look).join('-')}-${width}.png`;
      await window.picture(join(PICTURES, file));
    }
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
  });

  it('a questionnaire is dropped on the page, which says so while it is held there', async () => {
    /** What the window would say of a drag with these files, on the heading. */
    const drag = (kind: string, files: [string, string][]) =>
      window.run<boolean>(
        `const data = new DataTransfer();
         for (const [name, text] of given[1]) data.items.add(new File([text], name));
         const event = new DragEvent(given[0], { bubbles: true, cancelable: true, dataTransfer: data });
         document.querySelector('h1').dispatchEvent(event);
         await new Promise((next) => setTimeout(next, 150));
         return event.defaultPrevented;`,
        kind,
        files,
      );
    const there = (testid: string) =>
      window.run<boolean>(
        `return document.querySelector('[data-testid="' + given[0] + '"]') !== null`,
        testid,
      );
    const one: [string, string] = ['diary.json', '{}'];
    await window.show('questionnaires', look);
    await window.arrived();
    await drag('dragenter', [one]);
    expect(await there('drop')).toBe(true);
    if (PICTURES) {
      await window.picture(join(PICTURES, `staff-drop-${Object.values(look).join('-')}-${width}.png`));
    }
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
    await drag('dragleave', [one]);
    expect(await there('drop'), 'it went elsewhere').toBe(false);
    await drag('drop', [one, one]);
    expect(await there('problem'), 'one at a time').toBe(true);
    expect(await drag('drop', [one])).toBe(true);
    expect(await there('form-verdict')).toBe(true);
    expect(await drag('drop', [one]), 'no page is left for a file').toBe(true);
    expect(await there('form-verdict')).toBe(true);
  });

  it('records come a page at a time, and are narrowed down by the backend', async () => {
    const rows = () =>
      window.run<number>(`return document.querySelectorAll('[data-testid=record-row]').length`);
    const more = `const button = document.querySelector('[data-testid=records-more]');`;
    const beside = `${more} return button.nextElementSibling.innerText`;
    const digits = (text: string) => text.replace(/\D/g, '');
    await window.show('records-many', look);
    await window.arrived();
    await settled(rows, 200);
    expect(digits(await window.run<string>(beside))).toBe('20012345');
    await window.run(`${more} button.click()`);
    await settled(rows, 300);
    await window.run(
      `const filter = document.querySelector('[data-testid=filter]');
       filter.value = 'proven'; filter.dispatchEvent(new Event('change', { bubbles: true }));`,
    );
    await settled(rows, 0);
    expect(await window.run(`return document.querySelector('[data-testid=records-more]') === null`)).toBe(
      true,
    );
  });

  it('a check of the connection names what is wrong, each with what to do', async () => {
    await window.show('connection-bad', look);
    await window.arrived();
    const fixes = await window.run<string[]>(
      `return [...document.querySelectorAll('[data-state=failed] .what')].map((one) => one.innerText)`,
    );
    expect(fixes).toHaveLength(6);
    for (const fix of fixes) expect(fix.length, fix).toBeGreaterThan(30);
    expect(fixes.join(' ')).toContain('201');
  });
});

describe('the checks themselves', () => {
  it('see what is wrong', async () => {
    await window.resize(1024, 768);
    await window.show('choice');
    await window.run(`
      const main = document.querySelector('main .column');
      main.insertAdjacentHTML('beforeend', '<input id="nameless"><p style="color:#bbb;background:#fff">pale</p>' +
        '<button style="height:20px">low</button><div style="width:80px;overflow:hidden;white-space:nowrap">cut off at the end</div>');`);
    const barriers = (await window.barriers()).join('\n');
    expect(barriers).toContain('label:');
    expect(barriers).toContain('color-contrast:');
    expect((await window.clipped()).join()).toContain('cut off at the end');
    expect((await window.small(FINGER)).join()).toContain('low');
  });
});

describe('the first look at a screen at the size of a tablet', () => {
  it.each([
    [1024, 768],
    [800, 1280],
  ])('never scrolls at %i × %i', async (width, height) => {
    await window.resize(width, height);
    const scrolled: string[] = [];
    for (const name of NAMES.filter((one) => !MAY_SCROLL.includes(one))) {
      for (const lang of ['de', 'ar']) {
        await window.show(name, { lang });
        const all = await window.run<boolean>(
          `const main = document.querySelector('main'); return main.scrollHeight <= main.clientHeight + 1;`,
        );
        if (!all) scrolled.push(`${name} in ${lang}`);
      }
    }
    expect(scrolled).toEqual([]);
  });
});
