// Requests for cells that claims need measured.

import type { Params } from "../model/params.ts";
import type { Placement } from "../model/placement.ts";

/** A cell that a claim needs measured. */
export interface CaseRequest {
  /** The scenario's id. */
  readonly scenario: string;
  /** The transport's id, as in `tcp@libc`. */
  readonly transport: string;
  /** Every parameter of the cell. */
  readonly params: Params;
  /** Where the two ends are pinned; absent: `none`. */
  readonly pin?: Placement["pin"];
}
