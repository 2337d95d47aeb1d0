// What a new view has in common with the one before stays the same object: only what changed is drawn anew.

/** `after`, with every part that says the same as it did in `before` taken from there; `before` itself where all does. */
export function shared<T>(before: unknown, after: T): T {
  if (Object.is(before, after)) return after;
  if (typeof before !== 'object' || typeof after !== 'object' || before === null || after === null)
    return after;
  if (Array.isArray(before) !== Array.isArray(after)) return after;
  const was = before as Record<string, unknown>;
  const is = after as Record<string, unknown>;
  const names = Object.keys(is);
  let same = names.length === Object.keys(was).length;
  for (const name of names) {
    is[name] = shared(was[name], is[name]);
    same &&= name in was && Object.is(was[name], is[name]);
  }
  return same ? (before as T) : after;
}
