// Photos as answers, files that are refused before they are read, and a study's codes before the camera.
import { describe, expect, it } from 'vitest';
import { opened } from './opened';
import { KEY, type Window } from './window';

let window: Window;
opened((one) => (window = one));

const there = (selector: string) =>
  window.run<boolean>(`return document.querySelector(given[0])?.checkVisibility() ?? false`, selector);
const cameras = () => window.run<string | null>(`return document.documentElement.dataset.cameras ?? null`);
const words = (selector: string) =>
  window.run<string>(`return document.querySelector(given[0])?.innerText ?? ''`, selector);
const isReady = () =>
  expect
    .poll(() =>
      window.run(`return document.querySelector('[data-testid=camera-take]')?.ariaDisabled ?? null`),
    )
    .toBe('false');

const isUsable = () =>
  expect
    .poll(() => window.run(`return document.querySelector('[data-testid=camera-use]')?.ariaDisabled ?? null`))
    .toBe('false');

type File = { contentType: string; data: string; title: string };
const taken = async () => (await window.answers()) as File[] | null;

/** Chooses a file of so many octets. */
const gives = (type: string, octets: number) =>
  window.run(
    `const field = document.querySelector('[data-testid=file]');
     const given_ = new DataTransfer();
     given_.items.add(new File([new Uint8Array(given[1])], 'x', { type: given[0] }));
     field.files = given_.files;
     field.dispatchEvent(new Event('change', { bubbles: true }));`,
    type,
    octets,
  );

describe('a photo', () => {
  it('is taken, looked at, taken again and given, with the keyboard alone', async () => {
    await window.show('attachment', { camera: 'there' });
    await window.tabTo('[data-testid=photo]');
    await window.keys(KEY.enter);
    await isReady();
    expect(await cameras()).toBe('1');
    expect(await window.called('[data-testid=camera]')).toMatch(/^dialog: Please take a picture/);
    await window.tabTo('[data-testid=camera-take]');
    await window.keys(KEY.enter);
    await expect.poll(() => there('[data-testid=camera-taken]')).toBe(true);
    expect(await cameras(), 'it is off while the photo is looked at').toBe('0');
    expect(await window.called('[data-testid=camera-taken]')).toBe('image: The photo that you took');
    await window.tabTo('[data-testid=camera-again]');
    await window.keys(KEY.enter);
    await isReady();
    expect(await window.at('[data-testid=camera-take]'), 'the focus goes to what comes next').toBe(true);
    await window.keys(KEY.enter, KEY.enter);
    await expect.poll(() => window.at('[data-testid=camera-use]'), { message: 'the focus stays' }).toBe(true);
    expect(await taken(), 'who presses twice has not accepted it').toBeNull();
    await isUsable();
    await window.keys(KEY.enter);
    await expect.poll(async () => (await taken())?.length).toBe(1);
    const [photo] = (await taken()) ?? [];
    expect([photo?.contentType, photo?.title]).toEqual(['image/jpeg', 'photo.jpg']);
    expect(atob(photo?.data ?? '').slice(0, 3), 'JPEG').toBe('\xff\xd8\xff');
    expect([await cameras(), await there('dialog')]).toEqual(['0', false]);
  });

  it('is left by Escape, and the camera is off', async () => {
    await window.show('attachment', { camera: 'there' });
    await window.tabTo('[data-testid=photo]');
    await window.keys(KEY.enter);
    await isReady();
    await window.keys(KEY.escape);
    await expect.poll(() => there('dialog')).toBe(false);
    expect([await cameras(), await taken()]).toEqual(['0', null]);
    expect(await window.at('[data-testid=photo]'), 'the focus comes back').toBe(true);
  });

  it('is made as small as the form wants it, and refused where it cannot be', async () => {
    await window.show('attachment-small', { camera: 'there' });
    await window.press('[data-testid=photo]');
    await isReady();
    await window.press('[data-testid=camera-take]');
    await isUsable();
    await window.press('[data-testid=camera-use]');
    await expect.poll(async () => (await taken())?.length).toBe(1);
    const [photo] = (await taken()) ?? [];
    expect(atob(photo?.data ?? '').length).toBeLessThanOrEqual(6_000);
    await window.show('attachment-smallest', { camera: 'there' });
    await window.press('[data-testid=photo]');
    await isReady();
    await window.press('[data-testid=camera-take]');
    await expect.poll(() => words('[data-testid=problem]')).toContain('small enough');
    expect([await taken(), await cameras()]).toEqual([null, '0']);
  });

  it.each([
    ['none', 'No camera was found'],
    ['refused', 'may not use the camera'],
    ['busy', 'does not work at the moment'],
  ])('of a camera that does not open (%s): it is said why', async (camera, said) => {
    await window.show('attachment', { camera });
    await window.press('[data-testid=photo]');
    await expect.poll(() => words('dialog [data-testid=problem]')).toContain(said);
    expect(await window.barriers()).toEqual([]);
    await window.press('[data-testid=camera-take]');
    expect(await taken()).toBeNull();
  });

  it('is not offered without a camera', async () => {
    await window.show('attachment');
    expect(await there('[data-testid=photo]')).toBe(false);
    expect(await there('[data-testid=file]')).toBe(true);
  });

  it.each([
    ['en', 'light', 1024, 768, 'normal'],
    ['de', 'dark', 800, 1280, 'largest'],
    ['ar', 'contrast', 1024, 768, 'normal'],
  ] as const)(
    'in %s, %s: nothing is cut off and axe finds nothing',
    async (lang, theme, width, height, size) => {
      await window.resize(width, height);
      await window.show('attachment', { camera: 'there', lang, theme, size });
      await window.press('[data-testid=photo]');
      await isReady();
      const looks = async (name: string) => {
        await window.keep(`camera-${name}-${lang}-${theme}`);
        expect(await window.barriers()).toEqual([]);
        expect(await window.clipped()).toEqual([]);
        expect(await window.small(48)).toEqual([]);
      };
      await looks('live');
      await window.press('[data-testid=camera-take]');
      await expect.poll(() => there('[data-testid=camera-taken]')).toBe(true);
      await looks('taken');
      await window.resize(1024, 768);
    },
  );
});

describe('a file', () => {
  it('of another kind is refused before it is read', async () => {
    await window.show('attachment');
    await gives('application/pdf', 10);
    await expect.poll(() => words('[data-testid=problem]')).toContain('kind');
    expect(await taken()).toBeNull();
  });

  it('that is too large is refused before it is read', async () => {
    await window.show('attachment');
    await gives('image/png', 5_000_001);
    await expect.poll(() => words('[data-testid=problem]')).toContain('too large');
    expect(await taken()).toBeNull();
    await gives('image/png', 5_000_000);
    await expect.poll(async () => (await taken())?.length, { message: 'as large as it may be' }).toBe(1);
  });

  it('with nothing in it is refused', async () => {
    await window.show('attachment');
    await gives('image/png', 0);
    await expect.poll(() => there('[data-testid=problem]')).toBe(true);
    expect(await taken()).toBeNull();
  });
});

describe('the codes of a study', () => {
  it('are read from the camera, one after the other, until all are there', async () => {
    await window.show('setup-scanned', { camera: 'there' });
    await window.tabTo('[data-testid=setup-scan]');
    await window.keys(KEY.enter);
    await expect.poll(() => words('[data-testid=scan-codes]')).toContain('1 of 2');
    expect(await there('[data-testid=scan] [data-testid=problem]'), 'nothing in sight is no problem').toBe(
      false,
    );
    expect(await window.barriers()).toEqual([]);
    await window.run(`document.documentElement.dataset.turned = 'yes'`);
    await expect.poll(() => there('[data-testid=scan]')).toBe(false);
    expect(await cameras()).toBe('0');
    expect(await words('h1, h2')).not.toBe('');
    expect(await there('[data-testid=setup-scan]'), 'the document is shown').toBe(false);
  });

  it.each([
    ['en', 'light', 1024, 768, 'normal'],
    ['de', 'dark', 800, 1280, 'largest'],
    ['ar', 'light', 1024, 768, 'normal'],
  ] as const)(
    'in %s, %s: nothing is cut off and axe finds nothing',
    async (lang, theme, width, height, size) => {
      await window.resize(width, height);
      await window.show('setup-scanned', { camera: 'there', lang, theme, size });
      await window.keep(`scan-button-${lang}-${theme}`);
      await window.press('[data-testid=setup-scan]');
      await expect.poll(() => there('[data-testid=scan-codes] strong')).toBe(true);
      await window.keep(`scan-${lang}-${theme}`);
      expect(await window.barriers()).toEqual([]);
      expect(await window.clipped()).toEqual([]);
      await window.press('[data-testid=scan-close]');
      await window.resize(1024, 768);
    },
  );

  it('of another sheet are said to be so, and the camera goes on', async () => {
    await window.show('setup-scanned-other', { camera: 'there' });
    await window.press('[data-testid=setup-scan]');
    await expect.poll(() => there('[data-testid=scan] [data-testid=problem]')).toBe(true);
    expect(await cameras()).toBe('1');
    await window.press('[data-testid=scan-close]');
    await expect.poll(cameras).toBe('0');
  });
});
