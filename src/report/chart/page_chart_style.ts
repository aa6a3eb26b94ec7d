// The charts' style sheet for a page that holds them: once, and following the page's own button for light and dark.

import { CHART_STYLE } from "./palette.ts";

/** The rules of all charts of a page, of which those for the dark follow its button where it was pressed. */
export const PAGE_CHART_STYLE: string = pageStyle();

function pageStyle(): string {
  const media = "@media (prefers-color-scheme:dark){";
  const [light = "", dark = ""] = CHART_STYLE.split(media);
  const darkRules = dark.slice(0, -1);
  return `${light}
${media}:root:not([data-theme=light]){${darkRules}}}
:root[data-theme=dark]{${darkRules}}
@media print{:root,:root[data-theme]{${light}}}
`;
}

/** A chart as it stands in a page, which holds the style sheet of all charts. */
export function withoutStyle(svg: string): string {
  return svg.replace(`<style>${CHART_STYLE}</style>`, "");
}
