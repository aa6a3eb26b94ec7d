// Socket settings: what was asked of the trials' sockets beside what the kernel took, and where their ends ran.

import type { Case } from "../../model/case.ts";
import type { RunRecord } from "../../model/run_record.ts";
import type { Trial } from "../../model/trial.ts";
import { sentence, text } from "../document/inline.ts";
import type { Table } from "../document/table.ts";
import { placeKey } from "./keys.ts";
import { warn, type Warning } from "./alarms.ts";
import { formatAmount, formatSize } from "../../units/format_quantity.ts";
import { groupBy } from "../group_by.ts";
import { namePlacement } from "../document/format_key.ts";
import { coresIn, sizeIn } from "../../units/parse_size.ts";
import { column, keyColumns, table } from "./blocks.ts";

/** Settings in the order of columns, and their headings; others follow by name. */
export const HEADINGS: ReadonlyMap<string, string> = new Map([
  ["nagle", "Nagle"],
  ["congestion", "congestion control"],
  ["sendBuffer", "send buffer"],
  ["receiveBuffer", "receive buffer"],
  ["maxSegment", "largest segment"],
  ["backlog", "backlog"],
]);
const CORES = ["driveCore", "serveCore"] as const;
const NOT_COLUMNS: ReadonlySet<string> = new Set([...CORES, "driveAffinity", "serveAffinity"]);

/** More values than this are shown as a range, or counted. */
const MAX_VALUES = 3;

/** Whether trials hold what the kernel says, and not only what was asked of it. */
function isReadBack(trials: readonly Trial[]): boolean {
  return trials.some(({ settings }) => settings.driveCore !== undefined);
}

/** Settings as the kernel had them, a row for each scenario, placement and transport; `undefined` where none was read back. */
export function buildSocketSettings({ cases, trials }: RunRecord): Table | undefined {
  if (!isReadBack(trials)) return undefined;
  const byCase = groupBy(trials.filter(({ error }) => error === undefined), (trial) => trial.case);
  const lines = [...groupBy(cases, lineKey).values()].flatMap((group) => {
    const own = group.flatMap(({ id }) => byCase.get(id) ?? []);
    return own.length === 0 ? [] : [{ one: group[0], trials: own }];
  });
  const names = columnNames(lines.flatMap(({ trials }) => trials));
  const rows = lines.map(({ one, trials }) => ({
    one,
    cells: [
      ...names.map((name) => formatTaken(name, asked(one, name), trials)),
      formatCores("driveCore", trials),
      formatCores("serveCore", trials),
    ],
  }));
  const merged = groupBy(
    rows,
    ({ one, cells }) => JSON.stringify([one.scenario, namePlacement(one.placement), cells]),
  );
  return table({
    role: "words",
    caption: [
      sentence(
        "Settings of the sockets as the kernel had them, read back in every trial at its end; what was asked for stands beside it where that " +
          "differs. The kernel accounts twice the buffer that is asked for, and tunes TCP's by itself",
      ),
    ],
    noun: "row",
    keys: keyColumns(["scenario", "placement", "transport"]),
    columns: [
      ...names.map((name) => column(name, HEADINGS.get(name) ?? name, "words")),
      column("driveCore", "driver's core", "words"),
      column("serveCore", "peer's core", "words"),
    ],
    rows: [...merged.values()].map((alike) => {
      const [{ one, cells }] = alike;
      const transports = [...new Set(alike.map((row) => row.one.transport))].join(", ");
      return {
        keys: [
          { factor: "scenario", value: one.scenario },
          placeKey(one.placement),
          { factor: "transport", value: transports },
        ],
        cells: cells.map((words) => ({ kind: "words" as const, text: [text(words)] })),
      };
    }),
  });
}

/** Warns where the kernel did not have what was asked for: Nagle, or the cores of pinned ends. */
export function settingWarnings({ cases, trials }: RunRecord): readonly Warning[] {
  const caseOf = new Map(cases.map((one) => [one.id, one]));
  const wrong = (isWrong: (one: Case, trial: Trial) => boolean) => [
    ...new Set(
      trials.filter((trial) => {
        const one = caseOf.get(trial.case);
        return trial.error === undefined && one !== undefined && isWrong(one, trial);
      }).map((trial) => trial.case),
    ),
  ];
  return [
    ...warn("Nagle's algorithm was not as asked for, as the kernel had it", wrong(isNagleWrong)),
    ...warn("the ends did not keep to the cores that they were pinned to", wrong(isPinWrong)),
  ];
}

function isNagleWrong(one: Case, { settings }: Trial): boolean {
  const wanted = asked(one, "nagle");
  return wanted !== undefined && ["nagle", "serve.nagle"].some((name) => {
    const taken = settings[name];
    // Where it could not be read back, the setting is what was asked for, in words that say so.
    return taken !== undefined && !taken.startsWith(wanted);
  });
}

function isPinWrong({ placement: { cores } }: Case, { settings }: Trial): boolean {
  if (cores === undefined) return false;
  const { driveCore, serveCore } = settings;
  return (driveCore !== undefined && driveCore !== String(cores.drive)) ||
    (serveCore !== undefined && serveCore !== String(cores.serve));
}

function lineKey(one: Case): string {
  const wanted = [...HEADINGS.keys()].map((name) => asked(one, name) ?? null);
  return JSON.stringify([one.scenario, one.placement, one.transport, wanted]);
}

function asked({ fixed, params }: Case, name: string): string | undefined {
  const all = { ...fixed, ...params };
  return Object.hasOwn(all, name) ? String(all[name]) : undefined;
}

/** Settings that trials have, in the order of columns. */
export function columnNames(trials: readonly Trial[]): readonly string[] {
  const names = new Set(
    trials.flatMap(({ settings }) =>
      Object.keys(settings).map((name) => name.replace("serve.", ""))
    ),
  );
  const others = [...names].filter((name) => !HEADINGS.has(name) && !NOT_COLUMNS.has(name)).sort();
  return [...[...HEADINGS.keys()].filter((name) => names.has(name)), ...others];
}

/** As in `off`, `asked for on, taken off`, `208 KiB; peer 85 KiB`. */
export function formatTaken(
  name: string,
  wanted: string | undefined,
  trials: readonly Trial[],
): string {
  const drive = valuesOf(trials.map(({ settings }) => settings[name]));
  if (drive.length === 0) return "–";
  const serve = valuesOf(trials.map(({ settings }) => settings[`serve.${name}`] ?? settings[name]));
  const own = formatSeveral(drive);
  const peer = formatSeveral(serve);
  const taken = own === peer ? own : `${own}; peer ${peer}`;
  if (wanted === undefined || drive.every((value) => value.startsWith(wanted))) return taken;
  const bytes = sizeIn(drive[0]!) === undefined ? NaN : Number(wanted);
  return `asked for ${Number.isNaN(bytes) ? wanted : formatSize(bytes)}, taken ${taken}`;
}

function valuesOf(values: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(values)].filter((value): value is string => value !== undefined);
}

function formatSeveral(values: readonly string[]): string {
  const sizes = values.map(sizeIn).filter((size): size is number => size !== undefined);
  if (sizes.length === values.length) {
    const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
    return least === most ? showExact(least) : `${showRounded(least)} to ${showRounded(most)}`;
  }
  if (values.length > MAX_VALUES) return `${values.length} different values`;
  return [...values].sort().join(" or ");
}

/** A size that was asked for is whole; one that the kernel tuned to 3,939,840 bytes is no less clear in three digits. */
function showExact(bytes: number): string {
  return bytes % 1024 === 0 || bytes < 1e5 ? formatSize(bytes) : showRounded(bytes);
}

/** Three digits will do for the ends of a range that the kernel tuned. */
function showRounded(bytes: number): string {
  return formatAmount(bytes, "bytes");
}

/** The cores that an end was seen on, as in `0`, or `0 or 1, moved in 3 of 16 trials`. */
function formatCores(name: typeof CORES[number], trials: readonly Trial[]): string {
  const seen = trials.flatMap(({ settings }) => settings[name] ?? []);
  if (seen.length === 0) return name === "serveCore" ? "the driver's thread" : "–";
  const cores = [...new Set(seen.flatMap(coresIn))]
    .sort((a, b) => Number(a) - Number(b));
  const moved = seen.filter((value) => coresIn(value).length > 1).length;
  const where = cores.length > MAX_VALUES ? `${cores.length} cores` : cores.join(" or ");
  return moved === 0 ? where : `${where}, moved in ${moved} of ${seen.length} trials`;
}
