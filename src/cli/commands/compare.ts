import type { Command } from "../command.ts";
import { MARGIN_OPTION } from "../margin.ts";

/** `sockbench compare`. */
export const compareCommand: Command = {
  name: "compare",
  summary: "Set two records side by side, cell by cell",
  description: [
    "Shows how much slower or faster head is, with its interval: one sentence that counts, then what changed, then the rest. " +
    "Text shows the headline metric of each scenario, --all and the other formats every cell. In what the environments differ " +
    "is said before the figures. Records of one ab job are compared in pairs.",
    "It informs and does not judge: the exit code is 0 whatever is slower. To fail a CI job, use gate or ab.",
  ],
  positionals: [
    { name: "base.json", description: "the record compared against" },
    { name: "head.json", description: "the record in question" },
  ],
  options: [
    {
      name: "format",
      short: "f",
      value: "name",
      choices: ["text", "md", "html", "json", "agent"],
      description:
        "Text for a terminal, Markdown or a page for readers, JSON for programs, agent for tools that read logs",
      default: "text",
    },
    {
      name: "all",
      description: "Shows the cells of all metrics in text too",
    },
    {
      ...MARGIN_OPTION,
      description: "Changes up to this share are no difference, as in 2%",
    },
    {
      name: "out",
      short: "o",
      value: "file",
      description: 'Where it goes; "-" is standard output',
      default: "-",
    },
  ],
  examples: [
    {
      line: "deno task sockbench compare before.json reports/latest.json",
      description: "What has changed since before.json",
    },
    {
      line:
        "deno task sockbench compare before.json reports/latest.json --format html --out changes.html",
      description: "The same as a page that opens from disk",
    },
    {
      line: "deno task sockbench compare reports/ab-base.json reports/ab-head.json --format json",
      description: "Every cell of the last A/B job, for a program",
    },
  ],
  load: async () => (await import("../actions/compare.ts")).compare,
};
