// Whatever else a patient meets, with the keyboard alone.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

const asked = () => window.run<string | null>(`return document.documentElement.dataset.asked ?? null`);
const sent = (...answers: unknown[]) => expect.poll(() => window.answers()).toEqual(answers);
const there = (selector: string) =>
  window.run<boolean>(`return document.querySelector(given[0])?.checkVisibility() ?? false`, selector);

describe('what is chosen', () => {
  it('yes or no: nothing is chosen by passing, and the arrows go from one to the other', async () => {
    await window.show('boolean');
    await window.tabTo('input[value="true"]');
    await window.keys(KEY.tab);
    expect(await window.answers()).toBeNull();
    await window.hold(KEY.shift, KEY.tab);
    expect(await window.at('input[value="false"]'), 'from behind, the last is met first').toBe(true);
    await window.keys(KEY.space);
    await sent({ kind: 'boolean', value: false });
    await window.keys(KEY.up);
    await sent({ kind: 'boolean', value: true });
    expect(await window.called('input:checked')).toBe('radio: Yes');
  });

  it.each([
    ['en', 'right'],
    ['ar', 'left'],
    ['ar', 'down'],
  ] as const)('in %s, options beside each other are gone through by %s', async (lang, key) => {
    await window.show('choice-horizontal', { lang });
    await window.tabTo('input[value="0"]');
    await window.keys(KEY.space, KEY[key]);
    await sent({ kind: 'choice', option: '1' });
    await window.keys(KEY[key]);
    await sent({ kind: 'choice', option: '2' });
  });

  it('several from a long list, of which no more than are asked for', async () => {
    await window.show('autocomplete-several');
    await window.tabTo('.picker');
    await window.keys(KEY.enter);
    await window.tabTo('dialog input[value="8"]');
    await window.keys(KEY.space);
    await window.tabTo('[data-testid=picker-done]');
    await window.keys(KEY.enter);
    await sent({ kind: 'choice', option: '14' });
    await expect.poll(() => window.at('.picker')).toBe(true);
  });

  it('the language, in its own words', async () => {
    await window.show('language');
    await window.tabTo('[data-testid=language-en]');
    expect(await window.run(`return document.querySelector(':checked')`)).toBeNull();
    await window.keys(KEY.space, KEY.down);
    expect(await window.run(`return document.querySelector('h1').innerText`)).toBe('Wählen Sie Ihre Sprache');
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    await expect.poll(asked).toBe('patient_choose_language');
  });

  it('a unit of many, and one of one’s own', async () => {
    await window.show('quantity-own-unit');
    expect(await window.called('.picker')).toBe('button: How much did you drink today? Unit Another unit');
    await window.tabTo('[data-testid=unit-own]');
    await window.keys(KEY.end, '!', KEY.tab);
    await sent({ kind: 'quantity', text: '6', ownUnit: 'cups!' });
    await window.run(`document.querySelector('.picker').focus()`);
    await window.keys(KEY.enter);
    await window.tabTo('dialog input:checked');
    await window.keys(KEY.up);
    await window.tabTo('[data-testid=picker-done]');
    await window.keys(KEY.enter);
    await sent({ kind: 'quantity', text: '6', unit: '4' });
  });
});

describe('what is typed', () => {
  it.each([
    ['integer', '.input.number', '7', { kind: 'number', text: '7' }],
    ['string', '[data-testid=answer-text]', 'Aspirin', { kind: 'text', text: 'Aspirin' }],
    ['url', '[data-testid=answer-text]', 'https://a.example', { kind: 'text', text: 'https://a.example' }],
  ])('of %s goes on by Enter', async (name, field, text, answer) => {
    await window.show(name);
    await window.tabTo(field);
    await window.keys(text, KEY.enter);
    await sent(answer);
    await expect.poll(asked).toBe('patient_next');
  });

  it('in several lines keeps Enter for a new line, and is left by Tab', async () => {
    await window.show('text');
    expect(await window.called('textarea')).toBe(
      'textbox: Is there anything else you would like to tell us about today?',
    );
    await window.tabTo('textarea');
    await window.keys('a', KEY.enter, 'b', KEY.tab);
    await sent({ kind: 'text', text: 'a\nb' });
    expect(await asked()).toBeNull();
    expect(await window.at('textarea')).toBe(false);
  });

  it('of a date, field by field, and read back', async () => {
    await window.show('date');
    for (const [part, digits] of [
      ['day', '9'],
      ['month', '11'],
      ['year', '2026'],
    ] as const) {
      await window.tabTo(`[data-testid=date-${part}]`);
      await window.keys(digits);
    }
    await window.keys(KEY.tab);
    await sent({ kind: 'date', text: '2026-11-09' });
    expect(
      await window.run(`return document.querySelector('[data-testid=date-read-back]').innerText`),
    ).toContain('9 November 2026');
    expect(await window.called('.date')).toBe('group: When did your pain begin?');
  });
});

describe('files', () => {
  it('are chosen from a field that Tab comes to and that is called by its words', async () => {
    await window.show('attachment');
    await window.tabTo('[data-testid=file]');
    expect(await window.called('[data-testid=file]')).toContain('Choose a file');
    expect(await window.described('[data-testid=file]')).toContain('MB');
    expect(await window.called('.take')).toBe('group: Please take a picture of the place on your skin.');
  });

  it('that are taken away leave the focus at the next one, then at what takes another', async () => {
    await window.show('attachment-taken');
    await window.tabTo('[data-testid=file-remove]');
    await window.keys(KEY.enter);
    await expect.poll(() => window.at('[data-testid=file-remove]')).toBe(true);
    await window.keys(KEY.enter);
    await sent();
    await expect.poll(() => window.at('.take input')).toBe(true);
  });
});

describe('what is around a question', () => {
  it('a recording is played and stopped by its button', async () => {
    await window.show('sound');
    await window.tabTo('[data-testid=play]');
    const paused = () => window.run<boolean>(`return document.querySelector('audio').paused`);
    await window.run(
      `const audio = document.querySelector('audio');
       audio.play = async () => { document.documentElement.dataset.played = 'yes'; };`,
    );
    expect(await paused()).toBe(true);
    await window.keys(KEY.enter);
    await expect.poll(() => window.run(`return document.documentElement.dataset.played ?? null`)).toBe('yes');
    expect(await window.at('[data-testid=play]')).toBe(true);
  });

  it.each(['en', 'ar'])('in %s a folded group opens and closes, and says which', async (lang) => {
    await window.show('page', { lang });
    const expanded = () =>
      window.run(`return document.querySelector('[data-testid=fold]').getAttribute('aria-expanded')`);
    await window.tabTo('[data-testid=fold]');
    expect([await expanded(), await there('textarea')]).toEqual(['false', false]);
    await window.keys(KEY.enter);
    expect([await expanded(), await there('textarea')]).toEqual(['true', true]);
    await window.keys(KEY.tab);
    expect(await window.at('textarea'), 'what was folded comes next').toBe(true);
    await window.hold(KEY.shift, KEY.tab);
    await window.keys(KEY.space);
    expect([await expanded(), await there('textarea')]).toEqual(['false', false]);
    await window.keys(KEY.tab);
    expect(await window.at('textarea'), 'what is folded is passed over').toBe(false);
  });

  it('sections say where one is and whether something is open in them', async () => {
    await window.show('tabs');
    expect(await window.called('[data-testid=tabs]')).toBe('navigation: Sections');
    expect(await window.called('[data-testid=tab]')).toMatch(/^button: How you feel .+/);
    expect(await window.run(`return document.querySelectorAll('[aria-current=page]').length`)).toBe(1);
  });

  it('how far it is has a name and a value in words', async () => {
    await window.show('choice');
    expect(await window.called('[role=progressbar]')).toBe('progressbar: How far you are');
    expect(
      await window.run(`return document.querySelector('[role=progressbar]').getAttribute('aria-valuetext')`),
    ).toBe('4 of 11');
  });

  it('help stands with its question, and legal words with the screen', async () => {
    await window.show('decimal');
    expect(await window.described('h1')).toContain('For example 7.5');
    await window.show('running');
    expect(await window.run(`return document.querySelector('main').innerText`)).toContain(
      '© 2026 Example Institute.',
    );
  });

  it('a question is left out on purpose only after asking, and Escape asks no more', async () => {
    await window.show('choice');
    await window.tabTo('[data-testid=skip]');
    await window.keys(KEY.enter);
    expect(await there('[data-testid=skip-dialog]')).toBe(true);
    await window.keys(KEY.escape);
    await expect.poll(() => there('[data-testid=skip-dialog]')).toBe(false);
    expect(await window.at('[data-testid=skip]'), 'the focus comes back').toBe(true);
    expect(await asked()).toBeNull();
    await window.keys(KEY.enter);
    await window.tabTo('[data-testid=skip-confirm]');
    await window.keys(KEY.enter);
    await expect.poll(asked).toBe('patient_next');
  });

  it('an answer on the review is gone back to', async () => {
    await window.show('review');
    await window.tabTo('[data-testid=review-row]');
    expect(await window.called('[data-testid=review-row]')).toMatch(
      /^button: When did your pain begin\? .*November.* Change$/,
    );
    await window.keys(KEY.enter);
    await expect.poll(asked).toBe('patient_goto');
  });

  it('letters are made larger, and the window for it is closed by Escape', async () => {
    await window.show('choice');
    await window.tabTo('[data-testid=look]');
    await window.keys(KEY.enter);
    const size = () =>
      window.run<number>(`return parseFloat(getComputedStyle(document.documentElement).fontSize)`);
    const before = await size();
    await window.tabTo('dialog input[type=radio]:checked');
    await window.keys(KEY.down);
    await expect.poll(size).toBeGreaterThan(before);
    await window.keys(KEY.escape);
    await expect.poll(() => window.at('[data-testid=look]')).toBe(true);
  });
});

describe('what a form finds odd', () => {
  it('is said beside the answer, and keeps nobody from going on', async () => {
    await window.show('warned');
    expect(await window.run(`return document.querySelector('[data-testid=warning]').innerText`)).toContain(
      'more than 20 hours',
    );
    expect(await window.called('.warnings')).toMatch(/^status/);
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    await expect.poll(asked).toBe('patient_next');
  });

  it('of what is typed is read before the next screen comes, once', async () => {
    await window.show('odd');
    await window.tabTo('.input.number');
    await window.keys('22', KEY.enter);
    await expect.poll(() => there('[data-testid=warning]')).toBe(true);
    expect(await asked()).toBeNull();
    await window.keys(KEY.enter);
    await expect.poll(asked).toBe('patient_next');
  });
});
