// The gallery in a real web view: WebKit as the program has it, driven by WebDriver.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};
/** WCAG 2.2 up to AA, as axe-core calls its rules. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];
const AXE = readFileSync(join(import.meta.dirname, '../node_modules/axe-core/axe.min.js'), 'utf8');
const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** The keys that have no letter. */
export const KEY = {
  tab: '\ue004',
  enter: '\ue007',
  escape: '\ue00c',
  space: ' ',
  up: '\ue013',
  down: '\ue015',
  right: '\ue014',
  left: '\ue012',
  home: '\ue011',
  end: '\ue010',
  pageUp: '\ue00e',
  pageDown: '\ue00f',
  delete: '\ue017',
  shift: '\ue008',
  backspace: '\ue003',
};

async function listening(server: Server): Promise<number> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return (server.address() as AddressInfo).port;
}

/** Serves a folder on loopback. */
async function serve(folder: string): Promise<{ server: Server; port: number }> {
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    const file = join(folder, path === '/' ? 'index.html' : path);
    if (path.includes('..') || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
  return { server, port: await listening(server) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listening(server);
  await new Promise((closed) => server.close(closed));
  return port;
}

export class Window {
  #driver: ChildProcess;
  #server: Server;
  #page: string;
  #session: string;

  private constructor(driver: ChildProcess, server: Server, page: string, session: string) {
    [this.#driver, this.#server, this.#page, this.#session] = [driver, server, page, session];
  }

  static async open(folder: string): Promise<Window> {
    if (!process.env['DISPLAY']) throw new Error('there is no display: run this with scripts/session');
    const { server, port } = await serve(folder);
    const driverPort = await freePort();
    const driver = spawn('WebKitWebDriver', [`--port=${driverPort}`, '--host=127.0.0.1'], {
      stdio: 'ignore',
    });
    const failed = new Promise<never>((_, reject) =>
      driver.on('error', (error) => reject(new Error(`${error.message} (is webkit2gtk-driver installed?)`))),
    );
    const base = `http://127.0.0.1:${driverPort}/session`;
    const started = await Promise.race([failed, begin(base)]);
    return new Window(driver, server, `http://127.0.0.1:${port}/`, `${base}/${started}`);
  }

  async close(): Promise<void> {
    await fetch(this.#session, { method: 'DELETE' }).catch(() => undefined);
    this.#driver.kill();
    this.#server.close();
  }

  async #call(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.#session}/${path}`, { method: 'POST', body: JSON.stringify(body) });
    const { value } = (await response.json()) as { value: unknown };
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value).slice(0, 500)}`);
    return value;
  }

  /** Runs a script in the page; what it returns, or what its promise becomes. */
  async run<T>(script: string, ...given: unknown[]): Promise<T> {
    const wrapped = `const done = arguments[arguments.length - 1]; const given = [...arguments].slice(0, -1);
      Promise.resolve((async () => { ${script} })()).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const answer = (await this.#call('execute/async', { script: wrapped, args: given })) as {
      value?: T;
      error?: string;
    };
    if (answer.error) throw new Error(answer.error);
    return answer.value as T;
  }

  /** Gives the page this size, in CSS pixels. */
  async resize(width: number, height: number): Promise<void> {
    for (let tries = 0; tries < 40; tries += 1) {
      const [w, h] = await this.run<[number, number]>('return [innerWidth, innerHeight]');
      if (w === width && h === height) return;
      const [outerWidth, outerHeight] = await this.run<[number, number]>('return [outerWidth, outerHeight]');
      await this.#call('window/rect', {
        x: 0,
        y: 0,
        width: outerWidth + width - w,
        height: outerHeight + height - h,
      });
      await new Promise((later) => setTimeout(later, 60));
    }
    throw new Error(`the page does not take ${width}×${height}`);
  }

  /** Shows a screen of the gallery, drawn and at rest. */
  async show(screen: string, look: Record<string, string> = {}): Promise<void> {
    const query = new URLSearchParams({ show: screen, ...look });
    await this.#call('url', { url: `${this.#page}?${query}` });
    await this.run(`await document.fonts.ready;
      while (!document.querySelector('h1')) await new Promise((next) => setTimeout(next, 20));
      await new Promise((next) => setTimeout(next, 160));`);
  }

  /** Waits until all that leads to the screen was pressed, and what came of it is drawn. */
  async arrived(): Promise<void> {
    const came = await this.run<string | null>(
      `const came = () => document.documentElement.dataset.came ?? null;
       for (let tries = 0; tries < 500 && came() === null; tries += 1)
         await new Promise((next) => setTimeout(next, 20));
       await new Promise((next) => setTimeout(next, 250));
       return came();`,
    );
    if (came !== 'all the way') throw new Error(`the way to the screen ends: ${came}`);
  }

  async press(selector: string): Promise<void> {
    const found = (await this.#call('element', { using: 'css selector', value: selector })) as Record<
      string,
      string
    >;
    await this.run(`given[0].scrollIntoView({ block: 'center' })`, found);
    await this.#call(`element/${found[ELEMENT]}/click`, {});
  }

  /** Presses keys one after another, as a person without a mouse does. */
  async keys(...keys: string[]): Promise<void> {
    const actions = keys
      .flatMap((key) => (key.length > 1 && !Object.values(KEY).includes(key) ? [...key] : [key]))
      .flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]);
    await this.#call('actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Presses a key while another is held down. */
  async hold(held: string, key: string): Promise<void> {
    const actions = [
      { type: 'keyDown', value: held },
      { type: 'keyDown', value: key },
      { type: 'keyUp', value: key },
      { type: 'keyUp', value: held },
    ];
    await this.#call('actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** Whether what has the focus fits `selector`. */
  async at(selector: string): Promise<boolean> {
    return this.run<boolean>('return document.activeElement?.matches(given[0]) ?? false', selector);
  }

  /** Presses Tab until something that fits `selector` has the focus, and sees that the focus can be seen. */
  async tabTo(selector: string): Promise<void> {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await this.at(selector)) return;
      await this.keys(KEY.tab);
    }
    throw new Error(`Tab never comes to ${selector}`);
  }

  /** What a screen reader calls the first element that fits: its role and its name. */
  async called(selector: string): Promise<string> {
    const found = (await this.#call('element', { using: 'css selector', value: selector })) as Record<
      string,
      string
    >;
    const ask = async (what: string) => {
      const response = await fetch(`${this.#session}/element/${found[ELEMENT]}/${what}`);
      const { value } = (await response.json()) as { value: unknown };
      if (!response.ok) throw new Error(`${what}: ${JSON.stringify(value)}`);
      return String(value).trim();
    };
    return `${await ask('computedrole')}: ${await ask('computedlabel')}`;
  }

  /** What is said of an element besides its name. */
  async described(selector: string): Promise<string> {
    return this.run<string>(
      `const ids = document.querySelector(given[0]).getAttribute('aria-describedby') ?? '';
       return ids.split(' ').map((id) => document.getElementById(id)?.innerText ?? '').join(' ').replace(/\\s+/g, ' ').trim();`,
      selector,
    );
  }

  /** What axe-core finds wrong. */
  async barriers(): Promise<string[]> {
    await this.run(`if (!window.axe) { (0, eval)(given[0]); }`, AXE);
    return this.run<string[]>(
      `const found = await axe.run(document, { runOnly: given[0] });
       return found.violations.map((one) => one.id + ': ' + one.nodes[0].html.slice(0, 200) + ' ' + one.nodes[0].failureSummary);`,
      RULES,
    );
  }

  /** Text that is cut off or reaches beyond the page. */
  async clipped(): Promise<string[]> {
    return this.run<string[]>(`
      const width = document.documentElement.clientWidth;
      const scope = document.querySelector('dialog[open]') ?? document.querySelector('.patient, .staff, .sign-in, .blocked, .set-up');
      return [...scope.querySelectorAll('*')].filter((one) => {
        if (one.closest('.unseen, svg, .pill-button > span') || !one.textContent.trim()) return false;
        if (one.closest('thead')?.getBoundingClientRect().width <= 1) return false;
        const box = one.getBoundingClientRect();
        // What is only to be heard is one pixel wide.
        return box.width > 1 && (box.right > width + 1 || box.left < -1 ||
          (getComputedStyle(one).overflowX !== 'visible' && one.scrollWidth > one.clientWidth + 1));
      }).map((one) => one.outerHTML.slice(0, 160));`);
  }

  /** What takes a finger and is too small for one. */
  async small(least: number): Promise<string[]> {
    return this.run<string[]>(
      `const scope = document.querySelector('dialog[open]') ?? document;
       return [...scope.querySelectorAll('button, input, textarea, select, [role=slider]')].filter((one) => {
        const box = (one.closest('label.option, label.button, .choices label, .entered, .vas .line') ?? one).getBoundingClientRect();
        return box.width > 0 && (box.height < given[0] - 0.5 || box.width < given[0] - 0.5);
      }).map((one) => one.outerHTML.slice(0, 160));`,
      least,
    );
  }

  /** A picture of the page, from the display. */
  async picture(file: string): Promise<void> {
    const [width, height, x, y] = await this.run<number[]>(
      'return [innerWidth, innerHeight, screenX + (outerWidth - innerWidth), screenY + (outerHeight - innerHeight)]',
    );
    await new Promise((later) => setTimeout(later, 120));
    spawnSync('import', ['-window', 'root', '-crop', `${width}x${height}+${x}+${y}`, '+repage', file]);
  }

  /** A picture among those that are asked for: `ATTESTA_GALLERY=FOLDER`. */
  async keep(name: string): Promise<void> {
    const folder = process.env['ATTESTA_GALLERY'];
    if (folder) await this.picture(join(folder, `${name}.png`));
  }

  /** What the page last sent as the answers of the question. */
  async answers(): Promise<unknown> {
    await new Promise((later) => setTimeout(later, 60));
    const text = await this.run<string | null>(`return document.documentElement.dataset.answers ?? null`);
    return text === null ? null : JSON.parse(text);
  }
}

/** Asks the driver for a window until it listens. */
async function begin(base: string): Promise<string> {
  const binary = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser';
  const capabilities = {
    alwaysMatch: existsSync(binary)
      ? { 'webkitgtk:browserOptions': { binary, args: ['--automation', '--enable-media-stream=true'] } }
      : {},
  };
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await fetch(base, { method: 'POST', body: JSON.stringify({ capabilities }) });
      const { value } = (await response.json()) as { value: { sessionId?: string; message?: string } };
      if (value.sessionId) return value.sessionId;
      throw new Error(value.message ?? 'the driver shows no window');
    } catch (error) {
      if (tries > 60) throw error;
      await new Promise((later) => setTimeout(later, 100));
    }
  }
}
