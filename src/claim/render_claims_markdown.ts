// The report on claims as Markdown: the summary first, then a section for each claim.

import { coresOf, factOf } from "../model/environment.ts";
import { codeBlock, escapeMarkdown, escapeSentence } from "../text/escape_markdown.ts";
import { displayWidth } from "../text/display_width.ts";
import { markdownTable } from "../text/markdown_table.ts";
import { countVerdict, formatFigure, shortenAnswer } from "./format_figure.ts";
import type { Claim, ClaimGroup, ClaimTable } from "./claim.ts";
import { CLAIM_GROUPS, CLAIM_VERDICTS } from "./claim.ts";
import type { ClaimsResult, DecidedClaim } from "./run_claims.ts";

/** Long sentences stay readable in a summary: the section has them whole. */
const MAX_SENTENCE = 90;
/** Sources are lists of names. */
const MAX_SOURCE = 400;

export function renderClaimsMarkdown(result: ClaimsResult): string {
  const groups = Object.keys(CLAIM_GROUPS) as ClaimGroup[];
  const lines = [
    "# Textbook claims about sockets, tried on this machine",
    "",
    ...introduction(result),
    "",
    "## Summary",
    "",
    ...summary(result.decided),
    ...groups.flatMap((group) => chapter(group, result.decided)),
    "",
    "## How it was measured",
    "",
    ...method(result),
    "",
  ];
  return lines.join("\n");
}

function introduction({ decided, record }: ClaimsResult): string[] {
  const fact = (id: string) => factOf(record.environment, id) ?? "unknown";
  const counts = CLAIM_VERDICTS.flatMap((verdict) => {
    const count = decided.filter(({ decision }) => decision.verdict === verdict).length;
    return count === 0 ? [] : [countVerdict(count, verdict)];
  });
  const commit = factOf(record.environment, "commit");
  const machine = `Deno ${fact("deno")}, ${fact("platform")}, ` +
    `kernel ${fact("kernel")}, ${factOf(record.environment, "cpu") ?? "unknown CPU"}, ` +
    `${coresOf(record.environment)} cores, ` +
    record.startedAt.slice(0, 10) +
    (typeof commit === "string" ? `, commit ${commit.slice(0, 7)}` : "");
  return [
    escapeSentence(`${decided.length} claims: ${counts.join(", ")}`),
    "",
    escapeSentence(machine),
    ...(record.partial
      ? ["", "**The run was interrupted: each claim that is missing has that as its reason.**"]
      : []),
  ];
}

function summary(decided: readonly DecidedClaim[]): readonly string[] {
  return markdownTable(
    [
      { heading: "#", align: "right" },
      { heading: "claim", align: "left" },
      { heading: "verdict", align: "left" },
      { heading: "the one number", align: "left" },
    ],
    decided.map(({ claim, decision }) => [
      String(claim.number),
      `[${escapeMarkdown(claim.sentence, MAX_SENTENCE)}](#${anchor(claim.id)})`,
      decision.verdict === "does not hold" ? `**${decision.verdict}**` : decision.verdict,
      escapeMarkdown(shortenAnswer(decision.answer), Infinity),
    ]),
  );
}

/** Anchors are written out: those that renderers make of headings differ. */
function anchor(id: string): string {
  return `claim-${id}`;
}

function chapter(group: ClaimGroup, decided: readonly DecidedClaim[]): string[] {
  const own = decided.filter(({ claim }) => claim.group === group);
  if (own.length === 0) return [];
  return ["", `## ${CLAIM_GROUPS[group]}`, ...own.flatMap(section)];
}

function section({ claim, decision }: DecidedClaim): string[] {
  const { verdict, answer, seen, tables = [], why } = decision;
  return [
    "",
    `<a id="${anchor(claim.id)}"></a>`,
    "",
    `### ${claim.number}. ${escapeSentence(claim.sentence)}`,
    "",
    `**${capital(verdict)}**: ${escapeSentence(answer)} (\`${claim.id}\`; ` +
    `source: ${escapeMarkdown(claim.source, MAX_SOURCE)})`,
    "",
    `*What was done.* ${escapeSentence(claim.method)}`,
    ...decides(claim),
    ...(seen.length === 0
      ? []
      : ["", `*What was seen.* ${seen.map((one) => escapeSentence(one)).join(" ")}`]),
    ...tables.flatMap((table) => ["", ...renderTable(table)]),
    ...(why.length === 0
      ? []
      : ["", `*Why.* ${why.map((one) => escapeSentence(one)).join("\n\n")}`]),
    "",
    `*For a Deno program.* ${escapeSentence(claim.meaning)}`,
    "",
    // Where the advice is to measure, the code is a command.
    ...codeBlock(claim.code, claim.code.startsWith("deno ") ? "sh" : "ts"),
  ];
}

function decides({ rule, control }: Claim): readonly string[] {
  const rules = Object.entries(rule).map(([verdict, seen]) =>
    escapeSentence(`${capital(verdict)}: ${seen}`)
  );
  return ["", `*How it is decided.* ${rules.join(" ")} Control: ${escapeSentence(control)}`];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function renderTable({ caption, columns, rows }: ClaimTable): readonly string[] {
  const cells = rows.map((row) =>
    row.map((cell) => typeof cell === "string" ? escapeMarkdown(cell) : formatFigure(cell))
  );
  const isNumeric = (index: number) => rows.some((row) => typeof row[index] === "object");
  return [
    escapeSentence(caption),
    "",
    ...markdownTable(
      columns.map((heading, index) => ({
        heading: escapeMarkdown(heading),
        align: isNumeric(index) ? "right" : "left",
      })),
      cells,
    ),
  ].map((line) => displayWidth(line) === 0 ? "" : line);
}

function method({ record }: ClaimsResult): string[] {
  const { rounds, peer, seed, command } = record.settings;
  return [
    escapeSentence(
      `What something costs was measured in ${rounds} rounds over ${record.cases.length} cases, interleaved in random order (seed ${seed}), the serving end with peer ${peer} unless a table names another placement. A figure is the median of the trials with its 95 % interval; a ratio is the median over the rounds, paired, above 1 the first is better`,
    ),
    "",
    "How something behaves was tried by experiments of their own, one after another, but for those that mostly wait for the kernel's timers, which ran side by side; their facts are in the JSON form of this report.",
    "",
    "Repeat it:",
    "",
    ...codeBlock(command, "sh"),
  ];
}
