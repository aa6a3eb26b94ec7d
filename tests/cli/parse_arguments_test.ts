import { assertEquals, assertThrows } from "@std/assert";
import type { Command } from "../../src/cli/parse.ts";
import { parseArguments, valueOf, valuesOf } from "../../src/cli/parse.ts";
import { UsageError } from "../../src/cli/failure.ts";

const command: Command = {
  name: "try",
  summary: "",
  description: [],
  positionals: [{ name: "file", description: "a file" }, {
    name: "other",
    description: "",
    optional: true,
  }],
  options: [
    { name: "out", short: "o", value: "dir", description: "" },
    { name: "glob", value: "glob", multiple: true, description: "" },
    { name: "names", short: "n", value: "names", list: true, description: "" },
    { name: "colour", value: "c", choices: ["red", "green"], description: "" },
    { name: "quiet", short: "q", description: "" },
    { name: "strict", value: "glob", isValueOptional: true, multiple: true, description: "" },
  ],
  retired: { normalise: "--normalise is gone: use another machine" },
  examples: {},
  action: () => Promise.reject(new Error("not called by parsing")),
};

const parse = (...raw: string[]) => parseArguments(command, raw);
const refuse = (message: string, ...raw: string[]) =>
  assertThrows(() => parse(...raw), UsageError, message);

Deno.test("parseArguments() reads --a b, --a=b, -o b and flags in any order", () => {
  for (
    const raw of [["f", "--out", "x", "-q"], ["-q", "--out=x", "f"], ["-o", "x", "--quiet", "f"]]
  ) {
    const args = parse(...raw);
    assertEquals(valueOf(args, "out"), "x");
    assertEquals([...args.flags], ["quiet"]);
    assertEquals(args.positionals, ["f"]);
  }
});

Deno.test("parseArguments() answers an option of an earlier version with its own sentence", () => {
  refuse("--normalise is gone: use another machine", "f", "--normalise");
  refuse("--normalise is gone: use another machine", "f", "--normalise=yardstick");
  refuse("try has no option --toString", "f", "--toString");
});

Deno.test("parseArguments() keeps what follows the first = as the value", () => {
  assertEquals(valuesOf(parse("f", "--glob=a=b,c=d"), "glob"), ["a=b,c=d"]);
});

Deno.test("parseArguments() adds repeated options and lists up, and splits only lists", () => {
  const args = parse("f", "--glob", "a,b", "--glob=c", "-n", "x, y", "--names=z");
  assertEquals(valuesOf(args, "glob"), ["a,b", "c"]);
  assertEquals(valuesOf(args, "names"), ["x", "y", "z"]);
});

Deno.test("parseArguments() takes - and negative numbers as values, and everything after -- as positionals", () => {
  assertEquals(valueOf(parse("f", "--out", "-"), "out"), "-");
  assertEquals(valueOf(parse("f", "--out", "-5"), "out"), "-5");
  assertEquals(parse("f", "--", "--out").positionals, ["f", "--out"]);
  assertEquals(parse("-").positionals, ["-"]);
});

Deno.test("parseArguments() reads an option whose value may be left out as a flag, or with every value", () => {
  const bare = parse("f", "--strict", "-q");
  assertEquals([...bare.flags], ["strict", "quiet"]);
  assertEquals(valuesOf(bare, "strict"), []);
  assertEquals([...parse("f", "--strict").flags], ["strict"]);
  const named = parse("f", "--strict", "a/*", "--strict=b", "-q");
  assertEquals([...named.flags], ["quiet"]);
  assertEquals(valuesOf(named, "strict"), ["a/*", "b"]);
  refuse("--strict needs a value", "f", "--strict=");
  refuse("--strict needs a value", "f", "--strict", "");
});

Deno.test("parseArguments() refuses a missing value, also before another option", () => {
  refuse("--out needs a value: --out <dir>", "f", "--out");
  refuse("--out needs a value", "f", "--out=");
  refuse("--out needs a value", "f", "--out", "--quiet");
  refuse("-o needs a value", "f", "-o", "-q");
});

Deno.test("parseArguments() refuses a value for a flag, a second value, an empty item, a wrong choice", () => {
  refuse("--quiet takes no value", "f", "--quiet=yes");
  refuse("--out can be given only once", "f", "--out=a", "-o", "b");
  refuse("--names has an empty item", "f", "--names=a,,b");
  refuse('--colour must be one of red, green: "blue" is not', "f", "--colour=blue");
});

Deno.test("parseArguments() refuses unknown options and names what could have been meant", () => {
  const error = refuse("try has no option --outt", "f", "--outt", "x");
  assertEquals(error.given, "--outt");
  const known = ["--out", "--glob", "--names", "--colour", "--quiet", "--strict", "--help"];
  assertEquals(error.candidates, known);
  refuse("try has no option -x", "f", "-x");
  refuse("try has no option --__proto__", "f", "--__proto__=1");
  refuse("try has no option -oq", "f", "-oq");
});

Deno.test("parseArguments() counts the positionals, unless help is asked for", () => {
  refuse("try needs <file>: a file");
  refuse('try does not know what to do with "c"', "a", "b", "c");
  assertEquals(parse("--help").flags.has("help"), true);
  assertEquals(parse("-h", "a", "b", "c").flags.has("help"), true);
});
