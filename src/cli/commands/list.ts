import { type Command, type ParsedArguments, valueOf, valuesOf } from "../parse.ts";
import { JSON_OPTION, MODULE_OPTION, PROFILE_OPTION, REPLAY_OPTION } from "../options.ts";
import { disarmJson } from "../../text/disarm.ts";
import type { Catalog } from "../../catalog.ts";
import type { Plan } from "../../plan/plan.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import type { Scenario } from "../../model/scenario.ts";
import { plural } from "../../text/plural.ts";
import { formatDuration } from "../terminal/duration.ts";
import type { Availability } from "../../transport/transport.ts";
import { type MetricUnit, UNITS } from "../../units/unit.ts";
import { EXIT, UsageError } from "../failure.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const listCommand: Command = {
  name: "list",
  summary: "Show scenarios and transports, and what is missing here and why",
  description: [
    "Shows what can be measured, a line each: the transports with their availability on this machine under these " +
    "permissions, and the scenarios with their questions. With a scenario: its parameters, metrics, and cases of a profile.",
  ],
  positionals: [
    {
      name: "scenario",
      optional: true,
      description: "the scenario to show in full, as in round-trip",
    },
  ],
  options: [{ ...PROFILE_OPTION, short: "p" }, JSON_OPTION, MODULE_OPTION],
  examples: {
    "deno task sockbench list": "What can be measured here",
    "deno task sockbench list nagle":
      "One scenario: its parameters with their units, and its cases",
    "deno task sockbench list --json --profile quick":
      "The same for a program, with the cases of another profile",
  },
  action: list,
};

/** Prints scenarios and transports, a line each, or all that is known of one scenario. */
async function list(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const { createSettings, moduleUrls, openCatalog, planCases, Session } = await import(
    "../measuring.ts"
  );
  const modules = moduleUrls(valuesOf(args, "module"));
  const catalog = await openCatalog(modules);
  const [named] = args.positionals;
  if (named !== undefined && !catalog.scenarios.has(named)) {
    const candidates = [...catalog.scenarios.keys()];
    throw new UsageError(
      `there is no scenario "${named}" (the scenarios: ${candidates.join(", ")})`,
      { given: named, candidates },
    );
  }
  const profile = valueOf(args, "profile");
  await using session = await Session.open({ catalog });
  const availability = await session.probe();
  const planOf = (scenarios: readonly string[]) => {
    const input = { ...(profile !== undefined && { profile }), scenarios, modules, seed: 0 };
    const settings = createSettings(input, catalog);
    return planCases(settings, catalog, availability, session.pinning);
  };
  const all = [...catalog.scenarios.values()].filter(({ id }) =>
    named === undefined || id === named
  );
  const onDemand = new Map(
    all.filter((scenario) => scenario.onDemand).map(({ id }) => [id, planOf([id])]),
  );
  const plan = onDemand.get(named ?? "") ?? planOf(named === undefined ? [] : [named]);
  terminal.out(
    args.flags.has("json")
      ? `${
        disarmJson(
          JSON.stringify(describeAsData(catalog, all, availability, plan, onDemand), null, 2),
        )
      }\n`
      : named === undefined
      ? renderList(catalog, availability, plan, onDemand)
      : `${describeScenario(all[0]!, catalog, plan).join("\n")}\n`,
  );
  return EXIT.ok;
}

/** Plans of the scenarios that a run measures only when they are named, by id. */
type OnDemand = ReadonlyMap<string, Plan>;

function describeAsData(
  catalog: Catalog,
  all: readonly Scenario[],
  availability: ReadonlyMap<string, Availability>,
  plan: Plan,
  onDemand: OnDemand,
): Record<string, unknown> {
  return {
    profile: plan.settings.profile,
    rounds: plan.rounds,
    estimateNs: plan.estimateNs,
    scenarios: all.map((scenario) => ({
      id: scenario.id,
      question: scenario.question,
      operation: scenario.operation,
      parameters: scenario.parameters,
      metrics: scenario.metrics,
      notes: notesOf(scenario),
      onDemand: onDemand.has(scenario.id),
      cases: (onDemand.get(scenario.id) ?? plan).cases
        .filter((c) => c.scenario === scenario.id).length,
    })),
    cases: plan.cases.map(({ id, scenario, transport, params, placement }) => (
      { id, scenario, transport, params, placement }
    )),
    transports: [...catalog.transports].map(([id, { title, mode }]) => (
      { id, title, mode, ...availability.get(id) }
    )),
    skipped: plan.skipped,
  };
}

function renderList(
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  plan: Plan,
  onDemand: OnDemand,
): string {
  const { profile } = plan.settings;
  const all = [...catalog.scenarios.values()];
  const rows = (some: readonly Scenario[]) =>
    some.map((scenario) => {
      const { length } = (onDemand.get(scenario.id) ?? plan).cases
        .filter((c) => c.scenario === scenario.id);
      return [scenario.id, `${scenario.question} (${plural(length, "case")})`] as const;
    });
  const lines = [
    "Transports",
    ...inColumns([...catalog.transports].map(([id, { title }]) => [
      id,
      `${title} (${formatAvailability(availability.get(id))})`,
    ])),
    "",
    `Scenarios, profile ${profile}: ${plural(plan.cases.length, "case")} × ` +
    `${plural(plan.rounds, "round")}, about ${formatDuration(plan.estimateNs)}`,
    ...inColumns(rows(all.filter(({ id }) => !onDemand.has(id)))),
  ];
  if (onDemand.size > 0) {
    lines.push("", "On demand: measured when they are named, as in run --scenario <id>");
    lines.push(...inColumns(rows(all.filter(({ id }) => onDemand.has(id)))));
  }
  // A transport's own line has its reason already.
  const skips = [plan, ...onDemand.values()].flatMap(skipsOf)
    .filter(([what]) => availability.get(what.replace(/^transport /, ""))?.available !== false);
  if (skips.length > 0) {
    lines.push("", "Skipped", ...new Set(skips.map(([what, reason]) => `  ${what}: ${reason}`)));
  }
  lines.push("", "list <scenario> shows its parameters, metrics and cases.");
  return `${lines.join("\n")}\n`;
}

function formatAvailability(found: Availability | undefined): string {
  if (found === undefined) return "not probed";
  if (!found.available) return `not available: ${found.reason}`;
  const { largestMessageBytes } = found;
  return largestMessageBytes === undefined
    ? "available"
    : `available, up to ${largestMessageBytes} B per message`;
}

/** Lines of a name and a text each, the texts below one another. */
function inColumns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}

function skipsOf({ skipped }: Plan): (readonly [string, string])[] {
  return skipped.map(({ what, reason }) => [what, reason]);
}

function notesOf({ notes, partialNotes = [] }: Scenario): readonly string[] {
  return [...notes, ...partialNotes.map(({ text }) => text)];
}

function describeScenario(scenario: Scenario, catalog: Catalog, plan: Plan): string[] {
  const { id, question, operation, parameters, metrics, onDemand, replays } = scenario;
  const { cases, rounds, estimateNs, settings, skipped } = plan;
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ["", title, ...lines];
  return [
    `${id}: ${question}`,
    `  An operation is one ${operation}.` +
    `${onDemand ? ` Measured on demand: run --scenario ${id}` : ""}`,
    ...notesOf(scenario).map((note) => `  ${note}`),
    ...section(
      "Parameters",
      inColumns([
        ...parameters.map((spec): [string, string] => [
          `--param ${spec.name}=<${valueHint(spec)}>`,
          spec.description,
        ]),
        ...(replays ? [["--replay <file>", REPLAY_OPTION.description] as const] : []),
      ]),
    ),
    ...section(
      "Metrics",
      inColumns(metrics.map((metric) => {
        const { unit, title, better } = catalog.metrics.get(metric)!;
        const wanted = better === "neither" ? "" : `, ${better} is better`;
        return [metric, `${title}${formatUnit(unit)}${wanted}`];
      })),
    ),
    ...section(
      `Cases, profile ${settings.profile}: ${plural(cases.length, "case")} × ` +
        `${plural(rounds, "round")}, about ${formatDuration(estimateNs)}`,
      cases.map((c) => `  ${c.id}`),
    ),
    ...section("Skipped", skipped.map(({ what, reason }) => `  ${what}: ${reason}`)),
  ];
}

/** The unit's scales, as in `, in ns to s`; empty for a number of things. */
function formatUnit(unit: MetricUnit): string {
  const symbols = UNITS[unit].scales.map(({ symbol }) => symbol).filter((symbol) => symbol !== "");
  return symbols.length === 0
    ? ""
    : `, in ${[...new Set([symbols[0], symbols.at(-1)])].join(" to ")}`;
}

/** What may stand as a parameter's value, with its unit. */
function valueHint({ kind, choices, unit }: ParameterSpec): string {
  if (kind === "choice") return (choices ?? []).join("|");
  if (kind === "size") return "size, in B, KiB or MiB";
  return unit === undefined ? "count" : `count, in ${unit}`;
}
