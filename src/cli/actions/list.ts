/**
 * `sockbench list`.
 *
 * @module
 */

import { disarmJson } from "../../text/disarm.ts";
import type { Catalog } from "../../catalog.ts";
import { planCases } from "../../plan/plan_cases.ts";
import type { Plan } from "../../plan/plan.ts";
import { createSettings } from "../../plan/settings.ts";
import type { ParameterSpec } from "../../model/scenario_spec.ts";
import type { Scenario } from "../../model/scenario.ts";
import { plural } from "../../text/plural.ts";
import { formatDuration } from "../duration.ts";
import { Session } from "../../run/session.ts";
import type { Availability } from "../../transport/transport.ts";
import { EXIT } from "../exit.ts";
import type { ParsedArguments } from "../command.ts";
import { valueOf, valuesOf } from "../parse_arguments.ts";
import { moduleUrls, openCatalog } from "../session.ts";
import type { Terminal } from "../terminal.ts";

/** Prints scenarios, cases and transports. */
export async function list(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const modules = moduleUrls(valuesOf(args, "module"));
  const catalog = await openCatalog(modules);
  const profile = valueOf(args, "profile");
  await using session = await Session.open({ catalog });
  const availability = await session.probe();
  const planOf = (scenarios: readonly string[]) => {
    const input = { ...(profile !== undefined && { profile }), scenarios, modules, seed: 0 };
    const settings = createSettings(input, catalog);
    return planCases(settings, catalog, availability, session.pinning);
  };
  const all = [...catalog.scenarios.values()];
  const onDemand = new Map(
    all.filter((scenario) => scenario.onDemand).map(({ id }) => [id, planOf([id])]),
  );
  const plan = planOf([]);
  terminal.out(
    args.flags.has("json")
      ? `${
        disarmJson(JSON.stringify(describeAsData(catalog, availability, plan, onDemand), null, 2))
      }\n`
      : renderList(catalog, availability, plan, onDemand),
  );
  return EXIT.ok;
}

/** Plans of the scenarios that a run measures only when they are named, by id. */
type OnDemand = ReadonlyMap<string, Plan>;

/** What `list --json` prints. */
function describeAsData(
  catalog: Catalog,
  availability: ReadonlyMap<string, Availability>,
  plan: Plan,
  onDemand: OnDemand,
): Record<string, unknown> {
  return {
    profile: plan.settings.profile,
    rounds: plan.rounds,
    estimateNs: plan.estimateNs,
    scenarios: [...catalog.scenarios.values()].map((scenario) => ({
      id: scenario.id,
      question: scenario.question,
      operation: scenario.operation,
      parameters: scenario.parameters,
      metrics: scenario.metrics,
      notes: scenario.notes,
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
  const lines: string[] = ["Transports"];
  const width = Math.max(...[...catalog.transports.keys()].map((id) => id.length));
  for (const [id, { title }] of catalog.transports) {
    const found = availability.get(id);
    const state = found === undefined
      ? "not probed"
      : !found.available
      ? `not available: ${found.reason}`
      : found.largestMessageBytes === undefined
      ? "available"
      : `available, up to ${found.largestMessageBytes} bytes per message`;
    lines.push(`  ${id.padEnd(width)}  ${title} (${state})`);
  }
  const { profile } = plan.settings;
  lines.push(
    "",
    `Scenarios and their cases, profile ${profile}: ${plural(plan.cases.length, "case")} × ` +
      `${plural(plan.rounds, "round")}, about ${formatDuration(plan.estimateNs)}`,
  );
  const all = [...catalog.scenarios.values()];
  for (const scenario of all.filter(({ id }) => !onDemand.has(id))) {
    lines.push(...describeScenario(scenario, plan));
  }
  if (onDemand.size > 0) {
    lines.push("", "On demand: measured when they are named, as in run --scenario <id>");
    for (const [id, own] of onDemand) {
      lines.push(...describeScenario(catalog.scenarios.get(id)!, own));
    }
  }
  const skips = new Map(
    [plan, ...onDemand.values()].flatMap(({ skipped }) => skipped)
      .map(({ what, reason }) => [what, reason]),
  );
  if (skips.size > 0) {
    lines.push("", "Skipped");
    for (const [what, reason] of skips) lines.push(`  ${what}: ${reason}`);
  }
  return `${lines.join("\n")}\n`;
}

function describeScenario({ id, question, parameters }: Scenario, plan: Plan): string[] {
  return [
    "",
    `  ${id}: ${question}`,
    ...parameters.map((spec) =>
      `    --param ${spec.name}=<${valueHint(spec)}>: ${spec.description}`
    ),
    ...plan.cases.filter((c) => c.scenario === id).map((c) => `      ${c.id}`),
  ];
}

function valueHint(spec: ParameterSpec): string {
  return spec.kind === "choice" ? (spec.choices ?? []).join("|") : spec.kind;
}
