// What a tap on an option does to the options that are ticked, and which options a search finds.
import type { ChoiceOption } from '../../bindings';

/** The ticked options after a tap on `key`, in the author's order. An option that excludes the others stands alone. */
export function tapped(options: ChoiceOption[], ticked: string[], key: string, several: boolean): string[] {
  if (!several) return [key];
  if (ticked.includes(key)) return ticked.filter((one) => one !== key);
  const exclusive = (one: string) => options.find((option) => option.key === one)?.exclusive ?? false;
  if (exclusive(key)) return [key];
  const now = [...ticked.filter((one) => !exclusive(one)), key];
  return options.map((option) => option.key).filter((one) => now.includes(one));
}

/** Letters as people search for them: without case, accents or the short vowels of Arabic. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\p{M}\u0640]/gu, '')
    .toLowerCase();
}

/** The options in which every word of the search is found, those that begin with it first. */
export function matching(options: ChoiceOption[], search: string): ChoiceOption[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return options;
  const found = options
    .map((option) => ({ option, text: plain(`${option.prefix ?? ''} ${option.label}`).trim() }))
    .filter(({ text }) => words.every((word) => text.includes(word)));
  const begins = (text: string) => text.startsWith(words[0] ?? '');
  return [...found.filter(({ text }) => begins(text)), ...found.filter(({ text }) => !begins(text))].map(
    ({ option }) => option,
  );
}
