// Pages of the reference that are made from declarations: the options of commands, scenarios, transports, metrics, the record.

import { commands } from "../../src/cli/commands/registry.ts";
import { formatPlaceholder } from "../../src/cli/help.ts";
import { type Command, HELP_OPTION, type OptionSpec } from "../../src/cli/parse.ts";
import { FACT_ROWS } from "../../src/model/fact_rows.ts";
import type { Scenario } from "../../src/model/scenario.ts";
import type { ParameterSpec } from "../../src/model/scenario_spec.ts";
import { recordJsonSchema } from "../../src/record/codec.ts";
import { scenarios } from "../../src/scenario/registry.ts";
import { transports } from "../../src/transport/registry.ts";
import { type Transport, transportId } from "../../src/transport/transport.ts";
import { METRIC_IDS, metricOf } from "../../src/units/metric.ts";
import { UNITS } from "../../src/units/unit.ts";

const MADE = "<!-- Made by `deno task docs:generate`; do not edit. -->";

/** Every generated page, by its path in the repository. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/reference/command-line.md", commandLinePage()],
    ["docs/reference/scenarios.md", scenariosPage()],
    ["docs/reference/transports.md", transportsPage()],
    ["docs/reference/metrics.md", metricsPage()],
    ["docs/reference/record.md", recordPage()],
  ]);
}

function page(title: string, ...blocks: readonly string[]): string {
  return `${[`# ${title}`, MADE, ...blocks].join("\n\n")}\n`;
}

/** A Markdown table whose cells are padded as `deno fmt` pads them. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, k) => Math.max(3, ...cells.map((row) => [...row[k]!].length)));
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, k) => cell + " ".repeat(widths[k]! - [...cell].length)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(cells[0]!), rule, ...cells.slice(1).map(line)].join("\n");
}

const code = (text: string) => `\`${text}\``;

function commandLinePage(): string {
  return page(
    "The command line",
    "In a clone, `sockbench` is `deno task sockbench`, and `deno task bench` is `sockbench run`. Every command has `--help` (`-h`) with examples; " +
      "`--version` (`-V`) without a command prints the version. [Exit codes](exit-codes.md).",
    table(
      ["command", "what it does"],
      commands.map((one) => [
        `[${code(one.name)}](#${one.name})`,
        one.summary,
      ]),
    ),
    ...commands.flatMap(commandBlocks),
  );
}

function commandBlocks(command: Command): string[] {
  const named = command.positionals.map((one) =>
    (one.optional ? ` [${one.name}]` : ` <${one.name}>`) + (one.repeatable ? " …" : "")
  );
  return [
    `## ${command.name}`,
    `${code(`sockbench ${command.name}${named.join("")} [options]`)}`,
    ...command.description.map(proseOf),
    ...(command.positionals.length === 0 ? [] : [
      table(
        ["argument", "what it is"],
        command.positionals.map((one) => [
          code(one.name),
          proseOf(one.description),
        ]),
      ),
    ]),
    table(["option", "what it does", "default"], [...command.options, HELP_OPTION].map(optionRow)),
    "```sh\n" +
    Object.entries(command.examples).map(([line, description]) => `# ${description}\n${line}`)
      .join("\n") +
    "\n```",
  ];
}

function optionRow(option: OptionSpec): string[] {
  const short = option.short === undefined ? "" : `${code(`-${option.short}`)}, `;
  const value = formatPlaceholder(option);
  const notes = [
    ...(option.choices === undefined ? [] : [`One of ${option.choices.map(code).join(", ")}.`]),
    ...(option.list ? ["Several: separate by commas."] : option.multiple ? ["Repeatable."] : []),
  ];
  return [
    `${short}${code(`--${option.name}${value}`)}`,
    [`${proseOf(option.description)}.`, ...notes].join(" "),
    proseOf(option.default ?? ""),
  ];
}

/** Text of a help as Markdown: case ids, globs and placeholders are code. */
function proseOf(text: string): string {
  return text.replace(/"(sockbench [^"]*)"/g, "`$1`")
    .replace(/(^|[\s(])(\S*[*<]\S*?)(?=[\s,;).]|$)/g, "$1`$2`");
}

const LENGTHS = ["quick", "standard", "thorough"] as const;

function scenariosPage(): string {
  const [byDefault, onDemand] = [false, true].map((wanted) =>
    scenarios.filter((one) => (one.onDemand ?? false) === wanted)
  );
  const list = (some: readonly Scenario[]) =>
    table(
      ["scenario", "question"],
      some.map(({ id, question }) => [
        `[${code(id)}](#${id})`,
        question,
      ]),
    );
  return page(
    "Scenarios",
    "A scenario is a question, the grid of parameters that answers it, its workload and its metrics. [What to expect of each](../explanation/expectations.md).",
    "Every run measures these:",
    list(byDefault!),
    "These are measured when they are named, as in `--scenario close` or `--case 'close/tcp/*'`:",
    list(onDemand!),
    ...scenarios.flatMap(scenarioBlocks),
  );
}

function scenarioBlocks(scenario: Scenario): string[] {
  const { id, question, operation, parameters, metrics, grid, partialNotes = [] } = scenario;
  const notes = [...scenario.notes, ...partialNotes.map(({ text }) => text)];
  return [
    `## ${id}`,
    `**${question}** One operation is one ${operation}.`,
    ...(parameters.length === 0 ? [] : [
      table(
        ["parameter", "what it is", "values"],
        parameters.map((one) => [
          code(one.name),
          one.description,
          valuesOf(one),
        ]),
      ),
    ]),
    `Metrics, the headline first: ${metrics.map(code).join(", ")}.`,
    `Transports: ${
      unique(LENGTHS.flatMap((length) => grid[length].flatMap(({ transports }) => transports)))
        .map(code).join(", ")
    }.`,
    ...(notes.length === 0 ? [] : [notes.map((note) => `- ${note}`).join("\n")]),
  ];
}

function valuesOf({ kind, choices, unit, min, max }: ParameterSpec): string {
  if (kind === "choice") return (choices ?? []).map(code).join(", ");
  if (kind === "size") return "a size: `64`, `16k`, `1MiB`, `largest`";
  const bounds = max === undefined ? `from ${min ?? 1}` : `${min ?? 1} to ${max}`;
  return `a whole number, ${bounds}${unit === undefined ? "" : `, in ${unit}`}`;
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}

function transportsPage(): string {
  const used = (one: Transport) =>
    scenarios.some((scenario) =>
      !scenario.onDemand &&
      scenario.grid.standard.some(({ transports }) => transports.includes(transportId(one)))
    );
  return page(
    "Transports",
    "`--transport tcp,unix` takes any of them. A name without `@` goes through Deno's own API; `@libc` is the same by system calls ([why](../explanation/drivers.md)). " +
      "`deno task sockbench list` shows what works on this machine, and why something does not.",
    table(
      ["transport", "what it is", "kind", "measured"],
      transports.map((one) => [
        code(transportId(one)),
        one.title,
        kindOf(one),
        used(one) ? "by every run" : "when named",
      ]),
    ),
  );
}

function kindOf(one: Transport): string {
  if (one.mode === "datagram") return "datagrams";
  return one.keepsBoundaries ? "messages over a connection" : "stream of bytes";
}

function metricsPage(): string {
  return page(
    "Metrics",
    "`--metric` of the gate takes any id, a glob over ids, or `headline`: the first metric of each scenario. A percentile is shown only where the operations suffice for it.",
    table(
      ["id", "title", "unit", "better", "what it counts"],
      METRIC_IDS.map((id) => metricOf(id)!).map(({ id, title, unit, better, description }) => [
        code(id),
        title,
        unit in UNITS ? unit : String(unit),
        better,
        description,
      ]),
    ),
  );
}

interface SchemaNode {
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly type?: string | readonly string[];
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** What each field of a record is; the schema has the rest. */
const RECORD_FIELDS: Readonly<Record<string, string>> = {
  schemaVersion: "format version; a reader refuses a newer one",
  minor: "optional fields of a newer minor version are passed over",
  runId: "names this run; both sides of an A/B job share it",
  origin: "the program that measured, where it was not this version",
  startedAt: "ISO 8601, UTC",
  durationNs: "wall time of the run",
  estimateNs: "what the plan expected",
  partial: "true when the run ended before its last round",
  environment: "facts of the machine and the runtime",
  peerEnvironment: "those of the serving end, where it was on another machine",
  settings: "what was asked for, and the command that repeats it",
  yardstick: "of version 0.1; no longer written",
  scenarios: "declarations, so that a report needs no code",
  metrics: "unit and direction of every metric named",
  cases: "the cells measured",
  skipped: "what was planned and could not be measured, with reasons",
  $schema: "where the JSON Schema is, for editors; passed over",
  trials: "what was measured, in the order of measuring: a trial is one line",
};

function recordPage(): string {
  const schema = recordJsonSchema() as SchemaNode;
  const rows = Object.entries(RECORD_FIELDS).map(([name, meaning]) => [
    code(name),
    typeOf(schema.properties![name]!),
    schema.required?.includes(name) ? "yes" : "",
    meaning,
  ]);
  const undescribed = Object.keys(schema.properties!).filter((name) => !(name in RECORD_FIELDS));
  if (undescribed.length > 0) throw new Error(`RECORD_FIELDS lacks ${undescribed.join(", ")}`);
  return page(
    "The record",
    "A record holds every trial of a run and nothing that is derived from it: JSON, one trial a line, histograms sparse. The whole format, field by field, is the JSON Schema " +
      "[record.v2.schema.json](../../reports/schema/record.v2.schema.json). Records of schema 1 are read; the library reads and writes them with `decodeRecord` and `encodeRecord`.",
    table(["field", "type", "required", "what it is"], rows),
    "## Facts",
    "`environment.facts` is a list of `{id, label, value, compare}`. Two records are comparable only when every `must` is known and equal on both sides; " +
      "a `should` that differs is said first; `info` never matters.",
    table(
      ["fact", "what it is", "compare"],
      [...FACT_ROWS].map(([id, { label, compare }]) => [code(id), label, compare]),
    ),
    "## Keep it, share it",
    "[What a record reveals](../../SECURITY.md#what-a-record-reveals). File names that the suite writes hold letters, digits, dots and dashes only; lines end with a line feed on every system.",
  );
}

function typeOf(node: SchemaNode): string {
  if (node.const !== undefined) return code(JSON.stringify(node.const));
  if (node.enum !== undefined) return node.enum.map((one) => code(JSON.stringify(one))).join(", ");
  if (node.type === "array") return "list";
  if (Array.isArray(node.type)) return node.type.join(" or ");
  return (node.type as string | undefined) ?? "see the schema";
}
