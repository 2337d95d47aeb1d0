// What the parts of a question are called in the page. On a page with several questions each has names of its own.
import { getContext, setContext } from 'svelte';

const KEY = Symbol('ids');

/** What the groups above a screen say, before what is asked. */
export const LEAD_IN = 'lead-in';

/** What the form says at the upper edge of a screen. */
export const RUNNING_TOP = 'running-top';

/** The ids of these parts, such as `question`, `help` or `problem`, with a space between them. */
export type Ids = (...parts: string[]) => string;

/** What goes with the help of the only question: what the groups above say, often the time that it asks about. */
const WITH_HELP = `${LEAD_IN} question-help`;

/** Of the question that a control stands under; of the only one where nothing else is said. */
export function ids(): Ids {
  const own = (part: string) => (part === 'question-help' ? WITH_HELP : part);
  return getContext<Ids | undefined>(KEY) ?? ((...parts) => parts.map(own).join(' '));
}

/** Begins a question of its own. `called` are the words that name it, where they stand elsewhere. */
export function ownIds(prefix: string, called?: () => string): Ids {
  const own = (part: string) => (part === 'question' && called ? called() : `${prefix}-${part}`);
  return setContext<Ids>(KEY, (...parts) => parts.map(own).join(' '));
}

/** Begins one of several answers to a question: named after the question and `{prefix}-place`. */
export function rowIds(prefix: string): Ids {
  const outer = ids();
  const own = (part: string) => {
    if (part === 'question') return `${outer(part)} ${prefix}-place`;
    return part.startsWith('question-') ? outer(part) : `${prefix}-${part}`;
  };
  return setContext<Ids>(KEY, (...parts) => parts.map(own).join(' '));
}
