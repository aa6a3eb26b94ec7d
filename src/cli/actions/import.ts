// `sockbench import`.

import { encodeRecord } from "../../record/codec.ts";
import { type ForeignText, importRecord } from "../../record/import/import_record.ts";
import type { ParsedArguments } from "../command.ts";
import { deliverText } from "../deliver_text.ts";
import { EXIT } from "../exit.ts";
import { valueOf } from "../parse_arguments.ts";
import { readText } from "../read_record.ts";
import { refuseOverwriting } from "../same_file.ts";
import type { Terminal } from "../terminal.ts";

/** Makes a record of other tools' files. */
export async function importFiles(args: ParsedArguments, terminal: Terminal): Promise<number> {
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
