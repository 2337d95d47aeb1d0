import { describe, expect, it } from 'vitest';
import { asMany, followed, MOST, PAGE, renewed, type Page } from './joined';

/** Rows from the newest to the oldest, and where the next page begins. */
const list = (newest: number, oldest: number, total = newest): Page<{ id: string; at?: string }> => ({
  rows: Array.from({ length: newest - oldest + 1 }, (_, index) => ({ id: `r${newest - index}` })),
  total,
  next: oldest > 1 ? oldest : null,
});

describe('a list in pages', () => {
  it('grows by the next page, and nothing is there twice', () => {
    expect(followed(list(9, 6), list(5, 2, 9))).toEqual(list(9, 2));
    expect(followed(list(9, 6), list(6, 1, 9))).toEqual(list(9, 1));
  });

  it('keeps what was loaded behind what is read again', () => {
    const fresh = list(11, 6);
    fresh.rows[5] = { id: 'r6', at: 'now' };
    const { rows, total, next } = renewed(list(9, 2), fresh);
    expect(rows.map((row) => row.id)).toEqual(list(11, 2).rows.map((row) => row.id));
    expect(rows[5]).toEqual({ id: 'r6', at: 'now' });
    expect([total, next]).toEqual([11, 2]);
  });

  it('is what was read where that is all, or where nothing of it was there before', () => {
    expect(renewed(null, list(9, 6))).toEqual(list(9, 6));
    expect(renewed(list(9, 2), list(11, 1))).toEqual(list(11, 1));
    expect(renewed(list(9, 6), list(30, 20))).toEqual(list(30, 20));
    expect(renewed(list(9, 6), { rows: [], total: 0, next: null }).rows).toEqual([]);
  });

  it('is read again as far as it is loaded, within bounds', () => {
    expect([0, 7, 300, 100_000].map(asMany)).toEqual([PAGE, PAGE, 300, MOST]);
  });
});
