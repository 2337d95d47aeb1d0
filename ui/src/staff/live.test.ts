import { expect, it, vi } from 'vitest';

vi.mock('../app.svelte', () => ({ app: { refresh: () => Promise.resolve() } }));
vi.mock('../ipc', () => ({ refusal: (thrown: unknown) => thrown }));

const { Live } = await import('./live.svelte');

it('keeps what is on the screen as it was where the backend says the same again', async () => {
  let rows = [{ id: 1 }, { id: 2 }];
  const live = new Live(() => Promise.resolve(structuredClone(rows)));
  await live.load();
  const before = live.value;
  await live.load();
  expect(live.value).toBe(before);
  rows = [{ id: 1 }, { id: 3 }];
  await live.load();
  expect(live.value).toEqual(rows);
  expect(live.value?.[0]).toBe(before?.[0]);
});
