import { expect, it } from 'vitest';
import { shared } from './shared';

const view = () => ({
  revision: 1,
  step: {
    parts: [
      { key: 'a', answers: ['1'] },
      { key: 'b', answers: [] as string[] },
    ],
    page: null,
  },
});

it('what says the same is the same object', () => {
  const before = view();
  expect(shared(before, view())).toBe(before);
});

it('what changed is new, with everything around it, and nothing beside it', () => {
  const before = view();
  const after = view();
  after.revision = 2;
  after.step.parts[1]?.answers.push('7');
  const drawn = shared(before, after);
  expect(drawn).toEqual({
    revision: 2,
    step: {
      parts: [
        { key: 'a', answers: ['1'] },
        { key: 'b', answers: ['7'] },
      ],
      page: null,
    },
  });
  expect(drawn).not.toBe(before);
  expect(drawn.step.parts[0]).toBe(before.step.parts[0]);
  expect(drawn.step.parts[1]).not.toBe(before.step.parts[1]);
  expect(before, 'the one before is as it was').toEqual(view());
});

it.each([
  [[1, 2], [1]],
  [[1], [1, 2]],
  [{ a: 1 }, { b: 1 }],
  [{ a: undefined }, { b: undefined }],
  [[], {}],
  [{}, []],
  [null, {}],
  [{}, null],
  [{ a: 1, b: 2 }, { a: 1 }],
  ['1', 1],
])('from %j to %j it is what came', (before, after) => {
  const came = JSON.stringify(after);
  const drawn = shared(before, after);
  expect(drawn).not.toBe(before);
  expect(JSON.stringify(drawn)).toBe(came);
  expect(Array.isArray(drawn)).toBe(Array.isArray(after));
});

it('what came in another order is in that order', () => {
  const [one, two] = [{ key: 'a' }, { key: 'b' }];
  expect(shared([one, two], [{ key: 'b' }, { key: 'a' }])).toEqual([two, one]);
});
