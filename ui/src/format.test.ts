import { describe, expect, it } from 'vitest';
import {
  dateOrder,
  day,
  isCalendarDay,
  scalePoint,
  scaleSteps,
  shownNumber,
  signedTime,
  typedDate,
  typedNumber,
} from './format';

describe('the time of a signature', () => {
  it('is shown as written, not in the zone of this device', () => {
    expect(signedTime('2026-11-21T09:41:07+01:00', 'en')).toBe('21 November 2026 at 09:41 (UTC+1)');
    expect(signedTime('2026-11-21T23:41:07-05:30', 'de')).toBe('21. November 2026 um 23:41 (UTC−5:30)');
    expect(signedTime('2026-11-21T09:41:07.123Z', 'en')).toContain('(UTC)');
  });

  it('is left as it is when it is not a time', () => {
    expect(signedTime('soon', 'en')).toBe('soon');
  });
});

describe('a typed number', () => {
  it('takes the comma, the digits and the signs of other keyboards', () => {
    expect(typedNumber('37,5')).toBe('37.5');
    expect(typedNumber('٣٧٫٥')).toBe('37.5');
    expect(typedNumber(' −۴ ')).toBe('-4');
  });

  it('keeps every digit that was typed, also a last nought', () => {
    expect(typedNumber('72,50')).toBe('72.50');
    expect(shownNumber('72.50', 'de')).toBe('72,50');
  });

  it('leaves what is no number for the backend to refuse', () => {
    expect(typedNumber('1.000,5')).toBe('1.000.5');
  });
});

describe('a typed date', () => {
  it('is made of its three fields', () => {
    expect(typedDate('2026', '3', '٧')).toBe('2026-03-07');
    expect(typedDate('', '', '')).toBe('');
    expect(typedDate('2026', '', '7')).toBeNull();
  });

  it('is read back only if it is in the calendar', () => {
    expect(isCalendarDay('2024-02-29')).toBe(true);
    expect(isCalendarDay('2026-02-29')).toBe(false);
    expect(isCalendarDay('0026-13-45')).toBe(false);
    expect(day('2026-11-21', 'en', true)).toMatch(/^Saturday,? 21 November 2026$/);
  });

  it('is asked for in the order of the language', () => {
    expect(dateOrder('de')).toEqual(['day', 'month', 'year']);
    expect(dateOrder('en')).toEqual(['day', 'month', 'year']);
  });
});

describe('a visual analogue scale', () => {
  it('has 101 points however long the line', () => {
    expect(scaleSteps('0', '100', '1')).toBe(100);
    expect(scalePoint('0', '1', 65)).toBe('65');
    expect(scaleSteps('0', '10', '0.1')).toBe(100);
    expect(scalePoint('0', '0.1', 65)).toBe('6.5');
  });
});
