// Progress of a run on standard error: a live view that overwrites itself on a terminal, a plain line per round elsewhere.

import type { Plan } from "../../plan/plan.ts";
import type { RunEvent } from "../../run/run_plan.ts";
import { oneLine } from "../../text/one_line.ts";
import { plural } from "../../text/plural.ts";
import { formatDuration } from "./duration.ts";
import { LiveView } from "./live_view.ts";
import { StatusArea } from "./status_area.ts";
import { paint, type Terminal } from "./terminal.ts";

/** How much is said. */
export type Verbosity = "quiet" | "normal" | "verbose";

/** Skips named before the first round; the report has them all. */
const SHOWN_SKIPS = 8;
/** The view is redrawn at most this often, in nanoseconds: more than the eye can follow is load beside the measurement. */
const REDRAW_NS = 2.5e8;

/** The plan in one line: "136 cases × 15 rounds, about 1 min 52 s; peer process; seed 42; 3 skipped". */
export function describePlan(plan: Plan): string {
  const skipped = plan.skipped.length === 0 ? "" : `; ${plan.skipped.length} skipped`;
  return `${plural(plan.cases.length, "case")} × ${plural(plan.rounds, "round")}, ` +
    `${about(plan.estimateNs)}; peer ${plan.settings.peer}; ` +
    `seed ${plan.settings.seed}${skipped}`;
}

function about(durationNs: number): string {
  const duration = formatDuration(durationNs);
  return duration.startsWith("under") ? duration : `about ${duration}`;
}

export interface Progress {
  start(plan: Plan): void;
  /** Reports a step before the first round: overwritten by what comes next on a terminal, a line elsewhere. */
  step(text: string): void;
  take(event: RunEvent): void;
  say(text: string): void;
  end(): void;
}

export function createProgress(terminal: Terminal, verbosity: Verbosity): Progress {
  const area = terminal.errIsTerminal && verbosity === "normal"
    ? new StatusArea(terminal)
    : undefined;
  const told = new Set<string>();
  let view: LiveView | undefined;
  let drawnNs = -Infinity;

  function end(): void {
    area?.clear();
  }
  function say(text: string): void {
    end();
    terminal.err(`${text}\n`);
  }
  function warn(text: string): void {
    if (told.has(text)) return;
    told.add(text);
    say(`${paint(terminal, "yellow", "warning:")} ${text}`);
  }
  function draw(elapsedNs: number): void {
    if (area === undefined || view === undefined || elapsedNs - drawnNs < REDRAW_NS) return;
    drawnNs = elapsedNs;
    const look = {
      columns: Math.max(20, terminal.columns()),
      color: terminal.colour,
      unicode: terminal.unicode,
    };
    area.draw(view.lines(look, Math.max(1, terminal.rows() - 1)));
  }

  return {
    end,
    say,
    start(plan) {
      if (area !== undefined) view = new LiveView(plan);
      if (verbosity === "quiet") return;
      say(paint(terminal, "bold", describePlan(plan)));
      const shown = verbosity === "verbose" ? plan.skipped : plan.skipped.slice(0, SHOWN_SKIPS);
      for (const { what, reason } of shown) {
        say(paint(terminal, "dim", `  skipped ${what}: ${reason}`));
      }
      const rest = plan.skipped.length - shown.length;
      if (rest > 0) say(paint(terminal, "dim", `  … and ${rest} more, all in the report`));
      area?.draw(["getting ready"]);
    },
    step(text) {
      if (area !== undefined) area.draw([text]);
      else if (verbosity !== "quiet") say(text);
    },
    take(event) {
      if (event.kind === "peer") return warn(event.message);
      const left = `${formatDuration(event.remainingNs)} left`;
      const round = `round ${event.round}/${event.rounds}`;
      if (event.kind === "round") {
        const failed = event.failed === 0 ? "" : `, ${plural(event.failed, "trial")} failed`;
        if (verbosity !== "quiet" && area === undefined) say(`${round}, ${left}${failed}`);
        return;
      }
      if (event.error !== undefined) warn(`${event.caseId}: ${event.error}`);
      if (verbosity === "verbose") {
        say(`${round} case ${event.index + 1}/${event.cases} ${oneLine(event.caseId)}, ${left}`);
      }
      view?.take(event);
      draw(event.elapsedNs);
    },
  };
}
