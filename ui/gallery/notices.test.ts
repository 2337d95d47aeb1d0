// What the server keeps otherwise than it should: what is said of it, and who confirms having seen it.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

const there = (testid: string) =>
  window.run<number>(`return document.querySelectorAll('[data-testid=' + given[0] + ']').length`, testid);
const said = (testid: string) =>
  window.run<string>(
    `return document.querySelector('[data-testid=' + given[0] + ']')?.innerText ?? ''`,
    testid,
  );

describe('what nobody here can mend', () => {
  it('is named with everything that the server keeps, and counted beside the outbox', async () => {
    await window.show('outbox-not-fhir');
    await window.arrived();
    await expect.poll(() => there('notice')).toBe(2);
    const words = await said('notices');
    for (const part of [
      'The server keeps the report of an alert otherwise than it was sent.',
      'AuditEvent/29/_history/1',
      'Provenance/18/_history/1',
      'Provenance/8f1c2f5e-7d37-4a42-9d6e-3c6d1d9a5b10/_history/1',
      'National pain registry',
      'proven by the first named',
    ])
      expect(words).toContain(part);
    expect(await said('notice-count')).toBe('2');
  });

  it('is confirmed with a reason and a password, and then no longer shown', async () => {
    await window.show('notices-confirming');
    await expect.poll(() => there('approve-dialog')).toBe(1);
    await window.press('[data-testid=approve-confirm]');
    expect(await said('problem')).not.toBe('');
    expect(await there('notice'), 'nothing is confirmed without a reason').toBe(2);
    await window.tabTo('[data-testid=reason]');
    await window.keys('The office was told', KEY.tab);
    await window.press('[data-testid=approve-confirm]');
    expect(await there('approve-dialog'), 'nor without a password').toBe(1);
    await window.tabTo('[data-testid=approve-password]');
    await window.keys('secret', KEY.enter);
    await expect.poll(() => there('notices')).toBe(0);
    expect(await there('approve-dialog')).toBe(0);
  });

  it('is shown to those who may not confirm it, without the button', async () => {
    await window.show('inspector-notices');
    await expect.poll(() => there('notice')).toBe(2);
    expect(await there('notices-confirm')).toBe(0);
  });
});
