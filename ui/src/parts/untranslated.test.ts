import { describe, expect, test } from 'vitest';
import type { Untranslated } from '../bindings';
import { cut, ofWhole } from './untranslated';

const english: Untranslated = { language: 'en', direction: 'ltr', lines: ['Last night.', 'At home.'] };
const other = { lang: 'en', dir: 'ltr' };

describe('the language of what a form says', () => {
  test('is that of the screen where nothing else is said', () => {
    expect(cut('Last night.', undefined)).toEqual([{ text: 'Last night.', other: null }]);
    expect(cut('كيف نمت؟', english)).toEqual([{ text: 'كيف نمت؟', other: null }]);
    expect(cut('', english)).toEqual([]);
  });

  test('is said of each run of lines', () => {
    const text = 'الليلة الماضية\n\nLast night.\nAt home.\n\nشكراً';
    const found = cut(text, english);
    expect(found).toEqual([
      { text: 'الليلة الماضية\n\n', other: null },
      { text: 'Last night.\nAt home.\n\n', other },
      { text: 'شكراً', other: null },
    ]);
    expect(found.map((piece) => piece.text).join('')).toBe(text);
    expect(ofWhole(found)).toBeNull();
  });

  test('is that of the whole where all lines are in it', () => {
    expect(ofWhole(cut('Last night.\nAt home.', english))).toEqual(other);
    expect(ofWhole(cut('الليلة الماضية', english))).toBeNull();
    expect(ofWhole([])).toBeNull();
  });
});
