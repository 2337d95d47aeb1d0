// What a screen shows and says: media, pages of several questions, adaptive forms, refusals, names, right to left.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';
import { WORDS } from './words';

let window: Window;
opened((one) => (window = one));

describe('what a form shows beside its words', () => {
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

  it('a row of a table of options is emphasised as its author did', async () => {
    await window.show('table-options');
    const bold = `return document.querySelector('tbody tr:nth-child(3) th .bold')?.innerText ?? ''`;
    expect(await window.run(bold)).toBe('Trouble falling or staying asleep');
  });

  it.each([
    ['table-options', 'thead th:last-child', 'always'],
    ['table-entries', 'thead th:nth-of-type(3) span', 'dose'],
    ['table-entries', 'thead th:nth-of-type(3) .help', 'example'],
    ['table-rows', 'tbody tr:nth-child(2) th', 'right'],
    ['table-rows', 'section > h2', 'hands'],
    ['table-rows', 'section > .stem', 'stem'],
    ['page', '.foldable button > span', 'falls'],
    ['page', 'section.section > h2', 'feeling'],
    ['page-entries', 'section.section > h2', 'falls'],
    ['tabs', '[data-testid=tab][aria-current] > span', 'yesterday'],
  ] as const)('of %s, %s is emphasised as its author did', async (name, place, key) => {
    for (const lang of ['en', 'ar'] as const) {
      await window.show(name, { lang });
      const said = (of: string) =>
        window.run<string>(`return document.querySelector(given[0])?.innerText.trim() ?? ''`, place + of);
      expect(await said('')).toBe(WORDS[key][lang]);
      expect(await said(' .bold')).toBe(WORDS[key][lang].split(' ').at(-1));
    }
  });

  it('what is emphasised is called by all of its words', async () => {
    await window.show('table-rows');
    expect(await window.called('tbody input')).toBe('textbox: Left hand Strength');
    expect(await window.called('table')).toContain('Your hands');
    await window.show('page', { lang: 'ar' });
    expect(await window.called('.foldable button')).toContain(WORDS.falls.ar);
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

describe('a long list', () => {
  it('is there a screen full at a time, and then to its end', async () => {
    await window.show('outbox-many');
    await window.arrived();
    const rows = `document.querySelectorAll('[data-testid=outbox-row]').length`;
    await expect.poll(() => window.run(`return ${rows}`)).toBe(200);
    await window.press('[data-testid=rail-visits]');
    await expect.poll(() => window.run(`return ${rows}`)).toBe(0);
    await window.run(
      `const seen = (window.seen = []);
       new MutationObserver(() => ${rows} !== seen.at(-1) && seen.push(${rows}))
         .observe(document.body, { subtree: true, childList: true });
       document.querySelector('[data-testid=rail-outbox]').click();`,
    );
    await expect.poll(() => window.run(`return ${rows}`)).toBe(200);
    expect((await window.run<number[]>('return window.seen')).filter((count) => count > 0)).toEqual([
      20, 60, 100, 140, 180, 200,
    ]);
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

  it.each([
    ['choice', 'h1', 'Over the last 2 weeks'],
    ['choice', '.options', 'Over the last 2 weeks'],
    ['running', 'h1', 'Please think of the last 7 days'],
    ['running-page', 'h1', 'Please think of the last 7 days'],
    ['page', 'h1', 'Over the last 2 weeks'],
    ['formatted', '.options', 'For example 7.5'],
    ['decimal', '.input.number', 'For example 7.5'],
  ])('in %s, what stands around the question is heard with %s', async (name, selector, words) => {
    await window.show(name);
    expect(await window.described(selector)).toContain(words);
  });

  it('each of several answers has a name of its own', async () => {
    await window.show('string-several');
    expect(await window.called('li:last-child input')).toBe('textbox: Which medicines do you take? Answer 2');
  });
});

describe('a finger on the line', () => {
  it('that the system takes away has answered nothing', async () => {
    await window.show('scale');
    const gesture = (last: string) => `
      const line = document.querySelector('[data-testid=scale]');
      line.setPointerCapture = () => undefined;
      const { left, top, width } = line.getBoundingClientRect();
      const at = (kind, part) => line.dispatchEvent(new PointerEvent(kind,
        { bubbles: true, button: 0, pointerId: 7, clientX: left + width * part, clientY: top }));
      const thumb = () => document.querySelector('[data-testid=scale-thumb]').style.getPropertyValue('--part');
      const drawn = async () => (await new Promise((next) => setTimeout(next, 80)), thumb());
      at('pointerdown', 0.1);
      at('pointermove', 0.2);
      const moved = await drawn();
      at('${last}', 0.9);
      return [moved, await drawn()];`;
    expect(await window.run(gesture('pointercancel'))).toEqual(['20%', '62%']);
    expect(await window.answers()).toBeNull();
    expect(await window.run(gesture('pointerup'))).toEqual(['20%', '90%']);
    expect(await window.answers()).toEqual([{ kind: 'number', text: '90' }]);
  });
});

describe('from right to left', () => {
  it('the words of a form in another language keep their own direction', async () => {
    await window.resize(1024, 768);
    await window.show('alert-elsewhere', { lang: 'ar' });
    await window.arrived();
    // The question mark comes after the last word, to its right.
    const places = await window.run<number[]>(`
      const text = [...document.querySelectorAll('.quiet')].find((one) => one.textContent.endsWith('?')).firstChild;
      const right = (from) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, from + 1);
        return range.getBoundingClientRect().right;
      };
      return [right(text.length - 1), right(text.length - 2)];`);
    expect(places[0]).toBeGreaterThan(places[1] ?? 0);
  });

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

describe('a form that is not wholly translated', () => {
  const inEnglish = `return [...document.querySelectorAll('[lang=en][dir=ltr]')].map((one) => one.textContent.trim())`;

  it('says of each text that is in its own language which one that is', async () => {
    await window.resize(1024, 768);
    await window.show('mixed', { lang: 'ar' });
    const footer = WORDS.rights.en;
    expect(await window.run(inEnglish)).toEqual([
      'Please answer for the last night only.\nTake your time.',
      'I would rather not say',
      footer,
    ]);
    // A full stop comes after the last word, on its right.
    const places = await window.run<number[]>(`
      const text = document.querySelector('#question-help [lang=en]').firstChild;
      const right = (from) => {
        const range = document.createRange();
        range.setStart(text, from);
        range.setEnd(text, from + 1);
        return range.getBoundingClientRect().right;
      };
      return [right(text.length - 1), right(text.length - 2)];`);
    expect(places[0]).toBeGreaterThan(places[1] ?? 0);
    await window.show('mixed-question', { lang: 'de' });
    expect(await window.run(inEnglish)).toContain(WORDS.long.en);
  });

  it('and only that: a number is written as the reader does, and the words around a title are not of it', async () => {
    await window.show('mixed-review', { lang: 'de' });
    expect(await window.run(inEnglish)).toContain(`7,5 ${WORDS.hours.en}`);
    await window.show('mixed-sign', { lang: 'ar' });
    expect(await window.run(inEnglish)).toEqual([WORDS.long.en]);
    expect(await window.run(`return document.querySelector('.facts').textContent`)).toContain('الإصدار');
  });

  it('marks nothing on a screen in that language itself', async () => {
    await window.show('mixed', { lang: 'en' });
    expect(await window.run(`return document.querySelectorAll('#app [dir=ltr], #app [lang]').length`)).toBe(
      0,
    );
  });
});
