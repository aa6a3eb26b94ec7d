/**
 * numberIds: tells charts apart whose names make the same slug.
 *
 * @module
 */

import type { Chart } from "./chart.ts";

/**
 * Numbers the ids that are taken already, in the chart and within its SVG.
 *
 * @param charts The charts.
 * @returns The same, each with an id of its own.
 */
export function numberIds(charts: readonly Chart[]): readonly Chart[] {
  const taken = new Set<string>();
  return charts.map((chart) => {
    let id = chart.id;
    for (let number = 2; taken.has(id); number++) id = `${chart.id}-${number}`;
    taken.add(id);
    if (id === chart.id) return chart;
    // The only ids of an SVG are those of its own title and description, and they come first.
    const svg = ["title", "desc"].reduce(
      (text, part) =>
        text.replace(`${chart.id}-${part}`, `${id}-${part}`)
          .replace(`id="${chart.id}-${part}"`, `id="${id}-${part}"`),
      chart.svg,
    );
    return { ...chart, id, svg };
  });
}
