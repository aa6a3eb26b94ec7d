/**
 * checkSound: what holds for every chart, whatever is in the record.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Chart } from "../../../src/report/chart/chart.ts";
import { allNodes, outside, overlaps, readSvg } from "./svg_reader.ts";

/** Everything that holds for every chart, whatever is in the record. */
export function checkSound(list: readonly Chart[]): void {
  assertEquals(new Set(list.map(({ id }) => id)).size, list.length);
  for (const { id, kind, title, description, svg, width, height } of list) {
    assertMatch(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    // Throws where it is no XML.
    const root = readSvg(svg);
    assertEquals(root.name, "svg");
    assertEquals(root.attributes.role, "img");
    assertEquals(root.attributes.viewBox, `0 0 ${width} ${height}`);
    assertEquals(root.attributes["aria-labelledby"], `${id}-title ${id}-desc`);
    assertEquals(root.children.slice(0, 3).map(({ name }) => name), ["title", "desc", "style"]);
    assertEquals(root.children[0]?.attributes.id, `${id}-title`);
    assertEquals(root.children[1]?.attributes.id, `${id}-desc`);
    assert(title !== "" && root.children[1]?.text === description, id);
    // deno-lint-ignore no-control-regex
    assert(!/[\x00-\x1f\x7f-\x9f\ufffe\uffff]/.test(svg), `${id} holds a control character`);
    assert(svg.isWellFormed(), `${id} holds a lone surrogate`);
    for (const node of allNodes(root)) {
      assert(!["script", "image", "a", "foreignObject", "use"].includes(node.name), node.name);
      for (const [name, value] of Object.entries(node.attributes)) {
        assert(!/^on|^style$|href/i.test(name), `${id} has attribute ${name}`);
        const numbers = /^(x|y|x1|x2|y1|y2|cx|cy|r|d|width|height)$/.test(name) ||
          /^data-(value|low|high|fast|slow|values|threshold)$/.test(name);
        if (numbers) {
          assert(!/NaN|Infinity|undefined/.test(value), `${id} ${name}=${value}`);
          assert(!/(^|[^\d.])-0(?![.\d])/.test(value), `${id} ${name}=${value}`);
        }
      }
    }
    assertEquals(overlaps(root), [], `${kind} ${id}`);
    assertEquals(outside(root), [], `${kind} ${id}`);
  }
}
