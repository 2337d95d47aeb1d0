// Texts that are set apart by what they are for, as they are seen and as they are heard.
import { describe, expect, it } from 'vitest';
import { FACES } from './faces';
import { opened } from './opened';
import { WORDS } from './words';
import type { Window } from './window';

let window: Window;
opened((one) => (window = one));

/** What stands before a text for whoever hears it. */
const HEARD = {
  en: { instructions: 'Instructions:', security: 'About your privacy:', legal: 'Legal notice:' },
  de: { instructions: 'Anleitung:', security: 'Zum Datenschutz:', legal: 'Rechtlicher Hinweis:' },
  ar: { instructions: 'تعليمات:', security: 'عن الخصوصية:', legal: 'إشعار قانوني:' },
};

type Note = { category: string; heard: string; signs: number; size: number; around: number };

/** Every note on the page, with the size of its letters and of those of the text that it stands in. */
const notes = () =>
  window.run<Note[]>(`return [...document.querySelectorAll('[data-testid=note]')].map((note) => ({
    category: note.classList[1],
    heard: note.textContent.replace(/\\s+/g, ' ').trim(),
    signs: note.querySelectorAll('svg[aria-hidden=true]').length,
    size: parseFloat(getComputedStyle(note).fontSize),
    around: parseFloat(getComputedStyle(note.closest('p, h1, li, div')).fontSize),
  }))`);

describe.each(FACES)('in $lang, $theme, $width pixels wide', ({ width, height, lang, theme }) => {
  it.each(['categories', 'category-alone', 'categories-page', 'review-formatted'])(
    '%s has no barrier, and is not cut off',
    async (name) => {
      await window.resize(width, height);
      await window.show(name, { lang, theme });
      await window.keep(`notes-${name}-${lang}-${theme}-${width}`);
      expect(await window.barriers(), 'axe-core').toEqual([]);
      expect(await window.clipped(), 'cut off').toEqual([]);
    },
  );

  it('each is known by its sign, and heard by its name', async () => {
    await window.resize(width, height);
    await window.show('categories', { lang, theme });
    const found = await notes();
    expect(found.map(({ category, heard, signs }) => [category, heard, signs])).toEqual([
      ['instructions', `${HEARD[lang].instructions} ${WORDS.bestFit[lang]}`, 1],
      ['security', `${HEARD[lang].security} ${WORDS.secret[lang]}`, 1],
      ['legal', `${HEARD[lang].legal} ${WORDS.copyright[lang]}`, 1],
    ]);
    const [instructions, ...small] = found;
    expect(instructions?.size, 'instructions are as large as the text').toBe(instructions?.around);
    for (const { size, around } of small) {
      expect(size).toBeLessThanOrEqual(around);
      expect(size, 'no smaller than help').toBeGreaterThanOrEqual(16);
    }
  });
});

describe('what a text is for', () => {
  it('is heard with the question', async () => {
    await window.show('categories');
    const heard = await window.described('h1');
    expect(heard).toContain(`Instructions: ${WORDS.bestFit.en}`);
    expect(heard).toContain(`Legal notice: ${WORDS.copyright.en}`);
    await window.show('category-alone');
    expect(await window.called('h1')).toBe(`heading: Legal notice: ${WORDS.copyright.en}`);
  });

  it('needs no sign where it is help, which looks as help does', async () => {
    await window.show('categories-page');
    const [help] = (await notes()).filter(({ category }) => category === 'help');
    expect(help).toMatchObject({ heard: WORDS.example.en, signs: 0 });
    expect(help?.size).toBeLessThan(help?.around ?? 0);
  });
});

describe('the review', () => {
  it('leaves each row its whole height', async () => {
    await window.show('review-formatted');
    const cut = await window.run<number[]>(
      `return [...document.querySelectorAll('[data-testid=review-row]')]
         .map((row) => row.getBoundingClientRect().height - row.closest('li').getBoundingClientRect().height)`,
    );
    expect(cut.length).toBe(2);
    for (const height of cut) expect(height).toBeLessThanOrEqual(0);
  });

  it('shows the texts as their author formatted them', async () => {
    for (const lang of ['en', 'ar'] as const) {
      await window.show('review-formatted', { lang });
      const last = (text: string) => text.split(' ').at(-1);
      const bold = (place: string) =>
        window.run<string>(`return document.querySelector(given[0] + ' .bold')?.innerText ?? ''`, place);
      expect(await bold('[data-testid=review-row]')).toBe(last(WORDS.pain[lang]));
      expect(await bold('.stem-row p')).toBe(last(WORDS.stem[lang]));
      expect(await window.called('[data-testid=review-row]')).toContain(WORDS.pain[lang]);
    }
  });
});
