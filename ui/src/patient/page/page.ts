// What everything on a page can ask of the page that it stands on.
import { getContext, setContext } from 'svelte';
import type { Part, Page, Screen } from '../../bindings';
import type { Draft } from '../draft.svelte';

export type OnPage = {
  /** What is being answered, by the key of its question. */
  drafts: Map<string, Draft>;
  next: () => void;
  add: (group: string) => void;
  remove: (group: string, instance: number) => void;
  /** The question to which the patient is led: what is folded around it opens. */
  led: () => string | null;
};

const KEY = Symbol('page');

export const pageOf = () => getContext<OnPage>(KEY);
export const bePage = (page: OnPage) => setContext(KEY, page);

/** Every question in these parts, in order. */
export function questionsOf(parts: Part[]): Screen[] {
  return parts.flatMap((part) => {
    if (part.kind === 'question') return [part.question];
    if (part.kind === 'group') return questionsOf(part.parts);
    if (part.kind === 'instances') return part.instances.flatMap((one) => questionsOf(one.parts));
    if (part.kind === 'table')
      return part.table.rows.flatMap((row) => row.cells.filter((cell) => cell !== null));
    return [];
  });
}

/** The questions of a page that are neither answered nor left out on purpose: those that must be answered, and others. */
export function openOn(page: Page): { required: Screen[]; optional: Screen[] } {
  const open = questionsOf(page.parts).filter((question) => question.missing);
  const must = (question: Screen) => question.required || question.answers.length > 0;
  return { required: open.filter(must), optional: open.filter((question) => !must(question)) };
}
