// `sockbench claims`.

import { type Claim, CLAIM_VERDICTS } from "../../claim/claim.ts";
import { countVerdict, shortenAnswer } from "../../claim/format_figure.ts";
import { mergeRuns } from "../../claim/merge_runs.ts";
import { planClaims } from "../../claim/plan_claims.ts";
import { claims as allClaims } from "../../claim/registry.ts";
import { renderClaimsJson } from "../../claim/render_claims_json.ts";
import { renderClaimsMarkdown } from "../../claim/render_claims_markdown.ts";
import { type ClaimsEvent, type ClaimsResult, runClaims } from "../../claim/run_claims.ts";
import { openKernel } from "../../kernel/libc.ts";
import { matchesGlob } from "../../plan/glob.ts";
import { encodeRecord } from "../../record/codec.ts";
import { EXIT } from "../exit.ts";
import { DEFAULT_OUT } from "../job_files.ts";
import { listenForInterrupts } from "../interrupts.ts";
import { prepareOutputDirectory, writeOutput } from "../output_directory.ts";
import type { ParsedArguments } from "../command.ts";
import { valueOf, valuesOf } from "../parse_arguments.ts";
import { createProgress, type Progress } from "../progress.ts";
import { quoteForShell } from "../run_arguments.ts";
import { removeDirectory } from "../remove_directory.ts";
import { choosePeer } from "../session.ts";
import { Session } from "../../run/session.ts";
import { paint, type Terminal } from "../terminal.ts";
import { UsageError } from "../usage_error.ts";

/** Beyond this nobody waits. */
const MAX_REPEAT = 100;

/** Tries claims and writes what came out. */
export async function claims(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const chosen = chooseClaims(valuesOf(args, "claim"));
  if (args.flags.has("list")) return list(chosen, terminal);
  const progress = createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const { peer, skip } = choosePeer(valueOf(args, "peer"));
  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping what was found (again: end at once)"),
    () => removeDirectory(leftover.directory),
  );
  await using session = await Session.open();
  leftover.directory = session.directory;
  terminal.made?.(session.directory);
  const availability = await session.probe();
  const { rounds, seed } = { rounds: valueOf(args, "rounds"), seed: valueOf(args, "seed") };
  const claimsPlan = planClaims(
    chosen,
    { peer, ...(rounds !== undefined && { rounds }), ...(seed !== undefined && { seed }) },
    session.catalog,
    availability,
    session.pinning,
  );
  const plan = session.explain(claimsPlan.plan, skip);
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  await prepareOutputDirectory(out);
  const runs: ClaimsResult[] = [];
  const repeat = chooseRepeat(valueOf(args, "repeat"));
  while (runs.length < repeat && !interrupts.signal.aborted) {
    if (repeat > 1) progress.say(`run ${runs.length + 1}/${repeat}`);
    progress.start(plan);
    runs.push(
      await runClaims(chosen, { ...claimsPlan, plan }, {
        lab: {
          clock: session.clock,
          catalog: session.catalog,
          availability,
          pinning: session.pinning,
          peer: plan.settings.peer,
          directory: session.directory,
          kernel: openKernel(),
          signal: interrupts.signal,
        },
        session,
        command: repeatCommand(valuesOf(args, "claim"), plan.settings, repeat),
        onEvent: (event) => reportEvent(event, progress),
      }),
    );
    progress.end();
  }
  const isWritten = await write(mergeRuns(runs), out, valuesOf(args, "format"), args, terminal);
  if (interrupts.signal.aborted) return EXIT.interrupted;
  return isWritten ? EXIT.ok : EXIT.usage;
}

function chooseRepeat(wanted: string | undefined): number {
  const repeat = Number(wanted ?? 1);
  if (/^\d+$/.test(wanted ?? "1") && repeat >= 1 && repeat <= MAX_REPEAT) return repeat;
  throw new UsageError(
    `--repeat must be a whole number from 1 to ${MAX_REPEAT}: "${wanted}" is not`,
  );
}

function chooseClaims(wanted: readonly string[]): readonly Claim[] {
  if (wanted.length === 0) return allClaims;
  const matches = (glob: string) =>
    allClaims.filter(({ id, number }) => glob === String(number) || matchesGlob(glob, id));
  for (const glob of wanted) {
    if (matches(glob).length > 0) continue;
    throw new UsageError(`--claim ${glob} matches no claim`, {
      given: glob,
      candidates: allClaims.map(({ id }) => id),
    });
  }
  const chosen = new Set(wanted.flatMap(matches));
  return allClaims.filter((claim) => chosen.has(claim));
}

function list(chosen: readonly Claim[], terminal: Terminal): number {
  const width = Math.max(...chosen.map(({ id }) => id.length));
  for (const { number, id, sentence } of chosen) {
    terminal.out(`${String(number).padStart(2)}  ${id.padEnd(width)}  ${sentence}\n`);
  }
  return EXIT.ok;
}

function reportEvent(event: ClaimsEvent, progress: Progress): void {
  if (event.kind !== "experiment") return progress.take(event);
  const { claim, index, experiments } = event;
  progress.step(`experiment ${index + 1}/${experiments}: ${claim.number} ${claim.id}`);
}

function repeatCommand(
  globs: readonly string[],
  { peer, rounds, seed }: { peer: string; rounds: number; seed: number },
  repeat: number,
): string {
  const only = globs.map((glob) => ` --claim ${quoteForShell(glob)}`).join("");
  return `deno task sockbench claims${only} --rounds ${rounds} --peer ${peer} --seed ${seed}${
    repeat === 1 ? "" : ` --repeat ${repeat}`
  }`;
}

async function write(
  result: ClaimsResult,
  out: string,
  formats: readonly string[],
  args: ParsedArguments,
  terminal: Terminal,
): Promise<boolean> {
  const wanted = (format: string) => formats.length === 0 || formats.includes(format);
  const outcomes = [
    await writeOutput(out, {
      name: "claims-record.json",
      text: encodeRecord(result.record),
    }, true),
    ...wanted("json")
      ? [await writeOutput(out, { name: "claims.json", text: renderClaimsJson(result) }, true)]
      : [],
    ...wanted("md")
      ? [await writeOutput(out, { name: "claims.md", text: renderClaimsMarkdown(result) }, false)]
      : [],
  ];
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const problem of problems) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  if (!args.flags.has("quiet")) {
    terminal.out(summaryText(result, terminal));
    terminal.out(
      `\nWritten to\n${
        outcomes.flatMap(({ written }) => written).map((path) => `${path}\n`).join("")
      }`,
    );
  }
  return problems.length === 0;
}

function summaryText({ decided }: ClaimsResult, terminal: Terminal): string {
  const columns = terminal.columns();
  const lines = decided.map(({ claim, decision }) => {
    const number = String(claim.number).padStart(2);
    const text = `${number}  ${decision.verdict.padEnd(20)}  ${claim.id}`;
    const { answer } = decision;
    // An answer that does not fit beside its claim has a line of its own.
    return [...text, ...answer].length + 2 < columns
      ? `${text}: ${answer}`
      : `${text}:\n    ${shortenAnswer(answer, Math.max(20, columns - 5))}`;
  });
  const counts = CLAIM_VERDICTS.flatMap((verdict) => {
    const count = decided.filter(({ decision }) => decision.verdict === verdict).length;
    return count === 0 ? [] : [countVerdict(count, verdict)];
  });
  return `${lines.join("\n")}\n\n${counts.join(", ")}\n`;
}
