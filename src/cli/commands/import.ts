import { type Command, option, type ParsedArguments, valueOf } from "../parse.ts";
import type { ForeignText } from "../../record/import/import_record.ts";
import { loadLate } from "../late.ts";
import { EXIT } from "../failure.ts";
import type { Terminal } from "../terminal/terminal.ts";

export const importCommand: Command = {
  name: "import",
  summary: "Make a record of what hyperfine, deno bench or iperf3 measured",
  description: [
    "Reads files of hyperfine --export-json, deno bench --json or iperf3 -J, so that report, compare and gate serve them. Each time of " +
    "hyperfine is a trial; a file of deno bench or iperf3, which keep no samples, is one trial: give several files of several runs.",
    "An imported record is compared with records of the same tool alone.",
  ],
  positionals: [
    {
      name: "file",
      description: 'a file of one of these tools ("-" is standard input)',
      repeatable: true,
    },
  ],
  options: [
    option("out", "file", 'Where the record goes; "-" is standard output', {
      short: "o",
      default: "-",
    }),
  ],
  examples: {
    "deno task sockbench import hyperfine.json --out commands.json":
      "A record of hyperfine's times",
    "deno task sockbench import run1.json run2.json run3.json --out iperf3.json":
      "Three runs of iperf3 -J, one trial each",
  },
  action: importFiles,
};

async function importFiles(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const { deliverText, encodeRecord, importRecord, readText, refuseOverwriting } = await loadLate<
    typeof import("../rendering.ts")
  >("rendering");
  const out = valueOf(args, "out") ?? "-";
  const inputs = args.positionals.map((path) => ({ name: "<file>", path }));
  if (out !== "-") await refuseOverwriting(out, inputs);
  const texts: ForeignText[] = [];
  for (const path of args.positionals) {
    const text = await readText(path);
    const writtenAtMs = path === "-" ? undefined : (await Deno.stat(path)).mtime?.getTime();
    texts.push({
      source: path === "-" ? "standard input" : path,
      text,
      writtenAtMs: writtenAtMs ?? Date.now(),
    });
  }
  const record = importRecord(texts, `sockbench import ${args.raw.join(" ")}`);
  await deliverText(encodeRecord(record), args, terminal);
  return EXIT.ok;
}
