import { type Command, flag, option, type ParsedArguments, valueOf } from "../parse.ts";
import { MARGIN_OPTION, marginOf } from "../options.ts";
import { loadLate } from "../late.ts";
import { EXIT, UsageError } from "../failure.ts";
import { lookOf, type Terminal } from "../terminal/terminal.ts";

export const reportCommand: Command = {
  name: "report",
  summary: "Render a record again, without measuring anything",
  description: [
    "Reads a record that a run wrote and renders it in another format. The environment, settings and figures are those of " +
    "the record; nothing is measured.",
  ],
  positionals: [
    flag(
      "record.json",
      'the record a run wrote, as in reports/latest.json ("-" is standard input)',
    ),
  ],
  options: [
    option(
      "format",
      "name",
      "md and html for readers, text for a terminal, csv and tsv with every value, json with findings and tables " +
        "for programs, agent with the answer and the warnings alone",
      { short: "f", default: "md" },
    ),
    option(
      "out",
      "file",
      'Where it goes, with the charts of an md beside it in <name>-charts/; "-" is standard output',
      { short: "o", default: "-" },
    ),
    MARGIN_OPTION,
  ],
  retired: {
    open: "--open is gone: write it with --format html --out <file>, and follow the link",
  },
  examples: {
    "deno task sockbench report reports/latest.json": "Read the last report in the terminal",
    "deno task sockbench report reports/latest.json --format html --out latest.html":
      "Look at it in a browser: the link is printed",
    "deno task sockbench report reports/latest.json --format csv --out latest.csv":
      "Take the figures into a spreadsheet",
  },
  action: report,
};

async function report(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const { deliverText, findFormat, readRecord, refuseOverwriting, renderForFile } = await loadLate<
    typeof import("../rendering.ts")
  >("rendering");
  const format = await findFormat(valueOf(args, "format") ?? "md");
  const margin = marginOf(args);
  const options = margin === undefined ? {} : { margin };
  const source = args.positionals[0]!;
  const out = valueOf(args, "out") ?? "-";
  if (out !== "-") await refuseOverwriting(out, [{ name: "<record.json>", path: source }]);
  const record = await readRecord(source);
  if (out === "-") {
    const own = terminal.outIsTerminal ? { ...options, terminal: lookOf(terminal) } : options;
    await deliverText(format.render(record, own), args, terminal);
    return EXIT.ok;
  }
  const { text, problem } = await renderForFile(record, format, out, options);
  await deliverText(text, args, terminal);
  if (problem !== undefined) throw new UsageError(`${problem}; the report does without them`);
  return EXIT.ok;
}
