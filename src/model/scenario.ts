// Scenarios: a question, the grid of parameters that answers it, its workload and its metrics. Declarations only.

import type { ParameterSpec, ScenarioSpec } from "./scenario_spec.ts";
import type { Case } from "./case.ts";
import type { Budget } from "./budget.ts";
import type { Params } from "./params.ts";

/** The three lengths of a run. */
export type ProfileName = "quick" | "standard" | "thorough";

/** Part of a grid: every combination of the listed transports and values. */
export interface GridBlock {
  /** Transports by id, as in `tcp` or `tcp@libc`. */
  readonly transports: readonly string[];
  /** Values by parameter; a size may be `"largest"`, the largest message of the transport, or `"segment-1"`: around a segment of TCP. */
  readonly params: Readonly<Record<string, readonly (number | string)[]>>;
  /**
   * How the ends are pinned where nobody asks for a pinning; absent: not at all. Beside blocks that do not pin, one that does keeps to
   * its own values, whatever `--param` says: it stands for a few headline cells.
   */
  readonly pins?: readonly ("none" | "same" | "cross")[];
  /** Present where a transport of either kind joins it that is asked for and not listed; absent: those of its own kind. */
  readonly joins?: "any";
  /** Present where the block is measured only when its scenario is named: values that few need every time. */
  readonly onDemand?: true;
  /** Present where its cases need more than sockets: `"ffi"`, to set or count what the runtime has no word for. Elsewhere they are skipped. */
  readonly needs?: "ffi";
}

/** A parameter of a grid, or one beside it. */
export interface GridParameter extends ParameterSpec {
  /** No grid lists it: it joins the cases, and their ids, where a value is asked for. */
  readonly optional?: true;
}

/** A note that says something of some cases only, as of one transport or one value. */
export interface PartialNote {
  /** One or several sentences. */
  readonly text: string;
  /** Whether it says something of a case. */
  readonly isOf: (one: Pick<Case, "transport" | "params">) => boolean;
}

/** A Scenario is a question with all that is needed to measure its answer. */
export interface Scenario extends ScenarioSpec {
  /** The grid's parameters, in the order of the case id. */
  readonly parameters: readonly GridParameter[];
  /** The workload's name. */
  readonly workload: string;
  /** Parameters that are the same in every case and not part of its id, as in `{ nagle: "off" }`. */
  readonly fixed?: Params;
  /** The grid for each profile. */
  readonly grid: Readonly<Record<ProfileName, readonly GridBlock[]>>;
  /** Present where a file can be sent in the place of requests of one size (`--replay`). */
  readonly replays?: true;
  /** Further notes, of which a report shows those that say something of a case that was measured; absent: none. */
  readonly partialNotes?: readonly PartialNote[];
  /** Present where a run measures it only when it is named (`--scenario`, or a `--case` that matches): an answer that few need every time. */
  readonly onDemand?: true;
  /** Adapts the profile's budget, as in a bounded count; absent: the profile's own. */
  budget?(params: Params, profileBudget: Budget): Budget;
  /** Expected wall time of one trial in nanoseconds where time alone does not decide; absent: warm-up and measured interval. */
  expectedNs?(params: Params, budget: Budget): number;
}
