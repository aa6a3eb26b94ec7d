/**
 * The rules of Jenkins' published JUnit schema (jenkinsci/xunit-plugin, junit-10.xsd) as far as elements and attributes go,
 * checked over the events of a strict XML 1.0 parser.
 */

import { SaxesParser } from "saxes";

/** An XmlElement is one element with what is in it. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

interface Rule {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  readonly children: readonly string[];
  readonly text: boolean;
}

const OUTCOME: Rule = { required: [], optional: ["type", "message"], children: [], text: true };
const OUTPUT: Rule = { required: [], optional: [], children: [], text: true };

/** One rule per element of the schema. */
const RULES: Readonly<Record<string, Rule>> = {
  testsuites: {
    required: [],
    optional: ["name", "time", "tests", "failures", "errors"],
    children: ["testsuite"],
    text: false,
  },
  testsuite: {
    required: ["name", "tests", "failures", "errors"],
    optional: [
      ..."group time skipped timestamp hostname id package file log url".split(" "),
    ],
    children: ["testsuite", "properties", "testcase", "system-out", "system-err"],
    text: false,
  },
  properties: { required: [], optional: [], children: ["property"], text: false },
  property: { required: ["name", "value"], optional: [], children: [], text: false },
  testcase: {
    required: ["name"],
    optional: ["time", "classname", "group"],
    children: ["skipped", "error", "failure", "system-out", "system-err"],
    text: false,
  },
  skipped: OUTCOME,
  error: OUTCOME,
  failure: OUTCOME,
  "system-out": OUTPUT,
  "system-err": OUTPUT,
};

/** SUREFIRE_TIME of the schema. */
const TIME = /^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$/;

/** Parses XML strictly: a fault of well-formedness or a character that XML 1.0 forbids throws. */
export function parseXml(xml: string): XmlElement {
  const parser = new SaxesParser();
  const stack: XmlElement[] = [];
  let root: XmlElement | undefined;
  parser.on("error", (error: Error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }: { name: string; attributes: unknown }) => {
    const element: XmlElement = {
      name,
      attributes: attributes as Record<string, string>,
      children: [],
      text: "",
    };
    stack.at(-1)?.children.push(element);
    root ??= element;
    stack.push(element);
  });
  parser.on("closetag", () => void stack.pop());
  parser.on("text", (text: string) => {
    const element = stack.at(-1);
    if (element !== undefined) element.text += text;
  });
  parser.write(xml).close();
  if (root === undefined) throw new Error("no root element");
  return root;
}

/** Parses JUnit XML and checks it against the schema, and its counts against its contents. */
export function parseJunit(xml: string): XmlElement {
  const root = parseXml(xml);
  if (root.name !== "testsuites") throw new Error(`the root is ${root.name}`);
  checkElement(root);
  for (const suite of root.children) checkCounts(suite);
  return root;
}

function checkElement(element: XmlElement): void {
  const { name, attributes, children, text } = element;
  const rule = RULES[name];
  if (rule === undefined) throw new Error(`unknown element ${name}`);
  for (const required of rule.required) {
    if (!Object.hasOwn(attributes, required)) throw new Error(`${name} lacks ${required}`);
  }
  for (const [attribute, value] of Object.entries(attributes)) {
    if (![...rule.required, ...rule.optional].includes(attribute)) {
      throw new Error(`${name} may not have ${attribute}`);
    }
    if (attribute === "time" && !TIME.test(value)) throw new Error(`time ${value}`);
  }
  if (!rule.text && text.trim() !== "") throw new Error(`${name} may not hold text`);
  for (const child of children) {
    if (!rule.children.includes(child.name)) throw new Error(`${name} may not hold ${child.name}`);
    checkElement(child);
  }
}

function checkCounts(suite: XmlElement): void {
  const cases = suite.children.filter(({ name }) => name === "testcase");
  const having = (outcome: string) =>
    cases.filter(({ children }) => children.some(({ name }) => name === outcome)).length;
  const counted = {
    tests: cases.length,
    failures: having("failure"),
    errors: having("error"),
    skipped: having("skipped"),
  };
  for (const [attribute, count] of Object.entries(counted)) {
    if (suite.attributes[attribute] !== String(count)) {
      throw new Error(`${attribute} is ${suite.attributes[attribute]}, counted ${count}`);
    }
  }
}
