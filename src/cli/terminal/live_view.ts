// The LiveView: what a run has found so far, as a few lines, computed on demand.

import type { MetricDefinition } from "../../units/metric.ts";
import type { Plan } from "../../plan/plan.ts";
import { formatAmount } from "../../units/format_quantity.ts";
import type { TerminalLook } from "../../text/terminal_line.ts";
import { cutLine, padLine, plainLine, styleText } from "../../text/terminal_line.ts";
import { displayWidth } from "../../text/display_width.ts";
import type { RunEvent } from "../../run/run_plan.ts";
import { formatDuration } from "./duration.ts";

/** Trials that a spark line shows. */
const SPARKS = 16;
/** Scenarios shown at most. */
const MAX_SCENARIOS = 10;
const BAR_COLUMNS = 24;

/** The figures of one case so far. `sorted`: ascending; `recent`: the last few by time. */
type CaseValues = Readonly<{ label: string; sorted: number[]; recent: number[] }>;

type ScenarioValues = Readonly<
  { id: string; metric: MetricDefinition; cases: Map<string, CaseValues> }
>;

export type TrialEvent = Extract<RunEvent, { readonly kind: "trial" }>;

export class LiveView {
  readonly #scenarios: ReadonlyMap<string, ScenarioValues>;
  readonly #scenarioOf: ReadonlyMap<string, string>;
  #last: TrialEvent | undefined;

  constructor(plan: Pick<Plan, "cases" | "scenarios" | "metrics">) {
    const metrics = new Map(plan.metrics.map((metric) => [metric.id, metric]));
    this.#scenarios = new Map(plan.scenarios.flatMap(({ id, metrics: [headline] }) => {
      const metric = metrics.get(headline ?? "");
      return metric === undefined || metric.better === "neither"
        ? []
        : [[id, { id, metric, cases: new Map() }]];
    }));
    this.#scenarioOf = new Map(plan.cases.map(({ id, scenario }) => [id, scenario]));
  }

  take(event: TrialEvent): void {
    this.#last = event;
    const { caseId, value } = event;
    const scenario = this.#scenarios.get(this.#scenarioOf.get(caseId) ?? "");
    if (scenario === undefined || value === undefined || !Number.isFinite(value)) return;
    let values = scenario.cases.get(caseId);
    if (values === undefined) {
      const prefix = `${scenario.id}/`;
      const label = caseId.startsWith(prefix) ? caseId.slice(prefix.length) : caseId;
      scenario.cases.set(caseId, values = { label, sorted: [], recent: [] });
    }
    insert(values.sorted, value);
    values.recent.push(value);
    if (values.recent.length > SPARKS) values.recent.shift();
  }

  /** How far the run is, the case just measured and the best of each scenario, in at most `most` lines narrower than the terminal. */
  lines(look: TerminalLook, most: number): readonly string[] {
    if (this.#last === undefined) return [];
    const width = look.columns - 1;
    const { index, cases, caseId } = this.#last;
    const place = `case ${index + 1}/${cases}  ${plainLine(caseId, look.unicode)}`;
    const head = [formatProgress(this.#last, look), cutLine(place, width, look.unicode)];
    return [...head, ...this.#bestLines(look, most - head.length)].slice(0, Math.max(1, most));
  }

  #bestLines(look: TerminalLook, most: number): readonly string[] {
    const found = [...this.#scenarios.values()].flatMap((scenario) => {
      const best = bestOf(scenario);
      return best === undefined ? [] : [{ scenario, best }];
    });
    const shown = found.slice(0, Math.max(0, Math.min(MAX_SCENARIOS, most - 1)));
    if (shown.length === 0) return [];
    const say = (text: string) => plainLine(text, look.unicode);
    const rows = shown.map(({ scenario: { id, metric }, best }) => ({
      scenario: say(metric.title.startsWith(id) ? metric.title : `${id} ${metric.title}`),
      best: say(best.label),
      value: say(formatAmount(medianOf(best.sorted), metric.unit)),
      spark: drawSpark(best.recent, look.unicode),
    }));
    const columns = look.columns - 1;
    const widest = (part: keyof typeof rows[number], most: number) =>
      Math.min(most, Math.max(...rows.map((row) => displayWidth(row[part]))));
    const value = widest("value", Math.min(12, columns - 11));
    const scenario = widest("scenario", Math.max(4, (columns - 6 - value) >> 1));
    const room = columns - 6 - scenario - value;
    const spark = room >= SPARKS + 10 ? SPARKS : 0;
    const best = Math.max(1, widest("best", room - (spark === 0 ? 0 : spark + 2)));
    const rest = found.length - shown.length;
    const part = (text: string, width: number) =>
      padLine(cutLine(text, Math.max(1, width), look.unicode), width);
    return [
      styleText(
        cutLine(
          say(`best so far, median${rest > 0 ? `; ${rest} more scenarios are not shown` : ""}`),
          columns,
          look.unicode,
        ),
        "dim",
        look.color,
      ),
      ...rows.map((row) =>
        `  ${part(row.scenario, scenario)}  ` +
        `${part(row.best, best)}  ` +
        styleText(
          padLine(cutLine(row.value, value, look.unicode), value, "right"),
          "bold",
          look.color,
        ) +
        (spark === 0 ? "" : `  ${styleText(row.spark, "cyan", look.color)}`)
      ),
    ];
  }
}

function formatProgress(event: TrialEvent, look: TerminalLook): string {
  const { round, rounds, elapsedNs, remainingNs } = event;
  const share = elapsedNs + remainingNs > 0 ? elapsedNs / (elapsedNs + remainingNs) : 0;
  const left = `round ${round}/${rounds}  `;
  const right = `  ${Math.floor(share * 100)} %  ${formatDuration(remainingNs)} left`;
  const room = look.columns - 1 - left.length - right.length;
  if (room < 6) return cutLine(left + right.trimStart(), look.columns - 1, look.unicode);
  const length = Math.min(BAR_COLUMNS, room);
  const done = Math.round(share * length);
  const [full, empty] = look.unicode ? ["█", "░"] : ["#", "."];
  const bar = (full as string).repeat(done) + (empty as string).repeat(length - done);
  return left + styleText(bar, "cyan", look.color) + right;
}

function bestOf({ metric, cases }: ScenarioValues): CaseValues | undefined {
  const sign = metric.better === "lower" ? 1 : -1;
  let best: CaseValues | undefined;
  for (const values of cases.values()) {
    if (best === undefined || sign * medianOf(values.sorted) < sign * medianOf(best.sorted)) {
      best = values;
    }
  }
  return best;
}

/** Of an even number the lower one: a figure that was measured. */
function medianOf(sorted: readonly number[]): number {
  return sorted[(sorted.length - 1) >> 1] as number;
}

function insert(sorted: number[], value: number): void {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, value);
}

/** A line of small bars between the least and the largest value. */
export function drawSpark(values: readonly number[], unicode: boolean): string {
  const levels = unicode ? "▁▂▃▄▅▆▇█" : "_.-=*#";
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.map((value) => {
    const share = most > least ? (value - least) / (most - least) : 0.5;
    return levels[Math.min(levels.length - 1, Math.floor(share * levels.length))];
  }).join("");
}
