// The bytes of what a form shows beside its questions, each asked for once a session.
import { journey } from '../journey.svelte';
import * as ipc from '../../ipc';

let holder = '';
const kept = new Map<string, Promise<string>>();

/** Where a picture, a sound or a video can be read from: nothing but the page itself. */
export function source(id: string): Promise<string> {
  const { session } = journey.turn();
  if (session !== holder) {
    kept.clear();
    holder = session;
  }
  let found = kept.get(id);
  if (!found) {
    found = ipc
      .patientMedium(session, id)
      .then(({ contentType, data }) => `data:${contentType};base64,${data}`);
    // What failed is asked for again with the next screen.
    found.catch(() => kept.delete(id));
    kept.set(id, found);
  }
  return found;
}
