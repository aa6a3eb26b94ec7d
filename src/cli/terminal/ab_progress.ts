// Progress of an A/B job on standard error: one line that overwrites itself on a terminal, a plain line now and then elsewhere.

import type { AbGateEvents } from "../../ab/ab_gate.ts";
import type { AbEvent, JobPlan } from "../../ab/ab_options.ts";
import { plural } from "../../text/plural.ts";
import { formatDuration } from "./duration.ts";
import { StatusArea } from "./status_area.ts";
import { paint, type Terminal } from "./terminal.ts";

/** On a terminal the line is redrawn at most this often, in nanoseconds: more than the eye can follow is load beside the measurement. */
const REDRAW_NS = 2.5e8;
/** Elsewhere a line is added at most this often, in nanoseconds: a CI log is read afterwards. */
const LINE_NS = 1e10;
/** Skips named before the first round. */
const SHOWN_SKIPS = 8;

/** What an A/B job is about to do. `pairs`: of each case at least; `askedPairs`: where fewer; `budgetNs`: when adding pairs ends; `precision`: as a share. */
export interface AbIntent {
  readonly plan: JobPlan;
  readonly pairs: number;
  readonly askedPairs?: number;
  readonly estimateNs: number;
  readonly budgetNs: number;
  readonly precision: number;
  readonly base: string;
  readonly heads: readonly string[];
}

export interface AbProgress extends Required<AbGateEvents> {
  start(intent: AbIntent): void;
  say(text: string): void;
  /** Removes the line that overwrites itself. */
  end(): void;
}

export function createAbProgress(terminal: Terminal, quiet: boolean): AbProgress {
  let precision = 0;
  let successors = "a new pair of agents takes";
  const area = terminal.errIsTerminal ? new StatusArea(terminal) : undefined;
  let drawnNs = -Infinity;

  function end(): void {
    area?.clear();
  }
  function say(text: string): void {
    end();
    terminal.err(`${text}\n`);
  }
  return {
    end,
    say,
    start(intent) {
      ({ precision } = intent);
      if (intent.heads.length > 1) successors = "new agents take";
      if (quiet) return;
      say(paint(terminal, "bold", describeIntent(intent)));
      if (intent.askedPairs !== undefined) {
        say(`  ${plural(intent.askedPairs, "pair")} could show nothing over so many cells`);
      }
      const { skipped } = intent.plan;
      for (const { what, reason } of skipped.slice(0, SHOWN_SKIPS)) {
        say(paint(terminal, "dim", `  skipped ${what}: ${reason}`));
      }
      const rest = skipped.length - SHOWN_SKIPS;
      if (rest > 0) say(paint(terminal, "dim", `  … and ${rest} more, all in the records`));
    },
    onRound(phase, event) {
      if (quiet) return;
      const sinceNs = event.elapsedNs - drawnNs;
      if (area !== undefined) {
        if (sinceNs < REDRAW_NS) return;
        const text = describeRound(phase, event, precision);
        area.draw([text.slice(0, Math.max(20, terminal.columns() - 1))]);
      } else {
        if (sinceNs < LINE_NS) return;
        say(describeRound(phase, event, precision));
      }
      drawnNs = event.elapsedNs;
    },
    onLost(message) {
      if (!quiet) {
        say(`sockbench: ${message}; its trial failed, and ${successors} over`);
      }
    },
    onFlagged(cells) {
      drawnNs = -Infinity;
      if (quiet) return;
      const cases = new Set(cells.map((cell) => cell.case));
      say(
        `${plural(cells.length, "cell")} flagged; ` +
          `measuring ${plural(cases.size, "case")} again on fresh agents`,
      );
    },
  };
}

/** The job in one line: "26 cases × 20 pairs or more, about 25 s to 2 min; base self, head self; peer loop; seed 42"; of several heads `heads node:26, bun:1.4`. */
export function describeIntent(intent: AbIntent): string {
  const { plan, pairs, estimateNs, budgetNs, base, heads } = intent;
  const longest = budgetNs > estimateNs ? ` to ${formatDuration(budgetNs)}` : "";
  const skipped = plan.skipped.length === 0 ? "" : `; ${plan.skipped.length} skipped`;
  return `${plural(plan.cases.length, "case")} × ${plural(pairs, "pair")} or more, ` +
    `${formatDuration(estimateNs)}${longest}; ` +
    `base ${base}, head${heads.length === 1 ? "" : "s"} ${heads.join(", ")}; ` +
    `peer ${plan.settings.peer}; seed ${plan.settings.seed}${skipped}`;
}

function describeRound(
  phase: "first" | "confirmation",
  { round, rounds, elapsedNs, widest }: AbEvent,
  precision: number,
): string {
  const place = round <= rounds ? `pair ${round}/${rounds}` : `pair ${round}`;
  const width = widest === undefined
    ? ""
    : `, widest interval ±${percent(widest)} (aim ±${percent(precision)})`;
  const what = phase === "first" ? "" : "confirmation: ";
  return `${what}${place}, ${formatDuration(elapsedNs)}${width}`;
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`;
}
