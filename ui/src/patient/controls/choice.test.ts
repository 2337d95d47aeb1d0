import { describe, expect, it } from 'vitest';
import type { ChoiceOption } from '../../bindings';
import { matching, tapped } from './choice';

const option = (key: string, label = key, exclusive = false): ChoiceOption => ({
  key,
  label,
  prefix: null,
  exclusive,
});
const PLACES = [option('head'), option('back'), option('legs'), option('none', 'none', true)];

describe('a tap on an option', () => {
  it('chooses it alone where one answer is asked for', () => {
    expect(tapped(PLACES, ['head'], 'back', false)).toEqual(['back']);
    expect(tapped(PLACES, ['back'], 'back', false)).toEqual(['back']);
  });

  it('ticks and unticks where there may be several, in the order of the form', () => {
    expect(tapped(PLACES, ['legs'], 'head', true)).toEqual(['head', 'legs']);
    expect(tapped(PLACES, ['head', 'legs'], 'head', true)).toEqual(['legs']);
  });

  it('keeps an option that excludes the others alone, whichever came first', () => {
    expect(tapped(PLACES, ['head', 'legs'], 'none', true)).toEqual(['none']);
    expect(tapped(PLACES, ['none'], 'back', true)).toEqual(['back']);
    expect(tapped(PLACES, ['none'], 'none', true)).toEqual([]);
  });
});

describe('a search among options', () => {
  const COUNTRIES = [
    option('at', 'Österreich'),
    option('es', 'España'),
    option('ps', 'Pañales de España'),
    option('sa', 'المملكة العربيّة السعودية'),
  ];
  const found = (search: string) => matching(COUNTRIES, search).map((one) => one.key);

  it('does not mind accents, case or the order of words', () => {
    expect(found('osterr')).toEqual(['at']);
    expect(found('ESPANA')).toEqual(['es', 'ps']);
    expect(found('esp pañal')).toEqual(['ps']);
    expect(found('العربية')).toEqual(['sa']);
  });

  it('shows everything before anything is typed, and nothing where nothing fits', () => {
    expect(found('  ')).toHaveLength(4);
    expect(found('zebra')).toEqual([]);
  });
});
