// Every control with the keyboard alone.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

describe('with the keyboard alone', () => {
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
    await window.keys('1,200', KEY.tab, KEY.space);
    await window.tabTo('[data-testid=next]');
    await window.keys(KEY.enter);
    expect(
      await window.run(`return document.querySelector('[data-testid=problem]')?.innerText ?? ''`),
    ).toContain('without a mark for thousands');
    expect(await window.answers(), 'what can be read in two ways is not sent').toBeNull();
    expect(await window.run(`return document.querySelector('.input.number').value`)).toBe('1,200');
    await window.show('quantity-units');
    await window.tabTo('.input.number');
    await window.keys('70,5', KEY.tab, KEY.space);
    expect(await window.answers()).toEqual([{ kind: 'quantity', text: '70.5', unit: '0' }]);
  });

  it('Today and Now are what the device says, whatever the clock of the web view shows', async () => {
    const now = async (screen: string, button: string) => {
      await window.show(screen);
      await window.tabTo(`[data-testid=${button}]`);
      await window.keys(KEY.enter);
      return window.answers();
    };
    expect(await now('date', 'date-today')).toEqual([{ kind: 'date', text: '2031-05-04' }]);
    expect(await now('time', 'time-now')).toEqual([{ kind: 'time', text: '07:08:00' }]);
    expect(await now('date-time', 'date-today')).toEqual([
      { kind: 'dateTime', text: '2031-05-04T07:08:00+12:45' },
    ]);
    expect(await window.run(`return document.querySelector('[data-testid=date-year]').value`)).toBe('2031');
    await window.tabTo('[data-testid=time-minute]');
    await window.keys(KEY.backspace, KEY.backspace, '1', '5', KEY.tab);
    expect(await window.answers(), 'what is typed gets its offset from the device').toEqual([
      { kind: 'dateTime', text: '2031-05-04T07:15:00' },
    ]);
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
