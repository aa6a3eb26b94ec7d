// Scales: how a stored value becomes the number that a reader sees.

/** How the values of a column or table are scaled: shown = stored / `divisor`, followed by `symbol`. */
export interface Scale {
  readonly divisor: number;
  /** As in `µs` or `MB/s`; empty for plain numbers. */
  readonly symbol: string;
  /** The symbol without what it is per, where titles of the suite's metrics name that: `k` of `exchanges/s`, `µs` of `CPU/op`. */
  readonly step?: string;
}
