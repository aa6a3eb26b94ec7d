// Order and copies of numbered messages, as the receiving end sees them.

/** How far back a copy is recognized, in messages: a power of two, so that a mask finds the slot. */
const REMEMBERED = 2 ** 13;

/**
 * A SequenceCheck counts reordered and duplicated messages.
 *
 * Reordered is RFC 4737's Type-P-Reordered (section 3.3): the number is lower than one that has arrived before. Of several copies only
 * the first is looked at for its order. In the hot path of the receiver: a store and two comparisons for each message, no allocation.
 *
 * Failure case: a copy that comes 8,192 messages or more after its first counts as reordered, as nobody remembers the first.
 */
export class SequenceCheck {
  /** The number last seen in each slot, plus 1; 0: none. */
  readonly #seen = new Float64Array(REMEMBERED);
  #highest = -1;
  #reordered = 0;
  #duplicated = 0;

  /** Messages so far that came after one with a higher number. */
  get reordered(): number {
    return this.#reordered;
  }

  /** Further copies so far of messages that had arrived already. */
  get duplicated(): number {
    return this.#duplicated;
  }

  /**
   * Takes the number of a message that has arrived.
   *
   * @param number a whole number from 0 to 2^32 − 1, counted up by the sender
   */
  take(number: number): void {
    const slot = number & (REMEMBERED - 1);
    const mark = number + 1;
    if (number > this.#highest) {
      this.#highest = number;
      this.#seen[slot] = mark;
      return;
    }
    const before = this.#seen[slot]!;
    if (before === mark) {
      this.#duplicated++;
      return;
    }
    this.#reordered++;
    // The slot may belong to a later message already, whose copy is the likelier one to come.
    if (before < mark) this.#seen[slot] = mark;
  }
}
