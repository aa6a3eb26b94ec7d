/**
 * `sockbench list`.
 *
 * @module
 */

import type { Catalog } from "../../catalog.ts";
import { planCases } from "../../plan/plan_cases.ts";
import type { Plan } from "../../plan/plan.ts";
import { createSettings } from "../../plan/settings.ts";
import type { ParameterSpec } from "../../scenario/scenario.ts";
import { formatDuration, plural } from "../duration.ts";
import { EXIT } from "../exit.ts";
import { type ParsedArguments, valueOf, valuesOf } from "../parse_arguments.ts";
import { moduleUrls, openCatalog, openSession, type Session } from "../session.ts";
import type { Terminal } from "../terminal.ts";

/** Prints scenarios, cases and transports. */
export async function list(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const modules = moduleUrls(valuesOf(args, "module"));
  const catalog = await openCatalog(modules);
  const profile = valueOf(args, "profile");
  const settings = createSettings(
    { ...(profile !== undefined && { profile }), modules, seed: 0 },
    catalog,
  );
  await using session = await openSession(catalog);
  const plan = planCases(settings, catalog, session.availability, session.pinning);
  terminal.out(
    args.flags.has("json")
      ? `${JSON.stringify(describeAsData(catalog, session, plan), null, 2)}\n`
      : renderList(catalog, session, plan),
  );
  return EXIT.ok;
}

/** What `list --json` prints. */
function describeAsData(catalog: Catalog, session: Session, plan: Plan): Record<string, unknown> {
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
      cases: plan.cases.filter((c) => c.scenario === scenario.id).length,
    })),
    cases: plan.cases.map(({ id, scenario, transport, params, placement }) => (
      { id, scenario, transport, params, placement }
    )),
    transports: [...catalog.transports].map(([id, { title, mode }]) => (
      { id, title, mode, ...session.availability.get(id) }
    )),
    skipped: plan.skipped,
  };
}

function renderList(catalog: Catalog, session: Session, plan: Plan): string {
  const lines: string[] = ["Transports"];
  const width = Math.max(...[...catalog.transports.keys()].map((id) => id.length));
  for (const [id, { title }] of catalog.transports) {
    const found = session.availability.get(id);
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
  for (const scenario of catalog.scenarios.values()) {
    lines.push("", `  ${scenario.id}: ${scenario.question}`);
    for (const spec of scenario.parameters) {
      lines.push(`    --param ${spec.name}=<${valueHint(spec)}>: ${spec.description}`);
    }
    for (const { id } of plan.cases.filter((c) => c.scenario === scenario.id)) {
      lines.push(`      ${id}`);
    }
  }
  if (plan.skipped.length > 0) {
    lines.push("", "Skipped");
    for (const { what, reason } of plan.skipped) lines.push(`  ${what}: ${reason}`);
  }
  return `${lines.join("\n")}\n`;
}

function valueHint(spec: ParameterSpec): string {
  return spec.kind === "choice" ? (spec.choices ?? []).join("|") : spec.kind;
}
