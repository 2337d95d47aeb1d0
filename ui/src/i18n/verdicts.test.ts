// Every reason that a verification can give has words: the codes are read where they are given, in Rust.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCALES, bundle } from './fluent';

const SEAL = '../src-tauri/seal/src';
/** These codes say why a certificate or a file was refused; no verdict has them. */
const NO_VERDICTS = [/certificate\/enrolment\.rs$/, /(^|\/)error\.rs$/, /(^|\/)testing\.rs$/, /\/issue\//];

/** The ways in which a code is written: a finding, an error that becomes one, and pairs of a code and its reason. */
const WAYS = [
  /\b(?:valid|indeterminate|invalid)\(\s*(?:Aspect::)?\w+,\s*"([a-z0-9-]+)"/g,
  /\w*Error::new\(\s*"([a-z0-9-]+)",/g,
  /\bcode:\s*"([a-z0-9-]+)"/g,
  /"([a-z0-9]+(?:-[a-z0-9]+)+)",\s*(?:&mut )?(?:\w+\.)?findings\b/g,
  /\(\s*"([a-z0-9]+(?:-[a-z0-9]+)+)",\s*(?:"|format!|reason)/g,
];

function codes(): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(SEAL, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.rs') || NO_VERDICTS.some((one) => one.test(name))) continue;
    const text = readFileSync(join(SEAL, name), 'utf8').split('#[cfg(test)]')[0] ?? '';
    for (const way of WAYS) for (const [, code] of text.matchAll(way)) if (code) found.set(code, name);
  }
  return found;
}

describe('the reasons of verdicts', () => {
  const given = codes();

  it('are found in the sources', () => {
    // One of each way: when a way of writing codes changes, this says so.
    for (const code of ['trusted', 'jws-unreadable', 'not-checked', 'subject-mismatch', 'content-altered'])
      expect([...given.keys()], code).toContain(code);
    expect(given.size).toBeGreaterThan(80);
  });

  it.each(LOCALES)('all have words in %s', (locale) => {
    const without = [...given].filter(([code]) => !bundle(locale).hasMessage(`verdict-reason-${code}`));
    expect(without.map(([code, file]) => `${code} (${file})`)).toEqual([]);
  });
});
