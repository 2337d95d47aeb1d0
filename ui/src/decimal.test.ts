import { describe, expect, it } from 'vitest';
import { readDecimal, stepped } from './decimal';

const free = { min: null, max: null };

describe('a step', () => {
  it.each([
    ['0.1', '0.2', 1, '0.3'],
    ['0.3', '0.1', -1, '0.2'],
    ['0.7', '0.1', 1, '0.8'],
    ['7.50', '0.25', 1, '7.75'],
    ['7', '0.5', 1, '7.5'],
    ['7.5', '1', 1, '8.5'],
    ['0.5', '1', -1, '-0.5'],
    ['-0.5', '0.5', 1, '0.0'],
    ['9007199254740993', '1', 1, '9007199254740994'],
    ['0.00000000000000001', '0.00000000000000001', 1, '0.00000000000000002'],
    ['1e2', '1', 1, '101'],
    ['99.9', '0.1', 1, '100.0'],
  ] as const)('from %s by %s is exact', (from, step, by, to) => {
    expect(stepped(from, by, { step, ...free })).toBe(to);
  });

  it('begins where counting does', () => {
    for (const by of [1, -1] as const) {
      expect(stepped('', by, { step: '1', ...free })).toBe('0');
      expect(stepped('', by, { step: '0.5', min: '35.0', max: '42.0' })).toBe('35.0');
      expect(stepped('', by, { step: '1', min: null, max: '-5' })).toBe('-5');
      expect(stepped('seven', by, { step: '1', min: '2e1', max: null })).toBe('20');
    }
  });

  it('does not leave the limits, and leads back to them', () => {
    const spin = { step: '3', min: '0', max: '10' };
    expect(stepped('9', 1, spin), 'no half step').toBeNull();
    expect(stepped('0', -1, spin)).toBeNull();
    expect(stepped('2', -1, spin)).toBeNull();
    expect(stepped('7', 1, spin)).toBe('10');
    expect(stepped('50', -1, spin)).toBe('10');
    expect(stepped('50', 1, spin)).toBe('10');
    expect(stepped('-4', 1, spin)).toBe('0');
    expect(stepped('-4', -1, spin)).toBe('0');
  });

  it('needs a step', () => {
    for (const step of ['0', '-1', '', 'x']) expect(stepped('1', 1, { step, ...free })).toBeNull();
  });
});

describe('a number as FHIR writes it', () => {
  it('is read, and nothing else is', () => {
    expect(readDecimal('-12.50')).toEqual({ units: -1250n, places: 2 });
    expect(readDecimal('12.5e-1')).toEqual({ units: 125n, places: 2 });
    for (const text of ['', '-', '.', '1.2.3', '1e', '1e9999', '1e300', 'Infinity', '0x10'])
      expect(readDecimal(text), text).toBeNull();
  });
});
