// How the page looks to whoever holds the tablet. A patient's choice ends with the visit; the staff's stays.
import { nearest, type Locale } from './i18n/fluent';

export const THEMES = ['system', 'light', 'dark', 'contrast'] as const;
export type Theme = (typeof THEMES)[number];
export const TEXT_SIZES = ['normal', 'large', 'larger', 'largest'] as const;
export type TextSize = (typeof TEXT_SIZES)[number];
export type Look = { theme: Theme; textSize: TextSize };

const KEY = 'attesta.look';
const PLAIN: Look = { theme: 'system', textSize: 'normal' };

type Kept = Look & { language: Locale };

function kept(): Kept {
  const fallback: Kept = { ...PLAIN, language: nearest(navigator.language) };
  try {
    const read = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Kept>;
    return {
      theme: THEMES.find((theme) => theme === read.theme) ?? fallback.theme,
      textSize: TEXT_SIZES.find((size) => size === read.textSize) ?? fallback.textSize,
      language: read.language ? nearest(read.language) : fallback.language,
    };
  } catch {
    return fallback;
  }
}

class Settings {
  #kept = $state<Kept>(kept());
  #patient = $state<Look | null>(null);
  #visit: string | null = null;
  #dark = $state(matchMedia('(prefers-color-scheme: dark)').matches);
  #contrast = $state(matchMedia('(prefers-contrast: more)').matches);

  constructor() {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', (e) => (this.#dark = e.matches));
    matchMedia('(prefers-contrast: more)').addEventListener('change', (e) => (this.#contrast = e.matches));
  }

  get look(): Look {
    return this.#patient ?? this.#kept;
  }

  get staffLanguage(): Locale {
    return this.#kept.language;
  }

  set staffLanguage(language: Locale) {
    this.#kept.language = language;
    this.#keep();
  }

  /** The theme to draw, with "as the system has it" resolved. */
  get theme(): Exclude<Theme, 'system'> {
    const chosen = this.look.theme;
    if (chosen !== 'system') return chosen;
    if (this.#contrast) return 'contrast';
    return this.#dark ? 'dark' : 'light';
  }

  choose(change: Partial<Look>): void {
    if (this.#patient) this.#patient = { ...this.#patient, ...change };
    else {
      this.#kept = { ...this.#kept, ...change };
      this.#keep();
    }
  }

  /** A patient's session starts from the plain text size, whoever sat here before; null gives the tablet back. */
  holder(session: string | null): void {
    if (session === this.#visit) return;
    this.#visit = session;
    this.#patient = session === null ? null : { theme: this.#kept.theme, textSize: PLAIN.textSize };
  }

  #keep(): void {
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#kept));
    } catch {
      // Without storage the choice lasts until the app closes.
    }
  }
}

export const settings = new Settings();
