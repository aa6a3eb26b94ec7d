// Scenarios for terminals: a question, and its headline metric as bars.

import { displayWidth } from "../../text/display_width.ts";
import { cutLine, plainLine, styleText, wrapLine } from "../../text/terminal_line.ts";
import { formatFigure, looksOf } from "../document/column_look.ts";
import type { List } from "../document/document.ts";
import { countOf, plainInline } from "../document/format_inline.ts";
import { formatKey, formatKeys } from "../document/format_key.ts";
import type { Inline } from "../document/inline.ts";
import type { Part, TerminalSize } from "../document/writer.ts";
import type { Table } from "../document/table.ts";
import type { BarChoice, BarGroup } from "./terminal_bars.ts";
import { chooseBars, commonLook, countBars, drawBars, shareBars } from "./terminal_bars.ts";
import { plain, plainName } from "./terminal_table.ts";

/** The scenarios of a Document, all or as many bars of each as there is room for. */
export function scenarioLines(
  parts: readonly Part[],
  look: TerminalSize,
): { readonly scenarios: readonly (readonly string[])[]; readonly rest: readonly string[] } {
  const all = parts.flatMap((part) => readScenario(part) ?? []);
  const { shown, left } = chooseScenarios(all, look.mostBars);
  return {
    scenarios: shown.map(({ scenario, choice }) => linesOf(scenario, choice, look)),
    rest: left === 0 ? [] : cutRest(`… and ${countOf(left, "more cell")} in the report`, look),
  };
}

/** The headline table of a scenario's part; `undefined` where it has none. */
export function headlineOf({ heading, blocks }: Part): Table | undefined {
  if (heading?.role !== "scenario") return undefined;
  return blocks.find((block): block is Table =>
    block.kind === "table" && block.role === "headline"
  );
}

/** A scenario under one placement, as a terminal shows it. */
interface Scenario {
  readonly part: Part;
  readonly name: string;
  readonly question: readonly Inline[];
  readonly table: Table;
  readonly splits: readonly Table[];
  readonly search: List | undefined;
}

function readScenario(part: Part): Scenario | undefined {
  const { heading, blocks } = part;
  const table = headlineOf(part);
  if (table === undefined || heading === undefined) return undefined;
  const tables = blocks.filter((block): block is Table => block.kind === "table");
  return {
    part,
    name: heading.anchor,
    question: blocks.flatMap((block) =>
      block.kind === "paragraph" && block.role === "question" ? block.text : []
    ),
    table,
    splits: tables.filter(({ role }) => role === "split"),
    search: blocks.find((block): block is List =>
      block.kind === "list" && block.role === "answers"
    ),
  };
}

function barsOf({ table, search }: Scenario, most: number): BarChoice {
  return chooseBars(table, search?.items.flatMap(({ figure }) => figure ?? []) ?? [], most);
}

/** All, or what decides of each scenario under the first of its placements; how much that leaves out is written once. */
function chooseScenarios(scenarios: readonly Scenario[], most: number | undefined): {
  readonly shown: readonly { readonly scenario: Scenario; readonly choice: BarChoice }[];
  readonly left: number;
} {
  const all = scenarios.map((scenario) => ({ scenario, choice: barsOf(scenario, Infinity) }));
  if (most === undefined) return { shown: all, left: 0 };
  const names = scenarios.map(({ name }) => name);
  const first = all.filter(({ scenario }, index) => names.indexOf(scenario.name) === index);
  const shares = shareBars(first.map(({ choice }) => countBars(choice.groups)), most);
  const shown = first.map(({ scenario }, index) => ({
    scenario,
    choice: { ...barsOf(scenario, shares[index] ?? 0), left: 0 },
  }));
  const cells = all.reduce((sum, { choice }) => sum + countBars(choice.groups) + choice.left, 0);
  const drawn = shown.reduce((sum, { choice }) => sum + countBars(choice.groups), 0);
  return { shown, left: cells - drawn };
}

function cutRest(text: string, look: TerminalSize): readonly string[] {
  const line = cutLine(plain(text, look), look.columns - 1, look.unicode);
  return [styleText(line, "dim", look.color)];
}

function linesOf(
  { part, name: fullName, question: asked, splits, search }: Scenario,
  { groups, left }: BarChoice,
  look: TerminalSize,
): readonly string[] {
  const { color, unicode, columns } = look;
  const name = cutLine(plainLine(fullName, unicode), Math.floor(columns / 2), unicode);
  const [question = "", ...more] = wrapLine(
    plainLine(plainInline(asked, plainName), unicode),
    Math.max(1, columns - 3 - displayWidth(name)),
    unicode,
  );
  const rest = search === undefined
    ? `  … and ${countOf(left, "more cell")} in the report`
    : `  … the best of each; ${countOf(left, "other cell")} in the report`;
  return [
    `${styleText(name, "bold", color)}  ${question}`.trimEnd(),
    ...more.map((line) => `${" ".repeat(displayWidth(name) + 2)}${line}`),
    ...wrapLine(plain(describeFigures(part, groups), look), columns - 3, unicode)
      .map((line) => `  ${styleText(line, "dim", color)}`),
    // What the only group has in common stands above already.
    ...drawBars(
      groups.length === 1 ? groups.map((group) => ({ ...group, title: "" })) : groups,
      look,
    ),
    ...splits.flatMap((table) => splitLines(table, look)),
    ...(left > 0 ? cutRest(rest, look) : []),
  ];
}

/** As in `tcp, 64 B: kernel 12.1, Deno 5.34, suite 0.19, all of it 17.6 µs`; other tables are in the report. */
function splitLines(table: Table, look: TerminalSize): readonly string[] {
  const looks = looksOf(table);
  return table.rows.flatMap(({ keys, cells }) => {
    const parts = table.columns.flatMap(({ title = "" }, index) => {
      const [cell, own] = [cells[index], looks[index]];
      return cell?.kind !== "figure" || own === undefined
        ? []
        : [`${title} ${formatFigure(cell.value, own)}`];
    });
    const line = `${keys.map(formatKey).join(", ")}: ${parts.join(", ")} ${
      looks[0]?.scale.symbol ?? ""
    }`;
    return wrapLine(plain(line.trimEnd(), look), look.columns - 3, look.unicode)
      .map((words, index) => `${index === 0 ? "  " : "    "}${words}`);
  });
}

/** As in `p50 in µs, lower is better; bytes 64 B; peer process`. */
function describeFigures({ heading }: Part, groups: readonly BarGroup[]): string {
  const common = commonLook(groups);
  if (common === undefined) return "";
  const { metric, look } = common;
  const { symbol } = look.scale;
  const unit = symbol === "" ? "" : ` in ${symbol}`;
  const better = metric.better === "neither" ? "" : `, ${metric.better} is better`;
  const [{ title = "" } = {}, ...others] = groups;
  return [
    `${metric.title}${unit}${better}`,
    others.length === 0 ? title : "",
    heading?.placement === undefined
      ? ""
      : formatKeys([{ factor: "placement", value: heading.placement }]),
  ].filter((part) => part !== "").join("; ");
}
