import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCALES, has } from '../i18n/fluent';

type Members = { properties: Record<string, unknown> };
const schema = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../docs/study.schema.json'), 'utf8'),
) as { $defs: Record<string, Members> };
const members = (name: string) => Object.keys(schema.$defs[name]?.properties ?? {});

/** A newer document that changes one of these is refused, or it is told of in another way. */
const NEVER_TOLD = ['id', 'version', 'issued', 'server', 'questionnaires', 'policy', 'fhirVersion', 'roles'];

describe('a rule that a newer document changes', () => {
  it.each(LOCALES)('has words for each member of a study in %s', (locale) => {
    const all = [
      ...[...members('Study'), ...members('Policy')].filter((name) => !NEVER_TOLD.includes(name)),
      ...members('Assignments').map((name) => `assignments-${name}`),
      ...members('Roles').map((name) => `roles-${name}`),
    ];
    expect(all.length).toBeGreaterThan(25);
    expect(all.filter((name) => !has(locale, `study-member-${name}`))).toEqual([]);
  });
});
