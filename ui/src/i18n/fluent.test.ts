import { FluentResource } from '@fluent/bundle';
import { describe, expect, it } from 'vitest';
import { LOCALES, bundle, format, has, nearest, sources, type Locale } from './fluent';

type Found = { ids: Map<string, Set<string>>; doubled: string[] };

/** The messages of a language, each with the variables it uses. */
function messages(locale: Locale): Found {
  const found: Found = { ids: new Map(), doubled: [] };
  for (const text of sources(locale)) {
    for (const entry of new FluentResource(text).body) {
      if (found.ids.has(entry.id)) found.doubled.push(entry.id);
      const variables = new Set<string>();
      JSON.stringify(entry.value, (_, value: unknown) => {
        if (
          typeof value === 'object' &&
          value !== null &&
          'type' in value &&
          value.type === 'var' &&
          'name' in value
        )
          variables.add(String(value.name));
        return value;
      });
      found.ids.set(entry.id, variables);
    }
  }
  return found;
}

describe('the texts', () => {
  const english = messages('en');

  it.each(LOCALES)('%s has every text of English, once, and no other', (locale) => {
    const own = messages(locale);
    expect([...own.ids.keys()].sort(), 'ids').toEqual([...english.ids.keys()].sort());
    expect(own.doubled, 'written twice').toEqual([]);
  });

  it.each(LOCALES)('%s speaks of the same values as English', (locale) => {
    for (const [id, variables] of messages(locale).ids) {
      expect([...variables].sort(), id).toEqual([...(english.ids.get(id) ?? [])].sort());
    }
  });

  it.each(LOCALES)('%s has no line that Fluent drops as malformed', (locale) => {
    const written = sources(locale)
      .flatMap((text) => text.split('\n'))
      .flatMap((line) => /^([a-zA-Z][\w-]*) =/.exec(line)?.[1] ?? []);
    expect(written.filter((id) => !bundle(locale).hasMessage(id))).toEqual([]);
  });

  it('uses only texts that exist, wherever the page names one in full', () => {
    const pages = import.meta.glob<string>('../**/*.svelte', {
      query: '?raw',
      import: 'default',
      eager: true,
    });
    const unknown = Object.entries(pages).flatMap(([path, text]) =>
      [...text.matchAll(/\bt(?:First)?\(\[?'([^']+)'/g)]
        .flatMap((match) => match[1] ?? [])
        .filter((id) => !has('en', id))
        .map((id) => `${path}: ${id}`),
    );
    expect(unknown).toEqual([]);
  });
});

describe('format', () => {
  it('counts in the grammar of the language', () => {
    expect(format('en', 'error-pin-wrong', { left: 1 })).toBe('The PIN is not right. One try left.');
    expect(format('ar', 'error-pin-wrong', { left: 2 })).toContain('محاولتان');
  });

  it('keeps a number in order inside Arabic, with the digits of the answers', () => {
    expect(format('ar', 'progress-count', { position: 4, total: 11 })).toBe(
      '\u20684\u2069 من \u206811\u2069',
    );
  });

  it('falls back to English for a language that the page does not speak', () => {
    expect(nearest('de-AT')).toBe('de');
    expect(nearest('fr')).toBe('en');
    expect(nearest(null)).toBe('en');
  });
});
