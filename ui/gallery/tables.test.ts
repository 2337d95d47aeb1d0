// Tables with the keyboard alone: their cells in order, rows that come and go, and what each cell is called.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

const active = (what: string) => window.run<string>(`return document.activeElement.${what} ?? ''`);
/** Row and column of the cell that has the focus. */
const cell = () =>
  window.run<number[] | null>(
    `const cell = document.activeElement.closest('td, th');
     return cell && [cell.parentElement.sectionRowIndex, cell.cellIndex];`,
  );
const chosen = () =>
  window.run<string[]>(`return [...document.querySelectorAll('table :checked')].map((one) =>
    one.closest('tr').sectionRowIndex + ' ' + one.value)`);
const rows = () => window.run<number>(`return document.querySelectorAll('[data-testid=row]').length`);

describe('a table of options', () => {
  it('has one stop of Tab a row, at what is chosen', async () => {
    await window.show('table-options');
    await window.tabTo('table input');
    const stops = [await cell()];
    for (let row = 1; row < 4; row += 1) {
      await window.keys(KEY.tab);
      stops.push(await cell());
    }
    expect(stops).toEqual([
      [0, 1],
      [1, 3],
      [2, 1],
      [3, 1],
    ]);
    expect(await chosen(), 'passing by chooses nothing').toEqual(['1 2']);
    expect(await window.answers()).toBeNull();
    await window.hold(KEY.shift, KEY.tab);
    expect((await cell())?.[0], 'and back').toBe(2);
    await window.keys(KEY.tab, KEY.tab);
    expect(await window.at('table *')).toBe(false);
  });

  it.each([
    ['en', 'right', 'left'],
    ['ar', 'left', 'right'],
    ['en', 'down', 'up'],
    ['ar', 'down', 'up'],
  ] as const)('in %s goes on by %s and back by %s, in its own row', async (lang, on, back) => {
    await window.show('table-options', { lang });
    await window.tabTo('table input');
    const left = async () =>
      window.run<number>(`return document.activeElement.closest('td').getBoundingClientRect().left`);
    await window.keys(KEY.space);
    const first = await left();
    await window.keys(KEY[on]);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'choice', option: '1' }]);
    expect(await chosen()).toEqual(['0 1', '1 2']);
    expect(Math.sign((await left()) - first), 'where it goes').toBe(lang === 'ar' ? -1 : 1);
    await window.keys(KEY[on], KEY[on], KEY[back], KEY[back], KEY[back]);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'choice', option: '0' }]);
    await window.keys(KEY[back]);
    expect(await chosen(), 'and not beyond its end').toEqual(['0 0', '1 2']);
  });

  it('calls each cell by its row and its column', async () => {
    await window.show('table-options');
    for (const row of [1, 2, 3, 4])
      expect(await window.called(`tbody tr:nth-child(${row}) td:last-child input`)).toMatch(
        /^radio: .+ Nearly every day$/,
      );
    expect(await window.called('table')).toBe('table: How you feel');
    expect(await window.run(`return document.querySelectorAll('th[scope=col]').length`)).toBe(4);
    expect(await window.run(`return document.querySelectorAll('th[scope=row]').length`)).toBe(4);
  });
});

describe('a table of fields', () => {
  it('is gone through row by row, each field in its turn', async () => {
    await window.show('table-rows');
    await window.tabTo('table input');
    const stops = [await cell()];
    for (;;) {
      await window.keys(KEY.tab);
      const at = await cell();
      if (at === null || stops.length > 12) break;
      stops.push(at);
    }
    expect(stops).toEqual([
      [0, 1],
      [0, 2],
      [1, 1],
      [1, 2],
    ]);
    expect(await window.called('tbody tr:nth-child(2) td:nth-of-type(1) input')).toBe(
      'textbox: Right hand Strength',
    );
    expect(await window.called('tbody tr:nth-child(2) [role=radiogroup]')).toBe(
      'radiogroup: Right hand Numb?',
    );
  });

  it('is answered in each of its cells', async () => {
    await window.show('table-rows');
    await window.tabTo('table input');
    await window.keys('41', KEY.tab);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'number', text: '41' }]);
    expect(await active('value'), 'the answered radio').toBe('false');
    await window.keys(KEY.up);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'boolean', value: true }]);
    expect(await cell()).toEqual([0, 2]);
    await window.keys(KEY.tab, '37', KEY.tab);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'number', text: '37' }]);
  });

  it('is counted in with spin buttons that say which cell they are of', async () => {
    await window.show('spinner-table');
    expect(await window.described('tbody tr:nth-child(2) [data-testid=spin-more]')).toBe(
      'Right hand Strength',
    );
    expect(await window.called('tbody tr:nth-child(2) [role=spinbutton]')).toBe(
      'spinbutton: Right hand Strength',
    );
  });

  it.each(['en', 'ar'])('in %s opens a list in a cell, and comes back to it', async (lang) => {
    await window.show('table-entries', { lang });
    await window.tabTo('tbody tr:nth-child(2) .picker');
    const at = await cell();
    await window.keys(KEY.enter);
    await window.keys(KEY.up);
    await window.tabTo('[data-testid=picker-done]');
    await window.keys(KEY.enter);
    await expect.poll(() => window.answers()).toEqual([{ kind: 'choice', option: '2' }]);
    expect(await window.at('.picker')).toBe(true);
    expect(await cell()).toEqual(at);
  });
});

describe('rows that come and go', () => {
  it.each(['table-entries', 'page-entries'])(
    'of %s: a new one has the focus in its first field',
    async (name) => {
      await window.show(name);
      const before = await rows();
      await window.tabTo('[data-testid=row-add]');
      await window.keys(KEY.enter);
      await expect.poll(rows).toBe(before + 1);
      await expect
        .poll(() => window.at('[data-testid=row]:last-child input'), {
          message: 'the focus is in the new row',
        })
        .toBe(true);
      expect(await window.run(`return document.activeElement.value`)).toBe('');
      if (name !== 'table-entries') return;
      await window.keys('Ibuprofen', KEY.tab);
      await expect.poll(() => window.answers()).toEqual([{ kind: 'text', text: 'Ibuprofen' }]);
      expect(await cell()).toEqual([before, 2]);
    },
  );

  it.each(['table-entries', 'page-entries'])('of %s: one is taken away after it was asked', async (name) => {
    await window.show(name);
    const before = await rows();
    await window.tabTo('[data-testid=row-remove]');
    await window.keys(KEY.enter);
    expect(await window.at('dialog *'), 'the focus is in the question').toBe(true);
    await window.keys(KEY.escape);
    await expect
      .poll(() => window.at('[data-testid=row-remove]'), { message: 'back where it was' })
      .toBe(true);
    expect(await rows()).toBe(before);
    await window.keys(KEY.enter);
    await window.tabTo('[data-testid=instance-remove-confirm]');
    await window.keys(KEY.enter);
    await expect.poll(rows).toBe(before - 1);
    await expect.poll(() => window.at('[data-testid=row-add]'), { message: 'not lost' }).toBe(true);
  });

  it('of a group asked one by one: the next entry has the focus, then what adds one', async () => {
    await window.show('instances');
    const entries = () =>
      window.run<string[]>(
        `return [...document.querySelectorAll('[data-testid=instance] .summary')].map((one) => one.innerText)`,
      );
    const remove = async () => {
      await window.keys(KEY.enter);
      await window.tabTo('[data-testid=instance-remove-confirm]');
      await window.keys(KEY.enter);
    };
    expect(await entries()).toHaveLength(2);
    await window.tabTo('[data-testid=instance-remove]');
    await remove();
    await expect.poll(entries).toHaveLength(1);
    await expect.poll(() => window.at('[data-testid=instance-remove]')).toBe(true);
    await remove();
    await expect.poll(entries).toHaveLength(0);
    await expect.poll(() => window.at('[data-testid=instance-add]')).toBe(true);
  });
});
