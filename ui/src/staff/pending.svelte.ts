// One command of a dialog or a button: sent once however often it is tapped, its refusal kept for the page.
import type { CommandError } from '../bindings';
import * as ipc from '../ipc';

export class Pending {
  busy = $state(false);
  error = $state.raw<CommandError | null>(null);

  async run(command: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.error = null;
    try {
      await command();
      return true;
    } catch (thrown) {
      this.error = ipc.refusal(thrown);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
