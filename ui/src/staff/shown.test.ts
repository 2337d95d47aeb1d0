import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RecordList, RecordRow, RecordsWanted } from '../bindings';
import { Live } from './live.svelte';
import { Pages } from './pages.svelte';

const refresh = vi.hoisted(() => vi.fn(() => Promise.resolve()));
vi.mock('../app.svelte', () => ({ app: { refresh } }));

/** Questions that are answered when the test says so, in the order that it says. */
function questions<T>() {
  const open: { answer: (value: T) => void; refuse: (code: string) => void }[] = [];
  const ask = () =>
    new Promise<T>((answer, reject) =>
      open.push({ answer, refuse: (code) => reject(Object.assign(new Error(code), { code, message: '' })) }),
    );
  return { open, ask };
}

describe('what is loaded', () => {
  beforeEach(() => void refresh.mockClear());

  it('stays when the answer to an older question comes after it', async () => {
    const { open, ask } = questions<string>();
    const live = new Live(ask);
    const both = [live.load(), live.load()];
    open[1]?.answer('newer');
    await both[1];
    open[0]?.answer('older');
    await both[0];
    expect(live.value).toBe('newer');
  });

  it('is not taken for wrong because an older question was refused', async () => {
    const { open, ask } = questions<string>();
    const live = new Live(ask);
    const both = [live.load(), live.load()];
    open[1]?.answer('newer');
    await both[1];
    open[0]?.refuse('busy');
    await both[0];
    expect([live.value, live.error]).toEqual(['newer', null]);
  });

  it('is refused when the newest question is', async () => {
    const { open, ask } = questions<string>();
    const live = new Live(ask);
    const loading = live.load();
    open[0]?.refuse('no-session');
    await loading;
    expect([live.value, live.error?.code]).toEqual([null, 'no-session']);
    expect(refresh).toHaveBeenCalledTimes(1);
  });

  it('is what a command answered, also where a question from before is answered later', async () => {
    const { open, ask } = questions<string>();
    const live = new Live(ask);
    const loading = live.load();
    live.value = 'of the command';
    open[0]?.answer('from before');
    await loading;
    expect(live.value).toBe('of the command');
    const again = live.load();
    open[1]?.answer('from after');
    await again;
    expect(live.value).toBe('from after');
  });
});

describe('a list in pages', () => {
  /** 1300 records, newest first, the way the backend gives them: up to 500 at once. */
  const backend = () => {
    let state: RecordRow['state'] = 'frozen';
    const asked: RecordsWanted[] = [];
    const ask = (wanted: RecordsWanted): Promise<RecordList> => {
      asked.push(wanted);
      const total = wanted.proven ? 0 : 1300;
      const from = wanted.before ?? total + 1;
      const many = Math.min(wanted.most ?? 100, 500, from - 1);
      const rows = Array.from({ length: many }, (_, at) => ({
        id: `r${from - 1 - at}`,
        participant: '014-0027',
        questionnaireTitle: 'Pain',
        signedAt: '2026-11-21T09:41:07+01:00',
        target: null,
        state,
      }));
      const last = from - many;
      return Promise.resolve({
        rows,
        total,
        next: last > 1 ? last : null,
        participants: [],
        organization: false,
      });
    };
    return { ask, asked, become: (to: RecordRow['state']) => (state = to) };
  };

  it('shows no row as it was, however many are shown', async () => {
    const { ask, become } = backend();
    const pages = new Pages(ask);
    await pages.load();
    for (let more = 0; more < 6; more += 1) await pages.more();
    expect(pages.value?.rows).toHaveLength(700);
    become('done');
    await pages.load();
    expect(pages.value?.rows.map((row) => row.id)).toEqual(
      Array.from({ length: 700 }, (_, at) => `r${1300 - at}`),
    );
    expect([...new Set(pages.value?.rows.map((row) => row.state))]).toEqual(['done']);
    expect(pages.value?.next).toBe(601);
  });

  it('ends where there is no more', async () => {
    const { ask, asked } = backend();
    const pages = new Pages(ask);
    await pages.load();
    for (let more = 0; more < 20; more += 1) await pages.more();
    expect(pages.value?.rows).toHaveLength(1300);
    expect(pages.value?.next).toBeNull();
    expect(Math.max(...asked.map((one) => one.most ?? 0))).toBe(500);
  });

  it('begins anew when it is narrowed down', async () => {
    const { ask, asked } = backend();
    const pages = new Pages(ask);
    await pages.load();
    await pages.more();
    await pages.narrow({ proven: true });
    expect(pages.value?.rows).toEqual([]);
    expect(asked.at(-1)).toEqual({ proven: true, most: 100 });
    await pages.narrow({});
    expect(pages.value?.rows).toHaveLength(100);
  });

  it('does not grow shorter when a question from before more was wanted is answered last', async () => {
    const { ask } = backend();
    const waiting: (() => void)[] = [];
    const pages = new Pages((wanted) => new Promise((answer) => waiting.push(() => answer(ask(wanted)))));
    const first = pages.load();
    waiting.shift()?.();
    await first;
    const [before, more] = [pages.load(), pages.more()];
    waiting[1]?.();
    await more;
    waiting[0]?.();
    await before;
    expect(pages.value?.rows).toHaveLength(200);
  });
});
