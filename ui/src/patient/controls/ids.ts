// What the parts of a question are called in the page. On a page with several questions each has names of its own.
import { getContext, setContext } from 'svelte';

const KEY = Symbol('ids');

/** The ids of these parts, such as `question`, `help` or `problem`, with a space between them. */
export type Ids = (...parts: string[]) => string;

/** Of the question that a control stands under; of the only one where nothing else is said. */
export function ids(): Ids {
  return getContext<Ids | undefined>(KEY) ?? ((...parts) => parts.join(' '));
}

/** Begins a question of its own. `called` are the words that name it, where they stand elsewhere. */
export function ownIds(prefix: string, called?: () => string): Ids {
  const own = (part: string) => (part === 'question' && called ? called() : `${prefix}-${part}`);
  return setContext<Ids>(KEY, (...parts) => parts.map(own).join(' '));
}
