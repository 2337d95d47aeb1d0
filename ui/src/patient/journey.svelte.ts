// The patient's turn: sends what was tapped, once, and in order.
import { app } from '../app.svelte';
import type { Answer, CommandError } from '../bindings';
import * as ipc from '../ipc';

/** The refusal to change what a server chose later questions by, before the patient says so. */
export const LATER = 'later-questions';

class Journey {
  /** A step is on its way: the buttons that move are dead until the next view is here. */
  moving = $state(false);
  /** Why the last step was not made. */
  error = $state.raw<CommandError | null>(null);

  /** Of each question the newest answers that are still to be saved. */
  #waiting = new Map<string, Answer[]>();
  #saving: Promise<void> | null = null;
  #refusals = new Map<string, CommandError>();

  /**
   * Saves the answers of a question, and says what stands against them. While one is being saved only the newest of
   * those that follow is kept: the last tap counts.
   */
  async answer(key: string, answers: Answer[]): Promise<CommandError | null> {
    this.#waiting.set(key, answers);
    this.#refusals.delete(key);
    this.error = null;
    this.#saving ??= this.#save();
    await this.#saving;
    return this.#refusals.get(key) ?? null;
  }

  /** Moves on, after everything tapped before is saved. A second tap meanwhile does nothing. */
  async move(command: (turn: ipc.Turn) => Promise<unknown>): Promise<boolean> {
    if (this.moving) return false;
    this.moving = true;
    try {
      if (this.#saving) {
        await this.#saving;
        if (this.#refusals.size > 0) return false;
      }
      this.error = null;
      this.#refusals.clear();
      await app.accept(await command(this.turn()));
      return true;
    } catch (thrown) {
      this.error = await this.#refused(thrown);
      return false;
    } finally {
      this.moving = false;
    }
  }

  /** What the device's clock shows; null where it cannot be asked, and why is said. */
  async now(): Promise<{ date: string; time: string; offset: string } | null> {
    try {
      const [date = '', clock = ''] = (await ipc.patientNow(this.turn().session)).split('T');
      return { date, time: clock.slice(0, 8), offset: clock.slice(8) };
    } catch (thrown) {
      this.error = await this.#refused(thrown);
      return null;
    }
  }

  turn(): ipc.Turn {
    if (app.view?.view !== 'patient') throw { code: 'no-patient', message: '' };
    const { session, revision } = app.view.patient;
    return { session, revision };
  }

  async #save(): Promise<void> {
    try {
      for (;;) {
        const [next] = this.#waiting;
        if (!next) return;
        const [key, answers] = next;
        this.#waiting.delete(key);
        try {
          await app.accept(await ipc.patientAnswer(this.turn(), key, answers));
        } catch (thrown) {
          const refusal = await this.#refused(thrown);
          if (refusal && !this.#waiting.has(key)) this.#refusals.set(key, refusal);
        }
      }
    } finally {
      this.#saving = null;
    }
  }

  async #refused(thrown: unknown): Promise<CommandError | null> {
    const refusal = ipc.refusal(thrown);
    // The device may be further than this page (a stale revision, tries left): draw what is true now.
    await app.refresh();
    return refusal.code.startsWith('stale') ? null : refusal;
  }
}

export const journey = new Journey();

let busy = false;

/** Does one step of several commands at a time; what is tapped meanwhile does nothing. */
export async function once(step: () => Promise<unknown>): Promise<void> {
  if (busy || journey.moving) return;
  busy = true;
  try {
    await step();
  } finally {
    busy = false;
  }
}
