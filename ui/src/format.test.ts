import { describe, expect, it } from 'vitest';
import {
  base64Bytes,
  dateOrder,
  day,
  fileSize,
  isCalendarDay,
  joinedMoment,
  partialDay,
  scalePoint,
  scaleSteps,
  shownAnswer,
  shownNumber,
  signedTime,
  takesType,
  typedDate,
  typedNumber,
  typedTime,
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
    expect(typedNumber('37,5', 'de')).toBe('37.5');
    expect(typedNumber('37.5', 'de')).toBe('37.5');
    expect(typedNumber('37,5', 'en')).toBe('37.5');
    expect(typedNumber('٣٧٫٥', 'ar')).toBe('37.5');
    expect(typedNumber(' −۴ ', 'ar')).toBe('-4');
    expect(typedNumber('1 200', 'es'), 'a gap groups in every language').toBe('1200');
  });

  it('keeps every digit that was typed, also a last nought', () => {
    expect(typedNumber('72,50', 'de')).toBe('72.50');
    expect(shownNumber('72.50', 'de')).toBe('72,50');
  });

  it.each([
    ['1,200', 'en'],
    ['-12,500', 'en'],
    ['1.200', 'de'],
    ['1.200', 'es'],
    ['1,200', 'es'],
    ['١,٢٠٠', 'ar'],
  ] as const)('%s in %s is asked about, never guessed at', (text, language) => {
    expect(typedNumber(text, language)).toBeNull();
  });

  it('is certain where only one reading is left', () => {
    expect(typedNumber('1.200', 'en')).toBe('1.200');
    expect(typedNumber('1,200', 'de')).toBe('1.200');
    expect(typedNumber('1,200', 'es', 3), 'the form asks for thousandths').toBe('1.200');
    expect(typedNumber('1.200', 'es', 3)).toBeNull();
    expect(typedNumber('٠,١٢٥', 'ar'), 'nobody groups after a nought').toBe('0.125');
    expect(typedNumber('1200,5', 'en')).toBe('1200.5');
    expect(typedNumber('1,2000', 'en')).toBe('1.2000');
    expect(typedNumber('1234,500', 'en'), 'no group has four digits').toBe('1234.500');
  });

  it('leaves what is no number for the backend to refuse', () => {
    expect(typedNumber('1.000,5', 'de')).toBe('1.000.5');
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
    expect(scaleSteps('-0.5', '1', '0.25')).toBe(6);
    expect(scalePoint('-0.5', '0.25', 1)).toBe('-0.25');
    expect(scalePoint('0', '0.1', 3), 'not 0.30000000000000004').toBe('0.3');
  });
});

describe('a date that is not known to the day', () => {
  it('may end with its month or its year, as far as the form allows', () => {
    expect(typedDate('2024', '3', '', 'month')).toBe('2024-03');
    expect(typedDate('2024', '', '', 'year')).toBe('2024');
    expect(typedDate('2024', '3', '', 'day')).toBeNull();
    expect(typedDate('2024', '', '', 'month')).toBeNull();
    expect(typedDate('2024', '', '7', 'year'), 'a day needs its month').toBeNull();
    expect(partialDay('2024-03', 'de')).toBe('März 2024');
    expect(partialDay('2024-13', 'de')).toBe('');
  });
});

describe('a typed time', () => {
  it('is made of its two fields', () => {
    expect(typedTime('9', '٥')).toBe('09:05:00');
    expect(typedTime('', '')).toBe('');
    expect(typedTime('9', '')).toBeNull();
  });

  it('joins its date, and has an offset only where the device gave one', () => {
    expect(joinedMoment('2026-11-21', '')).toBe('2026-11-21');
    expect(joinedMoment('', '09:41:00'), 'a time of no day').toBeNull();
    expect(joinedMoment('2026-11-21', null)).toBeNull();
    expect(joinedMoment('2026-11-21', '09:41:00')).toBe('2026-11-21T09:41:00');
    expect(joinedMoment('2026-10-25', '02:30:00', '+01:00')).toBe('2026-10-25T02:30:00+01:00');
  });
});

describe('answers in words', () => {
  it('have dates, times and numbers as the reader writes them', () => {
    expect(shownAnswer('2026-11-20', [{ kind: 'date', text: '2026-11-20' }], 'es')).toBe(
      '20 de noviembre de 2026',
    );
    expect(shownAnswer('7.5 Stunden', [{ kind: 'number', text: '7.5' }], 'de')).toBe('7,5 Stunden');
    expect(shownAnswer('22:15:00', [{ kind: 'time', text: '22:15:00' }], 'en')).toBe('22:15');
    expect(shownAnswer('2024', [{ kind: 'date', text: '2024' }], 'en')).toBe('2024');
  });

  it('have the seconds too where they are not zero, since they are signed', () => {
    const time = (text: string) => shownAnswer(text, [{ kind: 'time', text }], 'de');
    expect(['22:15:00', '22:15:00.000', '22:15:07', '22:15:00.5'].map(time)).toEqual([
      '22:15',
      '22:15',
      '22:15:07',
      '22:15:00.5',
    ]);
    const moment = (text: string) => shownAnswer(text, [{ kind: 'dateTime', text }], 'en');
    expect(moment('2026-11-21T09:41:00+01:00')).toMatch(/21 Nov 2026, 09:41$/);
    expect(moment('2026-11-21T09:41:07+01:00')).toMatch(/21 Nov 2026, 09:41:07$/);
    expect(moment('2026-11-21T09:41:00.250Z')).toMatch(/21 Nov 2026, 09:41:00.250$/);
    const arabic = shownAnswer(
      '2026-11-21T09:41:07Z',
      [{ kind: 'dateTime', text: '2026-11-21T09:41:07Z' }],
      'ar',
    );
    expect(arabic).toContain('41:07');
  });

  it('keep what the patient wrote, and each of several in its place', () => {
    expect(shownAnswer('um 7.5 Uhr', [{ kind: 'text', text: 'um 7.5 Uhr' }], 'de')).toBe('um 7.5 Uhr');
    const several = ['0.5', '10.5'].map((text) => ({ kind: 'number' as const, text }));
    expect(shownAnswer('0.5, 10.5', several, 'de')).toBe('0,5, 10,5');
  });
});

describe('a file', () => {
  it('has a size that a person reads', () => {
    expect(base64Bytes('TWFu')).toBe(3);
    expect(base64Bytes('TQ==')).toBe(1);
    expect(fileSize(2_500_000, 'de')).toBe('2,5 MB');
    expect(fileSize(12, 'en')).toBe('1 kB');
  });

  it('is of a type that is asked for', () => {
    expect(takesType([], 'text/plain')).toBe(true);
    expect(takesType(['image/*', 'application/pdf'], 'IMAGE/JPEG')).toBe(true);
    expect(takesType(['image/*', 'application/pdf'], 'application/pdf; version=1.7')).toBe(true);
    expect(takesType(['image/*'], 'imaginary/png')).toBe(false);
  });
});
