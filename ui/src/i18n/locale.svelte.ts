// The language of the page now: the staff's choice, or the patient's while a patient holds the tablet.
import type { FluentVariable } from '@fluent/bundle';
import { app } from '../app.svelte';
import { settings } from '../settings.svelte';
import { format, has, nearest, type Locale } from './fluent';

// Not read anew from each view that comes: every text on the page would be made again with it.
const current = $derived(
  app.view?.view === 'patient'
    ? nearest(app.view.patient.language ?? settings.staffLanguage)
    : settings.staffLanguage,
);

export function locale(): Locale {
  return current;
}

export function t(id: string, values?: Record<string, FluentVariable>): string {
  return format(locale(), id, values);
}

/** The text of the first id that exists: for codes of the backend, ending in one that always does. */
export function tFirst(ids: string[], values?: Record<string, FluentVariable>): string {
  const id = ids.find((candidate) => has(locale(), candidate)) ?? ids[ids.length - 1] ?? '';
  return t(id, values);
}
