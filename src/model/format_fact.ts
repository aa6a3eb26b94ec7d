// Facts in words.

import { formatAmount } from "../units/format_quantity.ts";
import type { Environment, EnvironmentFact, Fact } from "./environment.ts";
import { coresOf, factOf } from "./environment.ts";

/** The value of a fact for readers. As in `linux x86_64`, `23.5 GiB`, `unknown`. */
export function formatFact({ value, unit }: Pick<EnvironmentFact, "value" | "unit">): string {
  if (value === null || value === "") return "unknown";
  return typeof value === "number" && unit !== undefined
    ? formatAmount(value, unit)
    : String(value);
}

/** As in `Some CPU @ 2 GHz, 2 cores`, `linux x86_64 6.18.44`, `Deno 2.9.6`, `sockbench 0.2.0 (1a2b3c4)`. */
export function describeMachine(environment: Environment): readonly string[] {
  const fact = (id: string) => factOf(environment, id);
  const cores = coresOf(environment);
  const system = [fact("platform"), fact("kernel")].filter((part) => part !== null).join(" ");
  const [deno, suite, commit] = [fact("deno"), fact("sockbench"), fact("commit")];
  return [
    `${fact("cpu") ?? "unknown CPU"}, ${cores} core${cores === 1 ? "" : "s"}`,
    ...(system === "" ? [] : [system]),
    ...(deno === null ? [] : [`Deno ${deno}`]),
    ...(suite === null ? [] : [`sockbench ${suite}${describeCommit(commit)}`]),
  ];
}

/** As many digits of a commit as git shows, in brackets; nothing where it is not known. */
function describeCommit(commit: Fact): string {
  return typeof commit === "string" ? ` (${commit.slice(0, 7)})` : "";
}
