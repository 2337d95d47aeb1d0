// The language of the page now: the staff's choice, or the patient's while a patient holds the tablet.
import type { FluentVariable } from '@fluent/bundle';
import { app } from '../app.svelte';
import { settings } from '../settings.svelte';
import { format, has, nearest, type Locale } from './fluent';

export function locale(): Locale {
  if (app.view?.view === 'patient') return nearest(app.view.patient.language ?? settings.staffLanguage);
  return settings.staffLanguage;
}

export function t(id: string, values?: Record<string, FluentVariable>): string {
  return format(locale(), id, values);
}

/** The text of the first id that exists: for codes of the backend, ending in one that always does. */
export function tFirst(ids: string[], values?: Record<string, FluentVariable>): string {
  const id = ids.find((candidate) => has(locale(), candidate)) ?? ids[ids.length - 1] ?? '';
  return t(id, values);
}
