// writeAgent: the verdict and what fails, a line each and nothing else: for tools that read logs and pay by the word.

import { clip, printable } from "../../text/printable.ts";
import type { Document } from "../document/document.ts";
import { plainInline, plainSentence } from "../document/format_inline.ts";
import { cellsAt, type JudgedCell, type Judgement } from "../document/judgement.ts";
import { judgementsOf } from "../document/writer.ts";

/** Lines that are written; more are counted. */
const MAX_LINES = 50;

/** Writes a Document as its answer, then a line for each thing that fails, or makes its figures doubtful. */
export function writeAgent(document: Document): string {
  const judgements = judgementsOf(document);
  const [judgement] = judgements;
  const [first, failing] = judgement === undefined
    ? [answerOf(document), troubleOf(document)]
    : judgements.length === 1
    ? [verdictOf(document, judgement), [...noticesOf(document), ...failuresOf(judgement)]]
    : [
      answerOf(document),
      // A comparison has an answer, and judges no head.
      [
        ...noticesOf(document),
        ...judgements.flatMap((one) => linesOfHead(one, document.answer === undefined)),
      ],
    ];
  const rest = failing.length - MAX_LINES;
  const lines = [
    first,
    ...failing.slice(0, MAX_LINES),
    ...(rest > 0 ? [`${rest} more lines like these`] : []),
  ];
  return lines.map((line) => `${printable(clip(line, 1000))}\n`).join("");
}

function answerOf({ answer, title }: Document): string {
  return plainSentence(answer ?? title);
}

function noticesOf({ notice }: Document): readonly string[] {
  return notice?.sentences.map((words) => `${notice.lead}: ${plainInline(words)}`) ?? [];
}

/** What stands above a run's figures, and its warnings. */
function troubleOf(document: Document): readonly string[] {
  return [
    ...noticesOf(document),
    ...document.blocks.flatMap((block) =>
      block.kind === "list" && block.role === "warnings"
        ? block.items.map(({ text }) => plainSentence(text))
        : []
    ),
  ];
}

/** A comparison informs and ends with 0 whatever it finds. */
function verdictOf({ kind, answer }: Document, { exitCode, summary }: Judgement): string {
  return kind === "comparison" ? plainSentence(answer ?? []) : `exit code ${exitCode}: ${summary}`;
}

/** One of several heads, by its name. */
function linesOfHead(judgement: Judgement, isJudged: boolean): readonly string[] {
  const { head, exitCode, summary } = judgement;
  const lines = [
    ...(isJudged ? [`exit code ${exitCode}: ${summary}`] : []),
    ...failuresOf(judgement),
  ];
  return lines.map((line) => `${head}: ${line}`);
}

/** Two machines say the same of every cell, and once is enough. */
function failuresOf(judgement: Judgement): readonly string[] {
  if (judgement.exitCode === 0) return [];
  const same = Map.groupBy(
    cellsAt(judgement, "error"),
    ({ verdict, reason }) => `${verdict} ${reason}`,
  );
  return [...same.values()].map((cells) => {
    const { verdict, case: id, metric, reason } = cells[0] as JudgedCell;
    const more = cells.length === 1 ? "" : ` and ${cells.length - 1} more`;
    return `${verdict} ${id} ${metric}${more}: ${reason}`;
  });
}
