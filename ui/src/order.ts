// Answers may come in another order than they were asked for in: an older one must not take the place of a newer.

export class Order {
  #asked = 0;
  #taken = 0;

  /** Something is asked for now. What is returned says, once the answer is here, whether it is still to be shown. */
  ask(): () => boolean {
    this.#asked += 1;
    const turn = this.#asked;
    return () => {
      if (turn < this.#taken) return false;
      this.#taken = turn;
      return true;
    };
  }

  /** Something newer is known without having been asked for: what is still on its way is older. */
  known(): void {
    this.ask()();
  }
}
