import { type Command, option, type ParsedArguments, valueOf, valuesOf } from "../parse.ts";
import { DEFAULT_OUT, PEER_OPTION } from "../options.ts";
import type { Claim } from "../../claim/claim.ts";
import type { ClaimsEvent, ClaimsResult } from "../../claim/run_claims.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { listenForInterrupts, removeDirectory } from "../interrupts.ts";
import type { Progress } from "../terminal/progress.ts";
import { quoteForShell } from "../run_arguments.ts";
import { paint, type Terminal } from "../terminal/terminal.ts";

export const claimsCommand: Command = {
  name: "claims",
  summary: "Test 40 textbook claims about sockets on this machine",
  description: [
    "Measures what decides each sentence, and writes claims.md and claims.json into the output directory: a verdict " +
    "(holds, holds in part, does not hold, undecided, cannot be tried here) with its numbers, the why, and what it means " +
    "for a Deno program. The measured trials are in claims-record.json, which sockbench report reads.",
    "A claim that cannot be tested is reported with the reason; none keeps another from being tried. Ctrl-C keeps what was found.",
  ],
  positionals: [],
  options: [
    option("claim", "glob", "Only these claims, by id, number or glob", {
      short: "c",
      list: true,
      multiple: true,
      default: "all",
    }),
    { name: "list", description: "Print the claims and end, without measuring" },
    option("format", "names", "What to write", {
      short: "f",
      choices: ["md", "json"],
      list: true,
      default: "md,json",
    }),
    option("out", "dir", "Where the files go", { short: "o", default: "reports" }),
    option("rounds", "n", "Passes over all measured cells, 1 to 10000", { default: "14" }),
    option("repeat", "n", "Runs of everything, 1 to 100; verdicts that differ are undecided", {
      default: "1",
    }),
    PEER_OPTION,
    option("seed", "n", "Order of the cells, 0 to 4294967295; the same seed repeats it", {
      default: "random, recorded",
    }),
    { name: "quiet", short: "q", description: "No progress; errors and warnings only" },
  ],
  examples: {
    "deno task sockbench claims": "All of them, in under four minutes",
    "deno task sockbench claims --claim 'backlog*' --claim 26": "Only some, by glob or number",
    "deno task sockbench claims --repeat 5":
      "Five times, some 18 minutes: what differs is undecided",
    "deno task sockbench claims --list": "What there is to try",
  },
  action: claims,
};

/** Beyond this nobody waits. */
const MAX_REPEAT = 100;

/** What measures, and the claims. */
type Engine = typeof import("../measuring.ts") & typeof import("../claiming.ts");

async function loadEngine(): Promise<Engine> {
  return {
    ...await import("../measuring.ts"),
    ...await loadLate<typeof import("../claiming.ts")>("claiming"),
  };
}

async function claims(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const engine = await loadEngine();
  const chosen = chooseClaims(valuesOf(args, "claim"), engine);
  if (args.flags.has("list")) return list(chosen, terminal);
  const progress = engine.createProgress(terminal, args.flags.has("quiet") ? "quiet" : "normal");
  const { peer, skip } = engine.choosePeer(valueOf(args, "peer"));
  const leftover: { directory?: string } = {};
  using interrupts = listenForInterrupts(
    () => progress.say("sockbench: interrupted; keeping what was found (again: end at once)"),
    () => removeDirectory(leftover.directory),
  );
  await using session = await engine.Session.open();
  leftover.directory = session.directory;
  terminal.made?.(session.directory);
  const availability = await session.probe();
  const { rounds, seed } = { rounds: valueOf(args, "rounds"), seed: valueOf(args, "seed") };
  const claimsPlan = engine.planClaims(
    chosen,
    { peer, ...(rounds !== undefined && { rounds }), ...(seed !== undefined && { seed }) },
    session.catalog,
    availability,
    session.pinning,
  );
  const plan = session.explain(claimsPlan.plan, skip);
  const out = valueOf(args, "out") ?? DEFAULT_OUT;
  await engine.prepareOutputDirectory(out);
  const runs: ClaimsResult[] = [];
  const repeat = chooseRepeat(valueOf(args, "repeat"));
  while (runs.length < repeat && !interrupts.signal.aborted) {
    if (repeat > 1) progress.say(`run ${runs.length + 1}/${repeat}`);
    progress.start(plan);
    runs.push(
      await engine.runClaims(chosen, { ...claimsPlan, plan }, {
        lab: {
          clock: session.clock,
          catalog: session.catalog,
          availability,
          pinning: session.pinning,
          peer: plan.settings.peer,
          directory: session.directory,
          kernel: engine.openKernel(),
          signal: interrupts.signal,
        },
        session,
        command: repeatCommand(valuesOf(args, "claim"), plan.settings, repeat),
        onEvent: (event) => reportEvent(event, progress),
      }),
    );
    progress.end();
  }
  const isWritten = await write(
    engine.mergeRuns(runs),
    out,
    valuesOf(args, "format"),
    args,
    terminal,
    engine,
  );
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

function chooseClaims(wanted: readonly string[], engine: Engine): readonly Claim[] {
  if (wanted.length === 0) return engine.allClaims;
  const matches = (glob: string) =>
    engine.allClaims.filter(({ id, number }) =>
      glob === String(number) || engine.matchesGlob(glob, id)
    );
  for (const glob of wanted) {
    if (matches(glob).length > 0) continue;
    throw new UsageError(`--claim ${glob} matches no claim`, {
      given: glob,
      candidates: engine.allClaims.map(({ id }) => id),
    });
  }
  const chosen = new Set(wanted.flatMap(matches));
  return engine.allClaims.filter((claim) => chosen.has(claim));
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
  return `deno task sockbench claims${only} --rounds ` +
    `${rounds} --peer ${peer} --seed ${seed}${repeat === 1 ? "" : ` --repeat ${repeat}`}`;
}

async function write(
  result: ClaimsResult,
  out: string,
  formats: readonly string[],
  args: ParsedArguments,
  terminal: Terminal,
  engine: Engine,
): Promise<boolean> {
  const wanted = (format: string) => formats.length === 0 || formats.includes(format);
  const outcomes = [
    await engine.writeOutput(out, {
      name: "claims-record.json",
      text: engine.encodeRecord(result.record),
    }, true),
    ...wanted("json")
      ? [
        await engine.writeOutput(
          out,
          { name: "claims.json", text: engine.renderClaimsJson(result) },
          true,
        ),
      ]
      : [],
    ...wanted("md")
      ? [
        await engine.writeOutput(
          out,
          { name: "claims.md", text: engine.renderClaimsMarkdown(result) },
          false,
        ),
      ]
      : [],
  ];
  const problems = outcomes.flatMap((outcome) => outcome.problems);
  for (const problem of problems) {
    terminal.err(`${paint(terminal, "red", "sockbench:")} ${problem}\n`);
  }
  if (!args.flags.has("quiet")) {
    terminal.out(summaryText(result, terminal, engine));
    terminal.out(
      "\nWritten to\n" +
        outcomes.flatMap(({ written }) => written).map((path) => `${path}\n`).join(""),
    );
  }
  return problems.length === 0;
}

function summaryText({ decided }: ClaimsResult, terminal: Terminal, engine: Engine): string {
  const columns = terminal.columns();
  const lines = decided.map(({ claim, decision }) => {
    const number = String(claim.number).padStart(2);
    const text = `${number}  ${decision.verdict.padEnd(20)}  ${claim.id}`;
    const { answer } = decision;
    // An answer that does not fit beside its claim has a line of its own.
    return [...text, ...answer].length + 2 < columns
      ? `${text}: ${answer}`
      : `${text}:\n    ${engine.shortenAnswer(answer, Math.max(20, columns - 5))}`;
  });
  const counts = engine.CLAIM_VERDICTS.flatMap((verdict) => {
    const count = decided.filter(({ decision }) => decision.verdict === verdict).length;
    return count === 0 ? [] : [engine.countVerdict(count, verdict)];
  });
  return `${lines.join("\n")}\n\n${counts.join(", ")}\n`;
}
