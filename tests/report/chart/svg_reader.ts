/**
 * Reads a chart's SVG as a browser would, with a real XML parser: elements, attributes, texts and where they stand.
 *
 * @module
 */

import { SaxesParser } from "saxes";
import { textWidth } from "../../../src/report/chart/svg.ts";

/** An element as read. */
export interface SvgNode {
  /** Its name. */
  readonly name: string;
  /** Its attributes. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Elements inside. */
  readonly children: readonly SvgNode[];
  /** Text directly inside. */
  readonly text: string;
}

/** The parser's own form: filled while it reads. */
interface OpenNode extends SvgNode {
  readonly children: OpenNode[];
  text: string;
}

/** Parses an SVG; throws where it is not well-formed XML with namespaces. */
export function readSvg(svg: string): SvgNode {
  const parser = new SaxesParser({ xmlns: true });
  const stack: OpenNode[] = [];
  let root: OpenNode | undefined;
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", ({ name, attributes }) => {
    const values = Object.entries(attributes).map(([key, { value }]) => [key, value]);
    const node: OpenNode = { name, attributes: Object.fromEntries(values), children: [], text: "" };
    stack.at(-1)?.children.push(node);
    root ??= node;
    stack.push(node);
  });
  parser.on("text", (text) => {
    const open = stack.at(-1);
    if (open !== undefined) open.text += text;
  });
  parser.on("closetag", () => {
    stack.pop();
  });
  parser.write(svg).close();
  if (root === undefined) throw new Error("no element");
  return root;
}

/** Every element inside, itself first. */
export function allNodes(node: SvgNode): readonly SvgNode[] {
  return [node, ...node.children.flatMap(allNodes)];
}

/** Elements that carry an attribute. */
export function withAttribute(node: SvgNode, name: string): readonly SvgNode[] {
  return allNodes(node).filter(({ attributes }) => Object.hasOwn(attributes, name));
}

/** A text with the box that it covers. */
export interface TextBox {
  /** What it says. */
  readonly text: string;
  /** Left edge. */
  readonly left: number;
  /** Right edge. */
  readonly right: number;
  /** Upper edge. */
  readonly top: number;
  /** Lower edge. */
  readonly bottom: number;
}

/** The boxes of all texts, from their positions, anchors and classes. */
export function textBoxes(node: SvgNode): readonly TextBox[] {
  return allNodes(node).filter(({ name }) => name === "text").map(({ text, attributes }) => {
    const classes = (attributes.class ?? "").split(" ");
    const size = classes.includes("ti") ? 15 : classes.includes("la") ? 12 : 11;
    const width = textWidth(text, size);
    const x = Number(attributes.x);
    const y = Number(attributes.y);
    const anchor = attributes["text-anchor"] ?? "start";
    const left = anchor === "start" ? x : anchor === "middle" ? x - width / 2 : x - width;
    return { text, left, right: left + width, top: y - size * 0.75, bottom: y + size * 0.2 };
  });
}

/** Pairs of texts that cover each other. */
export function overlaps(node: SvgNode): readonly string[] {
  const boxes = textBoxes(node);
  return boxes.flatMap((a, index) =>
    boxes.slice(index + 1).filter((b) =>
      a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
    ).map((b) => `"${a.text}" and "${b.text}"`)
  );
}

/** Texts that reach beyond the card. */
export function outside(node: SvgNode): readonly string[] {
  const [, , width, height] = (node.attributes.viewBox ?? "").split(" ").map(Number);
  return textBoxes(node).filter((box) =>
    box.left < 0 || box.right > (width ?? 0) || box.top < 0 || box.bottom > (height ?? 0)
  ).map(({ text }) => text);
}
