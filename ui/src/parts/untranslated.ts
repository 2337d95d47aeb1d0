// Which of a form's texts are in another language than the screen (WCAG 2.2, 3.1.2).
import { getContext, setContext } from 'svelte';
import type { Direction, Untranslated } from '../bindings';

const KEY = Symbol('untranslated');

/** What an element says of its words where they are not in the language of the screen. */
export type InOther = { lang: string; dir: Direction };

/** Lines of one language that follow each other. */
export type Piece = { text: string; other: InOther | null };

/** Says of all that is drawn inside which lines are in the form's own language. */
export const markUntranslated = (untranslated: () => Untranslated | undefined) =>
  setContext(KEY, untranslated);

/** Cuts texts into pieces of one language each. */
export function pieces(): (text: string | null) => Piece[] {
  const untranslated = getContext<(() => Untranslated | undefined) | undefined>(KEY);
  return (text) => cut(text ?? '', untranslated?.());
}

/** Cuts a text where its language changes. A blank line goes with the one before it. */
export function cut(text: string, untranslated: Untranslated | undefined): Piece[] {
  if (text === '') return [];
  if (!untranslated) return [{ text, other: null }];
  const other: InOther = { lang: untranslated.language, dir: untranslated.direction };
  const found: Piece[] = [];
  for (const line of text.split('\n')) {
    const last = found.at(-1);
    const own = untranslated.lines.includes(line) ? other : null;
    if (!last) found.push({ text: line, other: own });
    else if (line.trim() === '' || own === last.other) last.text += `\n${line}`;
    else {
      last.text += '\n';
      found.push({ text: line, other: own });
    }
  }
  return found;
}

/** The language and direction of a text that is drawn whole, where all of it is in another than the screen. */
export function ofWhole(found: Piece[]): InOther | null {
  return found.length === 1 ? (found[0]?.other ?? null) : null;
}
