// The patient's turn: sends what was tapped, once, and in order.
import { app } from '../app.svelte';
import type { Answer, CommandError } from '../bindings';
import * as ipc from '../ipc';

class Journey {
  /** A step is on its way: the buttons that move are dead until the next view is here. */
  moving = $state(false);
  error = $state.raw<CommandError | null>(null);

  #waiting: { key: string; answers: Answer[] } | null = null;
  #saving: Promise<void> | null = null;

  /** Saves an answer. While one is being saved only the newest of those that follow is kept: the last tap counts. */
  async answer(key: string, answers: Answer[]): Promise<void> {
    this.#waiting = { key, answers };
    this.error = null;
    this.#saving ??= this.#save();
    await this.#saving;
  }

  /** Moves on, after everything tapped before is saved. A second tap meanwhile does nothing. */
  async move(command: (turn: ipc.Turn) => Promise<unknown>): Promise<boolean> {
    if (this.moving) return false;
    this.moving = true;
    try {
      if (this.#saving) {
        await this.#saving;
        if (this.error) return false;
      }
      this.error = null;
      await app.accept(await command(this.turn()));
      return true;
    } catch (thrown) {
      await this.#refused(thrown);
      return false;
    } finally {
      this.moving = false;
    }
  }

  turn(): ipc.Turn {
    if (app.view?.view !== 'patient') throw { code: 'no-patient', message: '' };
    const { session, revision } = app.view.patient;
    return { session, revision };
  }

  async #save(): Promise<void> {
    try {
      while (this.#waiting) {
        const { key, answers } = this.#waiting;
        this.#waiting = null;
        await app.accept(await ipc.patientAnswer(this.turn(), key, answers));
      }
    } catch (thrown) {
      this.#waiting = null;
      await this.#refused(thrown);
    } finally {
      this.#saving = null;
    }
  }

  async #refused(thrown: unknown): Promise<void> {
    const refusal = ipc.refusal(thrown);
    // The device may be further than this page (a stale revision, tries left): draw what is true now.
    await app.refresh();
    this.error = refusal.code.startsWith('stale') ? null : refusal;
  }
}

export const journey = new Journey();
