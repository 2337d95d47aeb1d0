// What is on the screen is asked for again when the backend says that something has changed, and now and then in any case.
import * as ipc from './ipc';

/** What the backend's word did not reach is found within this time: it also ends waits and sign-ins that are over. */
const AT_LEAST_EVERY = 15_000;

const listeners = new Set<() => void>();

/** Passes the backend's word on to whatever is on the screen. */
export const tellAll = (): void => listeners.forEach((listener) => listener());

/**
 * From now on the backend's word is passed on. What changed before it was heard nobody was told of: so all is asked for
 * once more then. Where the app cannot start there is no such word, and all stays as it is asked for now and then.
 */
export const listen = (): Promise<void> => ipc.changes(tellAll).then(tellAll, () => undefined);

/** Loads now, after every change and now and then, one at a time; for an `$effect`, until the effect ends. */
export function whileShown(load: () => Promise<unknown>): () => void {
  let busy = false;
  let again = false;
  let over = false;
  const loads = async () => {
    again = busy;
    if (busy) return;
    busy = true;
    await load().catch(() => undefined);
    busy = false;
    if (again && !over) void loads();
  };
  const wanted = () => void loads();
  listeners.add(wanted);
  const timer = setInterval(wanted, AT_LEAST_EVERY);
  wanted();
  return () => {
    over = true;
    listeners.delete(wanted);
    clearInterval(timer);
  };
}
