// Steps of a number, exactly: on digits, never on binary fractions, in which 0.1 and 0.2 do not make 0.3.

/** `units` × 10^-`places`. */
type Decimal = { units: bigint; places: number };

/** Larger exponents mean nothing that a person counts in steps. */
const MOST_PLACES = 40;

/** A number as FHIR writes it, also one with an exponent; null for anything else. */
export function readDecimal(text: string): Decimal | null {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,3}))?$/.exec(text) ?? [];
  if (sign === undefined || whole + fraction === '') return null;
  const units = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const places = fraction.length - Number(exponent);
  if (Math.abs(places) > MOST_PLACES) return null;
  return places < 0 ? { units: units * 10n ** BigInt(-places), places: 0 } : { units, places };
}

function written({ units, places }: Decimal): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const sign = units < 0n ? '-' : '';
  return places === 0 ? sign + whole : `${sign}${whole}.${digits.slice(digits.length - places)}`;
}

/** The same number in as many places as the finer of the two. */
const inPlaces = ({ units, places }: Decimal, wanted: number) => units * 10n ** BigInt(wanted - places);

function compare(a: Decimal, b: Decimal): number {
  const places = Math.max(a.places, b.places);
  const difference = inPlaces(a, places) - inPlaces(b, places);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export type Spin = { step: string; min: string | null; max: string | null };

/**
 * The number one step further up (1) or down (-1), or null where there is none. Without a number yet it is where
 * counting begins: the smallest value that there may be, or else zero. A number outside the limits comes back to them.
 */
export function stepped(text: string, by: 1 | -1, spin: Spin): string | null {
  const min = spin.min === null ? null : readDecimal(spin.min);
  const max = spin.max === null ? null : readDecimal(spin.max);
  const step = readDecimal(spin.step);
  if (!step || step.units <= 0n) return null;
  const held = (number: Decimal) => {
    if (max && compare(number, max) > 0) return max;
    return min && compare(number, min) < 0 ? min : number;
  };
  const from = readDecimal(text);
  if (!from) return written(min ?? held({ units: 0n, places: 0 }));
  const inside = held(from);
  if (inside !== from) return written(inside);
  const places = Math.max(from.places, step.places);
  const to = { units: inPlaces(from, places) + BigInt(by) * inPlaces(step, places), places };
  // Half a step is none: 9 in steps of 3 does not become 10, where 10 is the largest.
  return held(to) === to ? written(to) : null;
}
