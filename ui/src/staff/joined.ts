// Pages of a list that the backend reads one after the other, newest first.

export type Page<Row> = {
  rows: Row[];
  /** How many rows there are. */
  total: number;
  /** Where the next page begins. */
  next: number | null;
};

/** Rows of a page, and how many are ever asked for at once: what the backend gives. */
export const PAGE = 100;
export const MOST = 500;

/** How many rows to ask for, so that whoever has loaded some keeps them. */
export const asMany = (shown: number): number => Math.min(Math.max(shown, PAGE), MOST);

/** The list with the page that comes after it. */
export function followed<P extends Page<{ id: string }>>(list: P, page: P): P {
  const here = new Set(list.rows.map((row) => row.id));
  const rows = [...list.rows, ...page.rows.filter((row) => !here.has(row.id))];
  return { ...list, rows, total: page.total, next: page.next };
}

/** The list once its beginning was read again: what was loaded behind that stays. */
export function renewed<P extends Page<{ id: string }>>(list: P | null, fresh: P): P {
  const last = fresh.rows.at(-1)?.id;
  const at = list?.rows.findIndex((row) => row.id === last) ?? -1;
  if (!list || fresh.next === null || at < 0) return fresh;
  const here = new Set(fresh.rows.map((row) => row.id));
  const behind = list.rows.slice(at + 1).filter((row) => !here.has(row.id));
  if (behind.length === 0) return fresh;
  return { ...fresh, rows: [...fresh.rows, ...behind], next: list.next };
}
