// What a verdict looks like beside its word.
export type Tone = 'good' | 'warn' | 'bad';

const TONES: Record<string, Tone> = { valid: 'good', invalid: 'bad' };

/** Whatever is neither valid nor invalid is undecided. */
export const toneOf = (verdict: string): Tone => TONES[verdict] ?? 'warn';

/** What the five say together, by the worst of them: a headline and a sentence. */
export const OVERALL: Record<Tone, [string, string]> = {
  good: ['report-all-five-checks-passed', 'report-the-record-is-exactly-as-it-was-signed'],
  warn: ['report-not-everything-could-be-decided', 'report-what-is-open-and-why-stands-below'],
  bad: ['report-do-not-rely-on-this-record', 'report-at-least-one-check-failed-it-stands-below'],
};
