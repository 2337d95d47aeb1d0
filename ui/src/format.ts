// How dates, times and numbers are written and read. Nothing here decides whether an answer is right.
import type { Answer } from './bindings';
import { FORMAT_LOCALE, type Locale } from './i18n/fluent';

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

type Stamp = { wall: Date; fraction: string; offset: string };

/** The wall clock as written, so that a time signed elsewhere is not moved into this device's zone. */
function stamp(text: string): Stamp | null {
  const parts = RFC3339.exec(text);
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const wall = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  return { wall, fraction: parts[7] ?? '', offset: parts[8] ?? 'Z' };
}

/** "+01:00" → "UTC+1", "Z" → "UTC". */
function zone(offset: string): string {
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(offset);
  if (!parts || (parts[2] === '00' && parts[3] === '00')) return 'UTC';
  const minutes = parts[3] === '00' ? '' : `:${parts[3]}`;
  return `UTC${parts[1] === '-' ? '−' : '+'}${Number(parts[2])}${minutes}`;
}

function write(at: Date, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(FORMAT_LOCALE[locale], {
    ...options,
    timeZone: 'UTC',
    hourCycle: 'h23',
  }).format(at);
}

/** Date, time and zone as a signature shows them: "21 November 2026 at 09:41 (UTC+1)". */
export function signedTime(text: string, locale: Locale): string {
  const at = stamp(text);
  if (!at) return text;
  return `${write(at.wall, locale, { dateStyle: 'long', timeStyle: 'short' })} (${zone(at.offset)})`;
}

/** Day and time in brief, for lists: "21 Nov 2026, 09:41". */
export function shortTime(text: string, locale: Locale): string {
  const at = stamp(text);
  if (!at) return text;
  return write(at.wall, locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Day and time of an answer: in brief, but with its seconds where they are not zero: what is shown is what is signed. */
export function answeredTime(text: string, locale: Locale): string {
  const at = stamp(text);
  if (!at) return text;
  const fraction = at.fraction.replace(/^\.0+$/, '');
  if (at.wall.getUTCSeconds() === 0 && fraction === '') return shortTime(text, locale);
  const time = write(at.wall, locale, { timeStyle: 'medium' });
  const all = write(at.wall, locale, { dateStyle: 'medium', timeStyle: 'medium' });
  return all.replace(time, () => time + fraction);
}

/** A time of day as FHIR writes it, without the seconds where they are zero: "09:41", "09:41:07". */
export function timeOfDay(text: string): string {
  return text.replace(/^(\d\d:\d\d):00(?:\.0+)?$/, '$1');
}

/** Day and time for lists: "21 Nov, 09:41"; the year only where it is not this year. */
export function listTime(text: string, locale: Locale): string {
  const at = stamp(text);
  if (!at) return text;
  const thisYear = at.wall.getUTCFullYear() === new Date().getFullYear();
  return write(at.wall, locale, {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(thisYear ? {} : { year: 'numeric' }),
  });
}

/** Time of day with seconds: "09:41:07". */
export function clockTime(text: string, locale: Locale): string {
  const at = stamp(text);
  return at ? write(at.wall, locale, { timeStyle: 'medium' }) : text;
}

/** A day, from a FHIR date or the date of a timestamp: "21 November 2026"; with `weekday` its name first. */
export function day(text: string, locale: Locale, weekday = false): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(text);
  if (!parts) return text;
  const at = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return write(at, locale, { dateStyle: weekday ? 'full' : 'long' });
}

/** The order in which a language writes the parts of a date. */
export function dateOrder(locale: Locale): ('day' | 'month' | 'year')[] {
  return new Intl.DateTimeFormat(FORMAT_LOCALE[locale], { dateStyle: 'short', timeZone: 'UTC' })
    .formatToParts(new Date(0))
    .map((part) => part.type)
    .filter((type) => type === 'day' || type === 'month' || type === 'year');
}

/** Arabic-Indic and Persian digits to ASCII. */
export function asciiDigits(text: string): string {
  return text
    .replace(/[٠-٩]/g, (digit) => String(digit.charCodeAt(0) - 0x0660))
    .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0));
}

/** The mark before decimals; what else may stand there groups thousands. */
const DECIMAL_MARK: Record<Locale, string> = { en: '.', de: ',', es: ',', ar: '٫' };

/**
 * A typed number as FHIR writes it: decimal mark to point, digits to ASCII, minus signs to hyphen. Null where it can be
 * read in two ways: "1,200" is 1200 to many who write English, and 1.2 to others. In Spanish that goes for either mark,
 * which differ between countries, unless the form asks for thousandths. The backend judges the number.
 */
export function typedNumber(text: string, locale: Locale, places: number | null = null): string | null {
  const plain = asciiDigits(text)
    .replace(/[\s\u200e\u200f\u061c\u2066-\u2069]/g, '')
    .replace(/[−–]/g, '-');
  const [, mark] = /^[-+]?0*[1-9]\d{0,2}([.,٫])\d{3}$/.exec(plain) ?? [];
  const thousandths = places !== null && places >= 3;
  const isSure = mark === DECIMAL_MARK[locale] && (locale !== 'es' || thousandths);
  if (mark !== undefined && !isSure) return null;
  return plain.replace(/[,٫]/g, '.');
}

/** A number of an answer as the reader writes it; digits and precision stay as they are. */
export function shownNumber(text: string, locale: Locale): string {
  return locale === 'de' || locale === 'es' ? text.replace('.', ',') : text;
}

/**
 * What three fields make: a FHIR date when enough of them is there, '' when none is, null when some are missing. Of a
 * date known to the month or the year alone the rest may stay empty.
 */
export function typedDate(
  year: string,
  month: string,
  dayOfMonth: string,
  precision: 'day' | 'month' | 'year' = 'day',
): string | null {
  const [y, m, d] = [year, month, dayOfMonth].map((part) => asciiDigits(part).trim()) as [
    string,
    string,
    string,
  ];
  if (y === '' && m === '' && d === '') return '';
  if (y === '' || (m === '' && d !== '')) return null;
  if (m === '') return precision === 'year' ? y.padStart(4, '0') : null;
  if (d === '') return precision === 'day' ? null : `${y.padStart(4, '0')}-${m.padStart(2, '0')}`;
  return `${y.padStart(4, '0')}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`;
}

/** What two fields make: a FHIR time when both are there, '' when none is, null when one is missing. */
export function typedTime(hour: string, minute: string): string | null {
  const [h, m] = [hour, minute].map((part) => asciiDigits(part).trim()) as [string, string];
  if (h === '' && m === '') return '';
  if (h === '' || m === '') return null;
  return `${h.padStart(2, '0')}:${m.padStart(2, '0')}:00`;
}

/**
 * A date, or a date with a time on the clock when there is one; '' when nothing is typed, null when something is missing.
 * Without an offset the backend gives it that of the device's zone on that day.
 */
export function joinedMoment(date: string | null, time: string | null, offset = ''): string | null {
  if (time === '') return date;
  if (date === '' || date === null || time === null) return null;
  return `${date}T${time}${offset}`;
}

/** A month or a year in words: "March 2024". Empty for what is in no calendar. */
export function partialDay(text: string, locale: Locale): string {
  const parts = /^(\d{4})-(\d\d)$/.exec(text);
  if (!parts) return '';
  const month = Number(parts[2]);
  if (month < 1 || month > 12) return '';
  return write(new Date(Date.UTC(Number(parts[1]), month - 1, 1)), locale, {
    month: 'long',
    year: 'numeric',
  });
}

/** True for a day that is in the calendar: only then is it read back in words. */
export function isCalendarDay(text: string): boolean {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!parts) return false;
  const at = new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
  return at.toISOString().slice(0, 10) === text;
}

/** The point of a line, counted in steps from its low end, as text with the digits of its step. */
export function scalePoint(min: string, step: string, index: number): string {
  const places = Math.max(decimals(min), decimals(step));
  return (Number(min) + index * Number(step)).toFixed(places);
}

/** How many steps a line has; 100 steps are 101 points. */
export function scaleSteps(min: string, max: string, step: string): number {
  return Math.max(1, Math.round((Number(max) - Number(min)) / Number(step)));
}

function decimals(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

/** A size in words: "2.5 MB". */
export function fileSize(bytes: number, locale: Locale): string {
  const [unit, size] =
    bytes < 1000 * 1000 ? ['kilobyte', Math.max(1, bytes / 1000)] : ['megabyte', bytes / (1000 * 1000)];
  return new Intl.NumberFormat(FORMAT_LOCALE[locale], {
    style: 'unit',
    unit,
    maximumFractionDigits: unit === 'megabyte' ? 1 : 0,
  }).format(size);
}

/** How many bytes base64 text stands for. */
export function base64Bytes(data: string): number {
  const padding = data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0;
  return Math.max(0, (data.length / 4) * 3 - padding);
}

/** Whether a media type is among those asked for; every one is where none is named. */
export function takesType(types: string[], type: string): boolean {
  const [essence = ''] = type.toLowerCase().split(';');
  return (
    types.length === 0 ||
    types.some((wanted) =>
      wanted.endsWith('/*')
        ? essence.startsWith(wanted.slice(0, -1)) || wanted === '*/*'
        : wanted === essence,
    )
  );
}

/** One answer that is a date, a time or a number as the reader writes it; null for any other. */
function written(answer: Answer, locale: Locale): string | null {
  switch (answer.kind) {
    case 'date':
      return isCalendarDay(answer.text) ? day(answer.text, locale) : partialDay(answer.text, locale);
    case 'dateTime':
      return answer.text.includes('T')
        ? answeredTime(answer.text, locale)
        : written({ kind: 'date', text: answer.text }, locale);
    case 'time':
      return timeOfDay(answer.text);
    case 'number':
    case 'quantity':
      return shownNumber(answer.text, locale);
    default:
      return null;
  }
}

/** The backend's words for answers, with dates, times and numbers as the reader writes them. */
export function shownAnswer(words: string, answers: Answer[], locale: Locale): string {
  let [done, rest] = ['', words];
  for (const answer of answers) {
    const shown = written(answer, locale);
    if (shown === null || shown === '' || !('text' in answer)) continue;
    const at = rest.indexOf(answer.text);
    if (at < 0) continue;
    done += rest.slice(0, at) + shown;
    rest = rest.slice(at + answer.text.length);
  }
  return done + rest;
}
