import { expect, test } from 'vitest';
import { checkSize } from './files';

test('files that are too many or too large together are refused before they are read', () => {
  const files = (count: number, size: number) => Array.from({ length: count }, () => ({ size }));
  const MIB = 1024 * 1024;
  expect(() => checkSize(files(24, MIB))).not.toThrow();
  expect(() => checkSize(files(2, 32 * MIB))).not.toThrow();
  const refused = expect.objectContaining({ code: 'files-too-large' });
  for (const wrong of [files(25, 1), files(1, 64 * MIB + 1), files(3, 32 * MIB)]) {
    let thrown: unknown;
    try {
      checkSize(wrong);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toEqual(refused);
  }
});
