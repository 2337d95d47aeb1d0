// One window for the tests of a file, as large as a tablet to begin with.
import { afterAll, beforeAll, inject } from 'vitest';
import { Window } from './window';

export function opened(take: (window: Window) => void): void {
  let window: Window | undefined;
  beforeAll(async () => {
    window = await Window.open(inject('gallery'));
    await window.resize(1024, 768);
    take(window);
  });
  afterAll(() => window?.close());
}
