// A film beside a question: played with the keyboard alone, and said in plain words where it cannot be.
import { describe, expect, it } from 'vitest';
import { FACES } from './faces';
import { opened } from './opened';
import { WORDS } from './words';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

/** Whether the film has a picture, whether it stands, and how far it is in seconds. */
const film = () =>
  window.run<{ ready: boolean; paused: boolean; at: number; end: number }>(
    `const video = document.querySelector('video');
     return { ready: video.readyState >= 2, paused: video.paused, at: video.currentTime, end: video.duration };`,
  );

const failed = () => window.run<boolean>(`return !!document.querySelector('[data-testid=medium-failed]')`);

describe.each(FACES)('in $lang, $theme, $width pixels wide', ({ width, height, ...look }) => {
  it.each(['video', 'video-unplayable'])('%s has no barrier, and is not cut off', async (name) => {
    await window.resize(width, height);
    await window.show(name, look);
    await expect
      .poll(name === 'video' ? async () => (await film()).ready : failed, { message: 'drawn' })
      .toBe(true);
    await window.keep(`${name}-${look.lang}-${look.theme}-${width}`);
    expect(await window.barriers(), 'axe-core').toEqual([]);
    expect(await window.clipped(), 'cut off').toEqual([]);
    expect(await window.small(56), 'too small').toEqual([]);
  });
});

describe('a film', () => {
  it('that loads for ever is said not to be playable, and is shown all the same if it comes', async () => {
    await window.show('video');
    // What WebKitGTK leaves behind now and then: no error, nothing known of it, and still loading.
    await window.run(`for (const [name, value] of [['readyState', 0], ['networkState', 2]])
      Object.defineProperty(document.querySelector('video'), name, { configurable: true, value });`);
    expect(await failed(), 'not at once').toBe(false);
    await window.run(`document.querySelector('[data-testid=play]').focus()`);
    await expect.poll(failed).toBe(true);
    const isLed = `return document.activeElement.matches('[role=status]') && document.activeElement.innerText !== ''`;
    expect(await window.run(isLed), 'whoever was at it').toBe(true);
    await window.run(`const video = document.querySelector('video');
      delete video.readyState;
      video.load();`);
    await expect.poll(failed).toBe(false);
    expect(await window.run(`return document.querySelector('[data-testid=play]').checkVisibility()`)).toBe(
      true,
    );
  });

  it('waits until it is asked to, plays, stops and begins again with the keyboard', async () => {
    await window.resize(1024, 768);
    await window.show('video');
    await expect.poll(async () => (await film()).ready).toBe(true);
    expect(await film()).toMatchObject({ paused: true, at: 0 });
    await window.tabTo('[data-testid=play]');
    expect(await window.called('[data-testid=play]')).toBe('button: Play');
    expect(await window.described('[data-testid=play]')).toBe(WORDS.film.en);
    await window.keys(KEY.enter);
    await expect.poll(async () => (await film()).at).toBeGreaterThan(0);
    expect(await window.called('[data-testid=play]')).toBe('button: Pause');
    await window.keys(KEY.space);
    await expect.poll(async () => (await film()).paused).toBe(true);
    const stopped = await film();
    expect(stopped.at, 'before its end').toBeLessThan(stopped.end);
    expect(await window.at('[data-testid=play]'), 'the focus stays').toBe(true);
    await window.keys(KEY.enter);
    await expect.poll(async () => (await film()).paused, { timeout: 8000 }).toBe(true);
    const { at, end } = await film();
    expect(at, 'to its end').toBeCloseTo(end, 1);
    expect(await window.called('[data-testid=play]')).toBe('button: Play');
    await window.keys(KEY.enter);
    await expect.poll(async () => (await film()).at).toBeLessThan(end);
    expect(await window.answers(), 'the question is not answered by it').toBeNull();
  });

  it('that cannot be played is said so, with what it would show, and the question is still asked', async () => {
    await window.show('video-unplayable');
    const said = () =>
      window.run<string>(`return document.querySelector('[data-testid=medium-failed]')?.innerText ?? ''`);
    await expect.poll(said).toContain('cannot be shown here');
    expect(await said()).toContain(WORDS.film.en);
    const seen = `return [...document.querySelectorAll('video, [data-testid=play]')].filter((one) => one.checkVisibility()).length`;
    expect(await window.run(seen)).toBe(0);
    await window.tabTo('input[value="true"]');
    await window.keys(KEY.space);
    expect(await window.answers()).toEqual([{ kind: 'boolean', value: true }]);
  });
});
