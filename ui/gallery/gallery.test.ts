// Every control in the web view: no barrier, nothing cut off, large enough for a finger, usable with the keyboard alone.
// `ATTESTA_GALLERY=FOLDER scripts/session npm --prefix ui run gallery` leaves a picture of each in FOLDER.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from 'vite';
import { SCREENS } from './screens';
import { STAFF } from './staff';
import { KEY, Window } from './window';

const NAMES = Object.keys(SCREENS);
/** A list of answers may be longer than any screen, and so may a page that its author made so. */
const MAY_SCROLL = ['review', 'review-running', 'page', 'table-entries'];
/** The least that is right for fingers that are not steady. */
const FINGER = 56;
const LOOKS = [
  { lang: 'en', theme: 'light', size: 'normal', width: 1024, height: 768 },
  { lang: 'de', theme: 'dark', size: 'largest', width: 800, height: 1280 },
  { lang: 'ar', theme: 'contrast', size: 'larger', width: 1024, height: 768 },
  { lang: 'es', theme: 'light', size: 'large', width: 800, height: 1280 },
];

const PICTURES = process.env['ATTESTA_GALLERY'];

let folder: string;
let window: Window;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'attesta-gallery.'));
  const configFile = join(import.meta.dirname, '../vite.gallery.config.ts');
  await build({ configFile, logLevel: 'error', build: { outDir: folder, emptyOutDir: true } });
  window = await Window.open(folder);
});

afterAll(async () => {
  await (window as Window | undefined)?.close();
  rmSync(folder, { recursive: true, force: true });
});

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
    expect(fixes).toHaveLength(4);
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

describe('with the keyboard alone', () => {
  beforeAll(() => window.resize(1024, 768));

  const option = (key: string) => `input[value="${key}"]`;
  const picked = (...keys: string[]) => keys.map((one) => ({ kind: 'choice', option: one }));

  it('nothing is chosen before a key is pressed, and the focus is seen', async () => {
    await window.show('choice');
    expect(await window.run('return document.querySelectorAll(":checked").length')).toBe(0);
    await window.tabTo(option('0'));
    expect(
      await window.run(`return getComputedStyle(document.activeElement.closest('.option')).boxShadow`),
    ).not.toBe('none');
    await window.keys(KEY.space, KEY.down);
    expect(await window.answers()).toEqual(picked('1'));
  });

  it('an option that excludes the others empties their boxes', async () => {
    await window.show('choice-several');
    await window.tabTo(option('4'));
    await window.keys(KEY.space);
    expect(await window.answers()).toEqual(picked('4'));
    await window.tabTo('[data-testid=back]');
    await window.show('choice-several');
    await window.tabTo(option('1'));
    await window.keys(KEY.space);
    expect(await window.answers()).toEqual(picked('0', '1', '2'));
  });

  it('own words are written beside the boxes that are ticked', async () => {
    await window.show('choice-own');
    await window.tabTo('.own-field input');
    await window.keys(KEY.end, '!', KEY.tab);
    expect(await window.answers()).toEqual([
      ...picked('1'),
      { kind: 'text', text: 'An illness of the kidneys!' },
    ]);
  });

  it('a card for own words without a word is not left behind in silence', async () => {
    await window.show('choice-own-empty');
    await window.tabTo(option('0'));
    await window.keys(KEY.space, KEY.down, KEY.down);
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    expect(await window.run(`return document.querySelector('[data-testid=problem]')?.innerText ?? ''`)).toBe(
      'Please write your own answer, or choose another.',
    );
  });

  it('a long list is opened, searched and chosen from', async () => {
    await window.show('autocomplete', { lang: 'es' });
    await window.tabTo('.picker');
    await window.keys(KEY.enter);
    await window.tabTo('[data-testid=picker-search]');
    await window.keys('espana');
    await window.tabTo('dialog input[type=radio]');
    await window.keys(KEY.space);
    expect(await window.answers(), 'only what is confirmed is an answer').toBeNull();
    await window.tabTo('[data-testid=picker-done]');
    await window.keys(KEY.enter);
    expect(await window.answers()).toEqual(picked('14'));
    expect(await window.run(`return document.activeElement.className`), 'the focus comes back').toContain(
      'picker',
    );
    expect(await window.run(`return document.querySelector('.picker').innerText.trim()`)).toBe('España');
  });

  it('Escape closes a list and leaves the answer as it was', async () => {
    await window.show('drop-down');
    await window.tabTo('.picker');
    await window.keys(KEY.enter);
    await window.tabTo('dialog input[type=radio]');
    await window.keys(KEY.down, KEY.escape);
    expect(await window.answers()).toBeNull();
    expect(await window.run(`return document.querySelector('.picker').innerText.trim()`)).toBe(
      'Several days',
    );
  });

  it('a PIN that the study finds too short is said to be before it is typed twice', async () => {
    const heading = () => window.run<string>(`return document.querySelector('h1').innerText`);
    await window.show('choose-pin');
    await window.tabTo('[data-testid=participant-number]');
    await window.keys('014-0027', KEY.enter);
    expect(await heading()).toBe('Choose a PIN');
    expect(await window.run(`return document.querySelectorAll('.entered .dot').length`)).toBe(6);
    await window.keys('48261', KEY.enter);
    expect(await window.run(`return document.querySelector('[data-testid=problem]')?.innerText.trim()`)).toBe(
      'A PIN has 6 to 8 digits.',
    );
    expect(await heading()).toBe('Choose a PIN');
    await window.keys('9', KEY.enter);
    expect(await heading()).toBe('Type your PIN once more');
  });

  it('a time, a month and a quantity are typed', async () => {
    await window.show('time');
    await window.tabTo('[data-testid=time-minute]');
    await window.keys(KEY.backspace, KEY.backspace, '4', '5', KEY.tab);
    expect(await window.answers()).toEqual([{ kind: 'time', text: '22:45:00' }]);

    await window.show('date-partial');
    await window.tabTo('[data-testid=date-month]');
    await window.keys(KEY.backspace, KEY.backspace, '1', '1', KEY.tab);
    expect(await window.answers()).toEqual([{ kind: 'date', text: '2024-11' }]);

    await window.show('quantity-units');
    await window.tabTo('.input.number');
    await window.keys('70,5');
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    expect(await window.run(`return document.querySelector('[data-testid=problem]')?.innerText ?? ''`)).toBe(
      'Please choose the unit too.',
    );
    await window.show('quantity-units');
    await window.tabTo('.input.number');
    await window.keys('70,5', KEY.tab, KEY.space);
    expect(await window.answers()).toEqual([{ kind: 'quantity', text: '70.5', unit: '0' }]);
  });

  it('a number is counted up and down, and nothing is there before', async () => {
    const settled = async () => {
      await new Promise((later) => setTimeout(later, 700));
      return window.answers();
    };
    const shown = () => window.run(`return document.querySelector('[data-testid=answer-number]').value`);
    await window.show('spinner');
    expect(await shown()).toBe('');
    expect(await window.called('[data-testid=spin-more]')).toBe('button: More by 1');
    expect(await window.called('[data-testid=answer-number]')).toBe(
      'spinbutton: How many hours did you sleep last night?',
    );
    await window.tabTo('[data-testid=spin-more]');
    await window.keys(KEY.enter);
    expect(await shown(), 'counting begins at the smallest').toBe('0');
    await window.keys(KEY.enter, KEY.space, KEY.space);
    expect(await window.answers(), 'not each step is an answer').toBeNull();
    expect(await settled()).toEqual([{ kind: 'number', text: '3' }]);
    expect(await window.run(`return document.querySelector('[aria-live=polite]').innerText`)).toBe('3 hours');
    await window.run(`document.querySelector('[data-testid=answer-number]').focus()`);
    await window.keys(KEY.down, KEY.up, KEY.up);
    expect(await settled()).toEqual([{ kind: 'number', text: '4' }]);

    await window.show('spinner-decimal', { lang: 'de' });
    expect(
      await window.run(
        `return document.querySelector('[data-testid=spin-more]').getAttribute('aria-disabled')`,
      ),
    ).toBe('true');
    await window.press('[data-testid=spin-more]');
    expect(await shown(), 'nothing beyond the largest').toBe('24');
    await window.press('[data-testid=spin-less]');
    expect(await shown()).toBe('23,5');
    expect(await settled()).toEqual([{ kind: 'number', text: '23.5' }]);

    await window.show('spinner-quantity');
    await window.press('[data-testid=spin-more]');
    await window.tabTo('[data-testid=next]');
    expect(await window.answers(), 'what was counted is saved when it is left').toEqual([
      { kind: 'quantity', text: '72.6', unit: '0' },
    ]);
  });

  it('answers are added and taken away one by one', async () => {
    await window.show('string-several');
    await window.tabTo('[data-testid=several-add]');
    await window.keys(KEY.enter);
    await window.keys('Aspirin', KEY.tab);
    expect(await window.answers()).toEqual(
      ['Metformin', 'Ramipril', 'Aspirin'].map((text) => ({ kind: 'text', text })),
    );
    await window.tabTo('[data-testid=back]');
    await window.run(`document.querySelector('[data-testid=several-remove]').focus()`);
    await window.keys(KEY.enter);
    expect(await window.answers()).toEqual(['Ramipril', 'Aspirin'].map((text) => ({ kind: 'text', text })));
  });

  it('a file is taken away and an entry only after it was asked', async () => {
    await window.show('attachment-taken');
    await window.tabTo('[data-testid=file-remove]');
    await window.keys(KEY.enter);
    expect(((await window.answers()) as { title: unknown }[]).map(({ title }) => title)).toEqual([null]);

    await window.show('instances');
    await window.tabTo('[data-testid=instance-remove]');
    await window.keys(KEY.enter);
    const asked = () =>
      window.run(
        `await new Promise((next) => setTimeout(next, 80)); return document.documentElement.dataset.asked ?? null`,
      );
    expect(await asked()).toBeNull();
    await window.tabTo('[data-testid=instance-remove-confirm]');
    await window.keys(KEY.enter);
    expect(await asked()).toBe('patient_remove');
  });
});

describe('what a form shows beside its words', () => {
  beforeAll(() => window.resize(1024, 768));

  it('is asked for by name, and called what the form calls it', async () => {
    await window.show('picture-question');
    expect(await window.called('[data-testid=picture]')).toContain('take a picture of the place');
    expect(await window.run(`return document.querySelector('[data-testid=picture]').naturalWidth`)).toBe(320);
    await window.show('picture-options');
    expect(await window.called('input[value="1"]')).toContain('radio: Several days');
    expect(await window.run(`return document.querySelectorAll('.option img').length`)).toBe(3);
  });

  it('is enlarged and put away with the keyboard, and the card with a picture is chosen', async () => {
    await window.show('picture-question');
    await window.tabTo('[data-testid=enlarge]');
    await window.keys(KEY.enter);
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
    await window.keys(KEY.escape);
    expect(await window.run(`return document.activeElement.dataset.testid`)).toBe('enlarge');
    await window.show('picture-options');
    await window.tabTo('input[value="1"]');
    await window.keys(KEY.down);
    expect(await window.answers()).toEqual([{ kind: 'choice', option: '2' }]);
  });

  it('does not play before it is asked to, and plays', async () => {
    await window.show('sound');
    const paused = `return document.querySelector('audio').paused`;
    expect(await window.run(paused)).toBe(true);
    await window.tabTo('[data-testid=play]');
    expect(await window.called('[data-testid=play]')).toBe('button: Play');
  });

  it('that cannot be had is said so, and the question is still asked', async () => {
    await window.show('picture-gone');
    expect(
      await window.run(`return document.querySelector('[data-testid=medium-failed]').innerText`),
    ).toContain('cannot be shown here');
    expect(await window.run(`return document.querySelectorAll('.input.number').length`)).toBe(1);
  });
});

describe('several questions on a page', () => {
  beforeAll(() => window.resize(1024, 768));

  const active = (what: string) => window.run<string>(`return document.activeElement.${what} ?? ''`);
  const asked = async () => {
    await new Promise((later) => setTimeout(later, 80));
    return window.run<string | null>(`return document.documentElement.dataset.asked ?? null`);
  };
  const next = async () => {
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    await new Promise((later) => setTimeout(later, 120));
  };

  it('what must be answered is named, found and opened where it is folded', async () => {
    await window.show('page');
    await next();
    expect(await active('dataset.testid'), 'the focus goes to the first').toBe('time-hour');
    expect(await window.run(`return document.querySelector('[data-testid=still-open]').innerText`)).toMatch(
      /2 questions still need an answer/,
    );
    expect(await window.barriers(), 'axe-core').toEqual([]);
    await window.keys('22', KEY.tab, '15', KEY.tab);
    expect(await window.answers()).toEqual([{ kind: 'time', text: '22:15:00' }]);
    expect(await window.run(`return document.querySelector('textarea').checkVisibility()`)).toBe(false);
    await window.tabTo('[data-testid=still-open] button');
    await window.keys(KEY.enter);
    await new Promise((later) => setTimeout(later, 80));
    expect(await active('tagName'), 'what is folded opens').toBe('TEXTAREA');
    await window.keys('x');
    await next();
    expect(await window.run(`return document.querySelector('[data-testid=skip-dialog] h2')?.innerText`)).toBe(
      'Leave 2 questions unanswered?',
    );
    expect(await window.barriers(), 'axe-core').toEqual([]);
    await window.tabTo('[data-testid=skip-confirm]');
    await window.keys(KEY.enter);
    await new Promise((later) => setTimeout(later, 200));
    expect(await asked()).toBe('patient_next');
  });

  it('a table of options is answered row by row', async () => {
    await window.show('table-options');
    expect(await window.called('tbody tr:nth-child(1) td:nth-of-type(2) input')).toBe(
      'radio: Little interest or pleasure in doing things Several days',
    );
    await window.tabTo('tbody tr:nth-child(1) input');
    await window.keys(KEY.space, KEY.right);
    expect(await window.answers()).toEqual([{ kind: 'choice', option: '1' }]);
    expect(await window.run(`return document.querySelectorAll('table :checked').length`)).toBe(2);
  });

  it('a table that does not fit becomes cards, which ask the same', async () => {
    await window.show('table-options', { size: 'largest' });
    expect(await window.run(`return document.querySelector('table')`)).toBeNull();
    expect(await window.run(`return document.querySelectorAll('[role=radiogroup]').length`)).toBe(4);
    await window.tabTo('[data-testid=asked] input[value="0"]');
  });

  it('entries are added, and taken away after it was asked', async () => {
    await window.show('table-entries');
    expect(await window.called('[data-testid=row-remove]')).toBe('button: Take away Entry 1');
    expect(await window.called('tbody input')).toBe('textbox: Entry 1 Medicine');
    await window.tabTo('[data-testid=row-add]');
    await window.keys(KEY.enter);
    expect(await asked()).toBe('patient_add');
    await window.run(`document.querySelector('[data-testid=row-remove]').focus()`);
    await window.keys(KEY.enter);
    expect(await asked()).toBe('patient_add');
    await window.tabTo('[data-testid=instance-remove-confirm]');
    await window.keys(KEY.enter);
    expect(await asked()).toBe('patient_remove');
  });

  it('what is typed in one question stays while another is saved', async () => {
    await window.show('page');
    await window.tabTo('.input.number');
    await window.keys('7,5', KEY.tab, '2', KEY.tab);
    await window.tabTo('input[value="true"]');
    await window.keys(KEY.space);
    expect(await window.answers()).toEqual([{ kind: 'boolean', value: true }]);
    const typed = `return [...document.querySelectorAll('.input')].slice(0, 2).map((one) => one.value)`;
    expect(await window.run(typed)).toEqual(['7,5', '2']);
  });

  it('another section is chosen by its tab', async () => {
    await window.show('tabs');
    await window.tabTo('[data-testid=tab]:not([aria-current])');
    await window.keys(KEY.enter);
    expect(await asked()).toBe('patient_goto');
  });
});

describe('questions that a server chooses', () => {
  const dialog = `return document.querySelector('[data-testid=reopen-dialog]') !== null`;

  it.each(['open-end', 'open-end-page'])('%s does not say how many there will be', async (name) => {
    await window.show(name);
    expect(await window.run(`return document.querySelector('[data-testid=progress-count]').innerText`)).toBe(
      'Question 4',
    );
    expect(await window.run(`return document.querySelector('[role=progressbar]')`)).toBeNull();
  });

  it.each(['open-end', 'open-end-page'])('an answer of %s is changed if they may go', async (name) => {
    const chosen = `return [...document.querySelectorAll('main :checked')].map((one) => one.value)`;
    await window.show(name, { refuse: 'later-questions' });
    const before = await window.run(chosen);
    await window.press('.option:has(input[value="0"])');
    expect(await window.run(dialog)).toBe(true);
    await window.press('[data-testid=reopen-cancel]');
    expect(await window.run(dialog)).toBe(false);
    expect(await window.run(chosen), 'as it was saved').toEqual(before);
    expect(await window.answers()).toBeNull();
    await window.press('.option:has(input[value="0"])');
    await window.press('[data-testid=reopen-confirm]');
    expect(await window.answers()).toEqual([{ kind: 'choice', option: '0' }]);
    expect(await window.run(dialog)).toBe(false);
  });
});

describe('why an answer is not taken', () => {
  it.each([
    [{ refuse: 'constraint', said: 'The end comes before the start.' }, 'The end comes before the start.'],
    [{ refuse: 'wrong-format', said: 'nnn-nnnn' }, 'Please write the answer like this: nnn-nnnn'],
    [{ refuse: 'constraint' }, 'Some answers do not fit together. Please check them.'],
    [{ refuse: 'too-many-answers' }, 'More answers than are asked for: at most 3. Please take some away.'],
  ])('is said in the words of the form where it has some: %j', async (look, words) => {
    await window.show('read-only', look as Record<string, string>);
    await window.press('[data-testid=next]');
    const said = `return document.querySelector('[data-testid=problem]')?.innerText.trim() ?? ''`;
    expect(await window.run(said)).toBe(words);
  });
});

describe('the status line', () => {
  it('says of a full disk what to do, and leads to the device', async () => {
    await window.show('disk-full');
    await window.arrived();
    const status = `document.querySelector('[data-testid=status]')`;
    expect(await window.run(`return ${status}.innerText`)).toContain(
      'The disk is full: make room on it. 5 responses wait, safe on this device.',
    );
    await window.press('[data-testid=status] button');
    expect(await window.run(`return document.querySelector('[aria-current=page]').dataset.testid`)).toBe(
      'rail-device',
    );
  });
});

describe('for whoever hears the page', () => {
  it.each([
    ['formatted', '.options', 'radiogroup: Have you had any pain today? Nearly every day'],
    ['formatted', 'input[value="1"]', 'radio: Several days'],
    ['choice', '.options', 'radiogroup: Moving or speaking so slowly'],
    ['choice', 'input[value="1"]', 'radio: Several days'],
    ['choice-several', '.options', 'group: Which of these illnesses'],
    ['choice-several', 'input[value="4"]', 'checkbox: None of these'],
    ['choice-own', '.own-field input', 'textbox: Something else, in your own words'],
    ['drop-down', '.picker', 'button: What is your marital status? Several days'],
    ['autocomplete', '.picker', 'button: In which country were you born? Tap to choose'],
    ['decimal', '.input.number', 'textbox: How many hours did you sleep last night?'],
    ['date', '[data-testid=date-month]', 'textbox: Month'],
    ['time', '[data-testid=time-hour]', 'textbox: Hour'],
    ['quantity-own-unit', '[data-testid=unit-own]', 'textbox: The unit, in your own words'],
    ['string-several', '[data-testid=several-remove]', 'button: Take away answer 1'],
    ['attachment-taken', '[data-testid=file-remove]', 'button: Take away IMG_20261121_094107.png'],
    ['scale', '[data-testid=scale]', 'slider: How strong was your pain'],
    ['instances', '[data-testid=instance-change]', 'button: Change 14 November 2026, on the stairs'],
  ])('in %s, %s is called "%s"', async (name, selector, words) => {
    await window.show(name);
    expect(await window.called(selector)).toContain(words);
  });
});

describe('from right to left', () => {
  it('everything is mirrored, and numbers and clocks are not', async () => {
    await window.resize(1024, 768);
    await window.show('choice-several', { lang: 'ar' });
    const sides = await window.run<boolean[]>(`
      const box = (selector) => document.querySelector(selector).getBoundingClientRect();
      return [box('.option .mark').left > box('.option .words').right, box('[data-testid=next]').left < box('[data-testid=back]').left];`);
    expect(sides).toEqual([true, true]);
    await window.show('time', { lang: 'ar' });
    expect(
      await window.run(`const box = (part) => document.querySelector('[data-testid=time-' + part + ']').getBoundingClientRect();
        return box('hour').left < box('minute').left;`),
    ).toBe(true);
  });
});
