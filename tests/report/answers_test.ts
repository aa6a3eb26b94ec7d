import { assert, assertEquals } from "@std/assert";
import { answerQuestions, sayPlaces, sayRange } from "../../src/report/answers.ts";
import { buildReport } from "../../src/report/build_report.ts";
import type { Cell, Column, Report, Section, Table } from "../../src/report/document.ts";
import { renderHtml } from "../../src/report/html/render_html.ts";
import { sampleRecord } from "../support/sample_record.ts";

const LOOK: Omit<Column, "title"> = {
  unit: "ns",
  better: "lower",
  scale: { divisor: 1, symbol: "ns" },
  digits: 3,
};

/** A cell whose interval reaches 1 to both sides. */
function cell(value: number, rest: Partial<Cell> = {}): Cell {
  return { case: "c", value, low: value - 1, high: value + 1, n: 8, confidence: 0.96, ...rest };
}

function report(
  titles: readonly string[],
  rows: readonly (readonly [label: string, ...cells: (Cell | null)[]])[],
  look: Partial<Column> = {},
): Pick<Report, "sections"> {
  const comparative: Table = {
    kind: "comparative",
    caption: "p50: a time",
    metric: "p50",
    rowTitles: ["bytes"],
    columns: titles.map((title) => ({ ...LOOK, ...look, title })),
    rows: rows.map(([label, ...cells]) => ({ labels: [label], cells })),
  };
  const section: Section = {
    scenario: "s",
    question: "How long?",
    placement: { peer: "process", pin: "none" },
    notes: [],
    comparative,
    search: [],
  };
  return { sections: [section] };
}

Deno.test("answerQuestions() joins the rows of one outcome, with the range of its medians", () => {
  const [answer, ...others] = answerQuestions(report(["tcp", "unix"], [
    ["64 B", cell(20), cell(10)],
    ["1 KiB", cell(30), cell(12)],
    ["64 KiB", cell(40), cell(50)],
  ]));
  assertEquals(others, []);
  assertEquals(answer?.within, "");
  assertEquals(answer?.choices, [{
    at: ["64 B", "1 KiB"],
    best: ["unix"],
    certainty: "clear",
    value: { low: 10, high: 12 },
    next: { low: 20, high: 30 },
  }, {
    at: ["64 KiB"],
    best: ["tcp"],
    certainty: "clear",
    value: { low: 40, high: 40 },
    next: { low: 50, high: 50 },
  }]);
});

Deno.test("answerQuestions() names neighbours as a range, and what all rows have in common once", () => {
  const size = (bytes: string, first: number) => [bytes, cell(first), cell(50)] as const;
  const places = (rows: Parameters<typeof report>[1], rowTitles?: readonly string[]) => {
    const { sections: [section] } = report(["tcp", "unix"], rows);
    const { comparative } = section as Section;
    const split = rowTitles === undefined ? comparative! : {
      ...comparative!,
      rowTitles,
      rows: comparative!.rows.map((row) => ({ ...row, labels: row.labels[0]!.split("/") })),
    };
    return answerQuestions({ sections: [{ ...section!, comparative: split }] })
      .flatMap(({ choices }) => choices).map(({ at }) => at);
  };
  const run = [size("1 B", 10), size("2 B", 10), size("4 B", 10)];
  assertEquals(places([...run, size("8 B", 90)]), [["1 B to 4 B"], ["8 B"]]);
  assertEquals(places([...run.slice(1), size("8 B", 90), size("16 B", 10)]), [
    ["2 B", "4 B", "16 B"],
    ["8 B"],
  ]);
  const cells = [size("a-a/1 B", 10), size("a-a/2 B", 10), size("on/1 B", 10), size("on/2 B", 90)];
  assertEquals(places(cells, ["pattern", "body"]), [
    ["a-a", "pattern on, body 1 B"],
    ["pattern on, body 2 B"],
  ]);
});

Deno.test("answerQuestions() names beside the best whose interval overlaps its own, and them only", () => {
  const choices = answerQuestions(
    report(["tcp", "unix", "udp"], [
      ["64 B", cell(11.5), cell(10), cell(90)],
      // Which of the two came out first is chance.
      ["1 KiB", cell(10), cell(11.5), cell(90)],
    ]),
  ).flatMap(({ choices }) => choices);
  assertEquals(choices.map(({ best, certainty, at }) => ({ best, certainty, at })), [
    { best: ["unix", "tcp"], certainty: "overlap", at: ["64 B", "1 KiB"] },
  ]);
});

Deno.test("answerQuestions() takes the largest where higher is better, and says nothing where neither is", () => {
  const rows = [["64 B", cell(20), cell(10)]] as const;
  const best = (better: Column["better"]) =>
    answerQuestions(report(["tcp", "unix"], rows, { better }))
      .flatMap(({ choices }) => choices).map(({ best }) => best);
  assertEquals(best("higher"), [["tcp"]]);
  assertEquals(best("lower"), [["unix"]]);
  assertEquals(best("neither"), []);
});

Deno.test("answerQuestions() chooses among the settings of one transport where it has several", () => {
  const answers = answerQuestions(report(["tcp, nagle on", "tcp, nagle off", "unix"], [
    ["64 B", cell(90), cell(10), cell(1)],
  ]));
  assertEquals(answers.map(({ within, choices }) => [within, choices[0]?.best]), [
    ["tcp", ["nagle off"]],
  ]);
});

Deno.test("answerQuestions() leaves out rows with nothing to choose from, and calls few trials few", () => {
  const few = { confidence: 0.5 };
  const answers = answerQuestions(report(["tcp", "unix"], [
    ["64 B", cell(20), null],
    ["1 KiB", cell(20, few), cell(10, few)],
  ]));
  assertEquals(answers[0]?.choices.map(({ at, best, certainty }) => [at, best, certainty]), [
    [["1 KiB"], ["unix"], "few trials"],
  ]);
  assertEquals(answerQuestions(report(["tcp"], [["64 B", cell(20)]])), []);
});

Deno.test("answerQuestions() lets two speeds span both, so that neither decides", () => {
  const twoSpeeds = { fast: 10, fastShare: 0.5, slow: 90, slowShare: 0.5 };
  const answers = answerQuestions(report(["tcp", "unix"], [
    ["64 B", cell(40), cell(10, { twoSpeeds })],
  ]));
  assertEquals(answers[0]?.choices[0]?.certainty, "overlap");
});

Deno.test("answerQuestions() agrees with the marks of the tables, and gives of a search the best cells", () => {
  const { sections } = buildReport(sampleRecord());
  const answers = answerQuestions({ sections });
  const roundTrip = sections.find(({ scenario }) => scenario === "round-trip");
  const marked = roundTrip?.comparative?.rows.filter(({ cells }) =>
    cells.some((one) => one?.mark === "best")
  ).map(({ labels }) => labels[0]);
  const clear = answers.filter(({ scenario }) => scenario === "round-trip")
    .flatMap(({ choices }) => choices).filter(({ certainty }) => certainty === "clear")
    .flatMap(({ at }) => at);
  assertEquals(clear, marked);
  const searched = sections.filter(({ search }) => search.length > 0);
  assert(searched.length > 0);
  for (const { scenario, search } of searched) {
    const choices = answers.find((answer) => answer.scenario === scenario)?.choices ?? [];
    assertEquals(choices.map(({ value }) => value.low), search.map(({ value }) => value));
    assertEquals(
      choices.map(({ certainty }) => certainty),
      search.map(({ tied }) => tied === 0 ? "clear" : "level"),
    );
  }
});

Deno.test("answerQuestions() is sure of no search with few trials", () => {
  const answers = answerQuestions(buildReport(sampleRecord({ rounds: 2 })));
  const searched = answers.filter(({ choices }) => choices.every(({ next }) => next === undefined));
  assert(searched.length > 0);
  const certainties = searched.flatMap(({ choices }) => choices).map(({ certainty }) => certainty);
  assertEquals([...new Set(certainties)], ["few trials"]);
});

Deno.test("sayPlaces() counts places beyond the fourth, and parts those that hold commas", () => {
  const at = (...places: string[]) => ({ ...CHOICE, at: places });
  assertEquals(sayPlaces(at()), "");
  assertEquals(sayPlaces(at("1", "2", "3", "4")), "1, 2, 3, 4");
  assertEquals(sayPlaces(at("1", "2", "3", "4", "5")), "1, 2, 3, 2 more");
  assertEquals(sayPlaces(at("a, b", "c")), "a, b; c");
  assertEquals(sayPlaces(at("a".repeat(80), "b")), `${"a".repeat(80)}, 1 more`);
});

Deno.test("sayRange() says a unit once where both ends have it, and one amount where they read alike", () => {
  assertEquals(sayRange({ low: 15_800, high: 17_500 }, "ns"), "15.8 to 17.5 µs");
  assertEquals(sayRange({ low: 900, high: 17_500 }, "ns"), "900 ns to 17.5 µs");
  assertEquals(sayRange({ low: 15_800, high: 15_801 }, "ns"), "15.8 µs");
  assertEquals(sayRange({ low: 0, high: 0 }, "count"), "0");
  assertEquals(sayRange({ low: 1, high: 2 }, "count"), "1.00 to 2.00");
});

Deno.test("renderHtml() answers each question in one table before its findings, whatever it is named", () => {
  const record = sampleRecord();
  const page = renderHtml(record);
  const answers = answerQuestions(buildReport(record));
  const table = page.slice(page.indexOf('<table id="findings-short"'));
  assertEquals(
    table.slice(0, table.indexOf("</table>")).match(/scope="rowgroup"/g)?.length,
    answers.length,
  );
  assert(page.indexOf('id="findings-short"') < page.indexOf('<ul class="findings">'));
});

const CHOICE = {
  at: [],
  best: ["unix"],
  certainty: "clear",
  value: { low: 1, high: 1 },
} as const;
