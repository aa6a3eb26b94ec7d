// Like with like: the options in force on the sockets of each subject of a job, and where they differ.

import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { plural } from "../../text/plural.ts";
import { sizeIn } from "../../units/parse_size.ts";
import type { Block } from "../document/document.ts";
import { type Inline, name, phrase, sentence, text } from "../document/inline.ts";
import { groupBy } from "../group_by.ts";
import { column, heading, keyColumns, table, words } from "./blocks.ts";
import { columnNames, formatTaken, HEADINGS } from "./socket_settings.ts";

/** A subject and what was measured of it. */
export interface WiredSide {
  readonly label: string;
  readonly record: RunRecord;
}

/** Options that change what goes over the wire, and may not differ at all. */
const EXACT = ["nagle", "congestion", "cork", "typeOfService", "trafficClass"] as const;
/** Sizes that change little until they differ by this factor; TCP's buffers are tuned by the kernel as bytes flow, so that they are none. */
const SIZES = ["backlog", "sendBuffer", "receiveBuffer"] as const;
const MIN_FACTOR = 2;
const NOT_READ = " (not read back";

/** A sentence for each option in which a head differs from base; none where the same options were in force, or could not be read. */
export function wireDifferences(
  base: WiredSide,
  heads: readonly WiredSide[],
): readonly (readonly Inline[])[] {
  return heads.flatMap((head) => {
    const [of, other] = [trialsByCase(base.record), trialsByCase(head.record)];
    const found = [...of].flatMap(([id, trials]) => {
      const rivals = other.get(id);
      return rivals === undefined ? [] : differencesOf(id, trials, rivals);
    });
    const alike = groupBy(found, ({ option, base, head }) => JSON.stringify([option, base, head]));
    return [...alike.values()].map(([first, ...others]) => {
      const where = others.length === 0 ? "" : ` and ${plural(others.length, "more case")}`;
      const { option, base: had, head: has, id } = first;
      return phrase`${name(head.label)} has ${text(`${titleOf(option)} ${has}`)} where ${
        name(base.label)
      } has ${text(had)} (${name(id)}${
        text(where)
      }): these ratios compare the two options, not the subjects alone`;
    });
  });
}

/** What was in force, a row for each transport and option; none where nothing was read back. */
export function wireBlocks(sides: readonly WiredSide[]): readonly Block[] {
  const bySide = sides.map(({ record }) => {
    const transports = new Map(record.cases.map(({ id, transport }) => [id, transport]));
    return groupBy(valid(record), (trial) => transports.get(trial.case) ?? "");
  });
  const transports = [...new Set(bySide.flatMap((groups) => [...groups.keys()]))].sort();
  const rows = transports.flatMap((transport) => {
    const trials = bySide.map((groups) => groups.get(transport) ?? []);
    return columnNames(trials.flat()).map((option) => ({
      keys: [{ factor: "transport", value: transport }, {
        factor: "option",
        value: titleOf(option),
      }],
      cells: trials.map((own) => words(formatTaken(option, undefined, own))),
    }));
  });
  if (rows.length === 0) return [];
  return [
    heading("method", "Options in force", "options", { folded: true }),
    table({
      role: "words",
      caption: [sentence(
        "Settings of the sockets as the kernel had them, over all cases of a transport. Where a runtime cannot ask the kernel they were read from " +
          "outside, in a trial of each case that is discarded. TCP's buffers are tuned by the kernel as bytes flow",
      )],
      noun: "row",
      keys: keyColumns(["transport", "option"]),
      columns: sides.map(({ label }, index) => column(`side-${index}`, label, "words")),
      rows,
    }),
  ];
}

interface Difference {
  readonly id: string;
  readonly option: string;
  readonly base: string;
  readonly head: string;
}

function differencesOf(id: string, base: readonly Trial[], head: readonly Trial[]): Difference[] {
  const difference = (option: string, [had, has]: readonly [string[], string[]]) => ({
    id,
    option,
    base: had.join(" or "),
    head: has.join(" or "),
  });
  const exact = EXACT.map((option) =>
    [option, [valuesOf(option, base), valuesOf(option, head)]] as const
  )
    .filter(([option, [had, has]]) =>
      // What is shown only where it is in use is 0 elsewhere.
      isKnown(base) && isKnown(head) && (had.length + has.length > 0) &&
      (option !== "nagle" && option !== "congestion" || had.length * has.length > 0) &&
      !had.some((value) => has.includes(value))
    );
  const isTcp = valuesOf("nagle", base).length > 0;
  const sizes = SIZES.filter((option) => option === "backlog" || !isTcp)
    .map((option) => [option, [valuesOf(option, base), valuesOf(option, head)]] as const)
    .filter(([, [had, has]]) => areFar(had.map(sizeOf), has.map(sizeOf)));
  return [...exact, ...sizes].map(([option, values]) =>
    difference(option, values.map((all) => all.length === 0 ? ["0"] : all) as [string[], string[]])
  );
}

const sizeOf = (value: string) => sizeIn(value) ?? Number(value);

function areFar(one: readonly number[], other: readonly number[]): boolean {
  if (one.length * other.length === 0) return false;
  const isBelow = (low: readonly number[], high: readonly number[]) =>
    MIN_FACTOR * Math.max(...low) <= Math.min(...high);
  return isBelow(one, other) || isBelow(other, one);
}

/** The values of both ends that the kernel stated, without those that were only asked for. */
function valuesOf(option: string, trials: readonly Trial[]): string[] {
  const values = trials.flatMap(({ settings }) =>
    [
      settings[option] ?? [],
      settings[`serve.${option}`] ?? [],
    ].flat()
  );
  return [...new Set(values)].filter((value) => !value.includes(NOT_READ)).sort();
}

/** Whether the kernel was asked at all. */
function isKnown(trials: readonly Trial[]): boolean {
  return valuesOf("sendBuffer", trials).length > 0;
}

const titleOf = (option: string) => HEADINGS.get(option) ?? option;

const valid = ({ trials }: RunRecord) => trials.filter(({ error }) => error === undefined);

function trialsByCase(record: RunRecord): ReadonlyMap<string, readonly Trial[]> {
  return groupBy(valid(record), (trial) => trial.case);
}
