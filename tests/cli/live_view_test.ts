import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import fc from "fast-check";
import { drawSpark, LiveView, type TrialEvent } from "../../src/cli/terminal/live_view.ts";
import { localeShowsUnicode } from "../../src/cli/terminal/terminal.ts";
import { StatusArea } from "../../src/cli/terminal/status_area.ts";
import { displayWidth } from "../../src/text/display_width.ts";
import { Screen } from "../support/screen.ts";
import { hostileRecord, sampleRecord } from "../support/sample_record.ts";

const LOOK = { columns: 80, color: false, unicode: true };

function event(
  caseId: string,
  value: number | undefined,
  more: Partial<TrialEvent> = {},
): TrialEvent {
  return {
    kind: "trial",
    round: 2,
    rounds: 4,
    index: 0,
    cases: 56,
    caseId,
    ...(value !== undefined && { value }),
    elapsedNs: 30e9,
    remainingNs: 90e9,
    ...more,
  };
}

Deno.test("LiveView shows round, case, time left, and the best of each scenario by its median so far", () => {
  const view = new LiveView(sampleRecord({ rounds: 1 }));
  for (const value of [30_000, 10_000, 12_000]) view.take(event("round-trip/tcp/bytes=64", value));
  for (const value of [11_000, 13_000, 90_000]) view.take(event("round-trip/unix/bytes=64", value));
  view.take(event("throughput/tcp/bytes=1024", 3e8));
  view.take(event("throughput/unix/bytes=1024", 4e8, { index: 7 }));
  assertEquals(
    view.lines(LOOK, 20),
    [
      "round 2/4  ██████░░░░░░░░░░░░░░░░░░  25 %  1 min 30 s left",
      "case 8/56  throughput/unix/bytes=1024",
      "best so far, median",
      "  round-trip p50  tcp/bytes=64      12.0 µs  █▁▁",
      "  throughput      unix/bytes=1024  400 MB/s  ▅",
    ].map((line) => line),
  );
});

Deno.test("LiveView takes a failed trial and a case of no scenario without a figure", () => {
  const view = new LiveView(sampleRecord({ rounds: 1 }));
  assertEquals(view.lines(LOOK, 20), []);
  view.take(event("round-trip/tcp/bytes=64", undefined, { error: "no reply" }));
  view.take(event("round-trip/tcp/bytes=64", NaN));
  view.take(event("no/such/case", 1));
  assertEquals(view.lines(LOOK, 20).length, 2);
});

Deno.test("LiveView stays within any width and height, in ASCII where nothing else is shown, whatever the names", () => {
  for (const record of [sampleRecord({ rounds: 1 }), hostileRecord()]) {
    const view = new LiveView(record);
    for (const { id } of record.cases) view.take(event(id, 12_345));
    for (const columns of [20, 24, 40, 60, 80, 200]) {
      for (const rows of [1, 2, 4, 6, 40]) {
        for (const unicode of [false, true]) {
          const lines = view.lines({ columns, color: false, unicode }, rows);
          assert(lines.length <= rows);
          for (const line of lines) {
            assertEquals(line.match(unicode ? /\p{Cc}/u : /[^\x20-\x7e]/), null);
          }
          for (const line of lines) assert(displayWidth(line) < columns, line);
        }
      }
    }
  }
});

Deno.test("LiveView says how many scenarios it has no room for", () => {
  const record = sampleRecord({ rounds: 1 });
  const view = new LiveView(record);
  for (const { id } of record.cases) view.take(event(id, 1));
  assertStringIncludes(view.lines(LOOK, 5)[2]!, "best so far, median; ");
  assertEquals(view.lines(LOOK, 5).length, 5);
});

Deno.test("drawSpark() draws the least lowest and the largest highest, and a level for each value", () => {
  assertEquals(drawSpark([1, 2, 3, 4, 5, 6, 7, 8], true), "▁▂▃▄▅▆▇█");
  assertEquals(drawSpark([5], false), "=");
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 16 }), (values) => {
      const spark = [...drawSpark(values, true)];
      assertEquals(spark.length, values.length);
      const [least, most] = [Math.min(...values), Math.max(...values)];
      if (least === most) return;
      assertEquals(spark[values.indexOf(least)], "▁");
      assertEquals(spark[values.indexOf(most)], "█");
    }),
  );
});

Deno.test("StatusArea overwrites its lines, also those that a narrower terminal has broken, and leaves nothing", () => {
  let columns = 30;
  let written = "";
  const area = new StatusArea({
    out: () => {},
    err: () => {},
    draw: (...texts) => void (written += texts.join("").replaceAll("\n", "\r\n")),
    annotate: () => {},
    outIsTerminal: true,
    errIsTerminal: true,
    columns: () => columns,
    rows: () => 24,
    colour: false,
    outColour: false,
    unicode: true,
  });
  area.draw(["one", "a line of twenty-five ch.", "three"]);
  area.draw(["two"]);
  assertEquals(new Screen(30).write(written).lines, ["two"]);
  area.draw(["one", "a line of twenty-five ch.", "three"]);
  assertEquals(new Screen(30).write(written).cursor, { row: 2, column: 0 });
  area.clear();
  assertEquals(new Screen(30).write(written).lines, []);
  assertEquals(new Screen(30).write(written).cursor, { row: 0, column: 0 });
  const before = written;
  area.clear();
  assertEquals(written, before);
  // Broken by a narrower terminal, the second line takes three rows.
  columns = 10;
  written = "";
  area.draw(["one", "a line of twenty-five ch.", "three"]);
  area.clear();
  assertStringIncludes(written, "\x1b[4A\x1b[J");
});

Deno.test("localeShowsUnicode() asks LC_ALL, LC_CTYPE and LANG in this order, and takes silence for yes", () => {
  const says = (values: Record<string, string>) => localeShowsUnicode((name) => values[name]);
  assertEquals(says({}), true);
  assertEquals(says({ LANG: "C.UTF-8" }), true);
  assertEquals(says({ LANG: "de_DE.utf8" }), true);
  assertEquals(says({ LANG: "C" }), false);
  assertEquals(says({ LANG: "en_US.UTF-8", LC_CTYPE: "en_US.ISO-8859-1" }), false);
  assertEquals(says({ LANG: "POSIX", LC_ALL: "en_US.UTF-8" }), true);
  assertEquals(says({ LANG: "en_US.UTF-8", LC_ALL: "" }), true);
});
