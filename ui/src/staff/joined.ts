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

/** The list with the page that comes after it. */
export function followed<P extends Page<{ id: string }>>(list: P, page: P): P {
  const here = new Set(list.rows.map((row) => row.id));
  const rows = [...list.rows, ...page.rows.filter((row) => !here.has(row.id))];
  return { ...list, rows, total: page.total, next: page.next };
}
