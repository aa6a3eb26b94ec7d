// Warnings before they are items of a list.

/** A Warning is one thing that weakens figures, and whose. */
export interface Warning {
  readonly message: string;
  /** Ids of the cases concerned; empty: the run as a whole. */
  readonly cases: readonly string[];
}
