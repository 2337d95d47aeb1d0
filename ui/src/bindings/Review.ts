import type { ReviewRow } from './ReviewRow';

export type Review = { rows: ReviewRow[]; complete: boolean };
