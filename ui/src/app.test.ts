import { describe, expect, it, vi } from 'vitest';
import type { AppView } from './bindings';
import { app } from './app.svelte';

const view = vi.hoisted(() => vi.fn<() => Promise<AppView>>());
vi.mock('./ipc', () => ({ view, refusal: (thrown: { code: string }) => thrown }));
vi.mock('./settings.svelte', () => ({ settings: { staffLanguage: 'en' } }));

const blocked = (code: string): AppView => ({ view: 'blocked', code, detail: '', canRetry: false });
const shown = () => (app.view?.view === 'blocked' ? app.view.code : null);

/** What is asked for, answered in the order that the test says. */
function questions() {
  const open: { answer: (view: AppView) => void; refuse: (error: { code: string }) => void }[] = [];
  view.mockImplementation(
    () => new Promise((answer, refuse) => open.push({ answer, refuse: (error) => refuse(error) })),
  );
  return open;
}

describe('the view', () => {
  it('is the newest, in whatever order the answers come', async () => {
    const open = questions();
    const both = [app.refresh(), app.refresh()];
    open[1]?.answer(blocked('newer'));
    await both[1];
    open[0]?.answer(blocked('older'));
    await both[0];
    expect(shown()).toBe('newer');
  });

  it('is what a command answered, not what was asked for before', async () => {
    const open = questions();
    const [before, refused] = [app.refresh(), app.refresh()];
    await app.accept(blocked('of the command'));
    open[0]?.answer(blocked('from before'));
    open[1]?.refuse({ code: 'busy' });
    await Promise.all([before, refused]);
    expect([shown(), app.unreachable]).toEqual(['of the command', null]);
    const after = app.refresh();
    open[2]?.answer(blocked('from after'));
    await after;
    expect(shown()).toBe('from after');
  });
});
