// Facts in words.

import { formatAmount } from "../units/format_quantity.ts";
import { coresOf, type Environment, type EnvironmentFact, factOf } from "./environment.ts";

/** The value of a fact for readers. As in `linux x86_64`, `23.5 GiB`, `unknown`. */
export function formatFact({ value, unit }: Pick<EnvironmentFact, "value" | "unit">): string {
  if (value === null || value === "") return "unknown";
  return typeof value === "number" && unit !== undefined
    ? formatAmount(value, unit)
    : String(value);
}

/**
 * The machine and the runtime in few words. Returns parts, as in `Some CPU @ 2 GHz, 2 cores`, `linux x86_64 6.18.44`, `Deno
 * 2.9.6`; what is not known is left out but for the CPU.
 */
export function describeMachine(environment: Environment): readonly string[] {
  const fact = (id: string) => factOf(environment, id);
  const cores = coresOf(environment);
  const system = [fact("platform"), fact("kernel")].filter((part) => part !== null).join(" ");
  const deno = fact("deno");
  return [
    `${fact("cpu") ?? "unknown CPU"}, ${cores} core${cores === 1 ? "" : "s"}`,
    ...(system === "" ? [] : [system]),
    ...(deno === null ? [] : [`Deno ${deno}`]),
  ];
}
