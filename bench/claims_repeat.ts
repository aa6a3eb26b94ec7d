// deno-lint-ignore-file no-console
/**
 * Does every claim get the same verdict again? Runs the claims a number of times, each in a process of its own, and reports those whose
 * verdicts differ. On a quiet machine there are none; one that is undecided in some runs and decided in others counts as different.
 *
 * ```sh
 * deno task claims:repeat                         # five runs of all of them
 * deno task claims:repeat 2 --claim 'close*'      # what follows the number goes to sockbench claims
 * ```
 *
 * Writes Markdown to standard output; ends with 1 where verdicts differ.
 *
 * @module
 */

import { markdownTable } from "../src/text/markdown_table.ts";
import type { ClaimVerdict } from "../src/claim/claim.ts";

const CLI = new URL("../src/cli/main.ts", import.meta.url).pathname;
const FLAGS = ["--frozen", "--v8-flags=--min-semi-space-size=16,--max-semi-space-size=16", "-A"];
const DEFAULT_RUNS = 5;

/** What one run says of one claim. */
interface Verdict {
  readonly number: number;
  readonly id: string;
  readonly verdict: ClaimVerdict;
  readonly answer: string;
}

/** Runs the claims once in a process of its own. */
async function runOnce(args: readonly string[], out: string): Promise<readonly Verdict[]> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", ...FLAGS, CLI, "claims", ...args, "--quiet", "--format=json", `--out=${out}`],
    stdout: "null",
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr).trim() || `exit code ${code}`);
  return JSON.parse(await Deno.readTextFile(`${out}/claims.json`)).claims;
}

/** The runs as a table: the verdicts that there were, how often, and the answers where they differ. */
function report(runs: readonly (readonly Verdict[])[]): { text: string; isSame: boolean } {
  const rows = runs[0]!.map(({ number, id }) => {
    const own = runs.map((run) => run.find((one) => one.id === id)!);
    const verdicts = [...new Set(own.map(({ verdict }) => verdict))];
    const counted = verdicts.map((verdict) =>
      `${own.filter((one) => one.verdict === verdict).length} × ${verdict}`
    );
    return { number, id, own, verdicts, counted };
  });
  const different = rows.filter(({ verdicts }) => verdicts.length > 1);
  const lines = [
    `# ${runs.length} runs of ${rows.length} claims`,
    "",
    different.length === 0
      ? "Every claim had the same verdict in all of them."
      : `${different.length} had different verdicts: ${
        different.map(({ number }) => number).join(", ")
      }.`,
    "",
    ...markdownTable(
      [
        { heading: "#", align: "right" },
        { heading: "claim", align: "left" },
        { heading: "verdicts", align: "left" },
      ],
      rows.map(({ number, id, counted, verdicts }) => {
        const text = counted.join(", ");
        return [String(number), id, verdicts.length > 1 ? `**${text}**` : text];
      }),
    ),
    ...different.flatMap(({ number, id, own }) => [
      "",
      `## ${number}. ${id}`,
      "",
      ...own.map(({ verdict, answer }, run) => `- run ${run + 1}: ${verdict}: ${answer}`),
    ]),
  ];
  return { text: lines.join("\n"), isSame: different.length === 0 };
}

const [first, ...rest] = Deno.args;
const hasNumber = first !== undefined && /^\d+$/.test(first);
const count = hasNumber ? Number(first) : DEFAULT_RUNS;
if (count < 2) {
  console.error("claims:repeat: the number of runs must be 2 or more");
  Deno.exit(2);
}
const out = await Deno.makeTempDir({ prefix: "sockbench-claims-" });
const runs: (readonly Verdict[])[] = [];
try {
  for (let run = 1; run <= count; run++) {
    console.error(`run ${run}/${count}`);
    runs.push(await runOnce(hasNumber ? rest : Deno.args, out));
  }
} catch (error) {
  console.error(`claims:repeat: ${(error as Error).message}`);
  Deno.exitCode = 2;
} finally {
  await Deno.remove(out, { recursive: true });
}
if (runs.length === count) {
  const { text, isSame } = report(runs);
  console.log(text);
  if (!isSame) Deno.exitCode = 1;
}
