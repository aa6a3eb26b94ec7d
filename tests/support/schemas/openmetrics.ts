/**
 * A strict parser of the OpenMetrics 1.0 text format: the ABNF of the specification, and of its prose the rules that bear on
 * gauges, state sets and info.
 */

/** A Sample is one line with a value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A Family is the samples of one metric family and what is declared of it. */
export interface Family {
  readonly name: string;
  type?: string;
  unit?: string;
  help?: string;
  readonly samples: Sample[];
}

const METRIC_NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
// normal-char, or a backslash before n, a quote, a backslash; strictly no other.
const ESCAPED = '(?:[^\\n"\\\\]|\\\\[n"\\\\])*';
const NUMBER = "[+-]?(?:[0-9]+(?:\\.[0-9]*)?(?:e[+-]?[0-9]+)?|[0-9]*\\.[0-9]+(?:e[+-]?[0-9]+)?)";
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`;

const DESCRIPTOR = new RegExp(`^# (TYPE|UNIT|HELP) (${METRIC_NAME}) (.*)$`, "u");
const SAMPLE = new RegExp(
  `^(${METRIC_NAME})(?:\\{((?:${LABEL}(?:,${LABEL})*)?)\\})? (${NUMBER})$`,
  "iu",
);
const TYPES = "counter gauge histogram gaugehistogram stateset info summary unknown".split(" ");

/** Parses an exposition; whatever the specification forbids throws. */
export function parseOpenMetrics(text: string): readonly Family[] {
  if (!text.isWellFormed()) throw new Error("not UTF-8");
  const lines = text.split("\n");
  if (lines.pop() !== "" || lines.pop() !== "# EOF") throw new Error("must end with # EOF");
  const families: Family[] = [];
  for (const line of lines) {
    const descriptor = DESCRIPTOR.exec(line);
    if (descriptor !== null) readDescriptor(families, descriptor);
    else readSample(families.at(-1), line);
  }
  const names = families.map(({ name }) => name);
  if (new Set(names).size !== names.length) throw new Error("families must be unique and together");
  families.forEach(checkFamily);
  return families;
}

function readDescriptor(families: Family[], [, key, name, value]: readonly string[]): void {
  if (name === undefined || value === undefined) throw new Error("empty descriptor");
  let family = families.at(-1);
  if (family?.name !== name) families.push(family = { name, samples: [] });
  if (family.samples.length > 0) throw new Error(`${key} of ${name} after its samples`);
  const field = ({ TYPE: "type", UNIT: "unit", HELP: "help" } as const)[
    key as "TYPE" | "UNIT" | "HELP"
  ];
  if (family[field] !== undefined) throw new Error(`${key} of ${name} twice`);
  family[field] = value;
  if (field === "help" && !new RegExp(`^${ESCAPED}$`, "u").test(value)) throw new Error(value);
}

function readSample(family: Family | undefined, line: string): void {
  const match = SAMPLE.exec(line);
  if (match === null || family === undefined) throw new Error(`not a line: ${line}`);
  const [, name = "", labelText = "", value = ""] = match;
  const labels: Record<string, string> = {};
  for (
    const [, label = "", text = ""] of labelText.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/gu)
  ) {
    if (Object.hasOwn(labels, label)) throw new Error(`label ${label} twice`);
    labels[label] = text.replace(/\\(.)/gu, (_, escaped) => escaped === "n" ? "\n" : escaped);
  }
  family.samples.push({ name, labels, value: Number(value) });
}

function checkFamily({ name, type, unit, help, samples }: Family): void {
  if (type === undefined || !TYPES.includes(type)) throw new Error(`type of ${name}: ${type}`);
  if (help === undefined) throw new Error(`${name} has no help`);
  if (unit !== undefined && !name.endsWith(`_${unit}`)) {
    throw new Error(`${name} does not end in its unit ${unit}`);
  }
  if (unit !== undefined && (type === "info" || type === "stateset")) {
    throw new Error(`${type} may have no unit`);
  }
  const keys = samples.map(({ labels }) => JSON.stringify(Object.entries(labels).sort()));
  if (new Set(keys).size !== keys.length) throw new Error(`label sets of ${name} must be unique`);
  const sampleName = type === "info" ? `${name}_info` : name;
  for (const sample of samples) {
    if (sample.name !== sampleName) throw new Error(`${sample.name} is no sample of ${name}`);
    if (!Number.isFinite(sample.value)) throw new Error(`${name} is ${sample.value}`);
    if (type === "info" && sample.value !== 1) throw new Error(`${name} must be 1`);
    if (type === "stateset") {
      if (!Object.hasOwn(sample.labels, name)) throw new Error(`${name} lacks its own label`);
      if (sample.value !== 0 && sample.value !== 1) throw new Error(`${name} must be 0 or 1`);
    }
  }
}
