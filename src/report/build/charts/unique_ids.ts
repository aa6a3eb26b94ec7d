// numberIds: tells figures apart whose names make the same slug.

import type { Figure } from "../../document/figure.ts";

/** Numbers the ids that are taken already. */
export function numberIds(figures: readonly Figure[]): readonly Figure[] {
  const taken = new Set<string>();
  return figures.map((figure) => {
    let id = figure.id;
    for (let number = 2; taken.has(id); number++) id = `${figure.id}-${number}`;
    taken.add(id);
    return { ...figure, id };
  });
}
