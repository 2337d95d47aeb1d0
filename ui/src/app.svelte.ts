// What is on the screen: one view, as the backend gave it last.
import type { AppView, CommandError, PatientView } from './bindings';
import * as ipc from './ipc';
import { Order } from './order';
import { settings } from './settings.svelte';
import { shared } from './shared';

type Right = Extract<AppView, { view: 'staff' }>['rights'][number];

class App {
  #view = $state.raw<AppView | null>(null);
  /** Set when not even a view could be had: the page then says so and offers to try again. */
  unreachable = $state.raw<CommandError | null>(null);
  #touched = false;
  #order = new Order();

  get view(): AppView | null {
    return this.#view;
  }

  /** A person is there. Lists that load by themselves do not say so, or nobody would ever be signed out. */
  touched = (): void => {
    this.#touched = true;
  };

  /** Whether the role of whoever is signed in allows this. The backend refuses it in any case; nothing is offered in vain. */
  may(right: Right): boolean {
    return this.view?.view === 'staff' && this.view.rights.includes(right);
  }

  /** Draws what a command answered: a whole view, a patient's view, or nothing (then the view is asked for). */
  async accept(result: unknown): Promise<void> {
    const view = isAppView(result)
      ? result
      : isPatientView(result)
        ? ({ view: 'patient', patient: result } as const)
        : null;
    if (!view) return this.refresh();
    // Whatever is still being asked for is older.
    this.#order.known();
    this.#view = shared(this.#view, view);
  }

  refresh = async (): Promise<void> => {
    const active = this.#touched && this.view?.view === 'staff' ? this.view.session : null;
    this.#touched = false;
    const newest = this.#order.ask();
    try {
      const view = await ipc.view(active, settings.staffLanguage);
      if (!newest()) return;
      this.#view = shared(this.#view, view);
      this.unreachable = null;
    } catch (thrown) {
      if (newest()) this.unreachable = ipc.refusal(thrown);
    }
  };
}

function isAppView(value: unknown): value is AppView {
  return typeof value === 'object' && value !== null && 'view' in value;
}

function isPatientView(value: unknown): value is PatientView {
  return typeof value === 'object' && value !== null && 'step' in value && 'revision' in value;
}

export const app = new App();
