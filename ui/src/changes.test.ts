import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listen, tellAll, whileShown } from './changes';

const changes = vi.hoisted(() => vi.fn<(told: () => void) => Promise<null>>());
vi.mock('./ipc', () => ({ changes }));

describe('what is on the screen', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is asked for at once, after a change and every quarter of a minute, until it is gone', async () => {
    const load = vi.fn(() => Promise.resolve());
    const end = whileShown(load);
    expect(load).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(14_999);
    expect(load).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(load).toHaveBeenCalledTimes(2);
    tellAll();
    expect(load).toHaveBeenCalledTimes(3);
    end();
    tellAll();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('is asked for once more, and only once, for all that changed while it was being asked for', async () => {
    const answers: (() => void)[] = [];
    const load = vi.fn(() => new Promise<void>((done) => answers.push(done)));
    const end = whileShown(load);
    tellAll();
    tellAll();
    expect(load).toHaveBeenCalledTimes(1);
    answers.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(2);
    answers.shift()?.();
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(2);
    end();
  });

  it('goes on after an answer that was an error', async () => {
    const load = vi.fn(() => Promise.reject(new Error('not now')));
    const end = whileShown(load);
    await vi.advanceTimersByTimeAsync(0);
    tellAll();
    expect(load).toHaveBeenCalledTimes(2);
    end();
  });

  it('is asked for once more when the word of the backend is first heard: it may have changed before', async () => {
    let subscribed = (): void => undefined;
    let word = (): void => undefined;
    changes.mockImplementation((told) => {
      word = told;
      return new Promise((done) => (subscribed = () => done(null)));
    });
    const listening = listen();
    const load = vi.fn(() => Promise.resolve());
    const end = whileShown(load);
    await vi.advanceTimersByTimeAsync(0);
    expect(load).toHaveBeenCalledTimes(1);
    subscribed();
    await listening;
    expect(load).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(0);
    word();
    expect(load).toHaveBeenCalledTimes(3);
    end();
  });

  it('is asked for now and then where the backend has no word', async () => {
    changes.mockImplementation(() => Promise.reject(new Error('no such command')));
    await listen();
    const load = vi.fn(() => Promise.resolve());
    const end = whileShown(load);
    await vi.advanceTimersByTimeAsync(15_000);
    expect(load).toHaveBeenCalledTimes(2);
    end();
  });
});
