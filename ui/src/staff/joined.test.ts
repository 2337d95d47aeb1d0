import { describe, expect, it } from 'vitest';
import { followed, type Page } from './joined';

/** Rows from the newest to the oldest, and where the next page begins. */
const list = (newest: number, oldest: number, total = newest): Page<{ id: string }> => ({
  rows: Array.from({ length: newest - oldest + 1 }, (_, index) => ({ id: `r${newest - index}` })),
  total,
  next: oldest > 1 ? oldest : null,
});

describe('a list in pages', () => {
  it('grows by the next page, and nothing is there twice', () => {
    expect(followed(list(9, 6), list(5, 2, 9))).toEqual(list(9, 2));
    expect(followed(list(9, 6), list(6, 1, 9))).toEqual(list(9, 1));
  });
});
