// The look of all charts: Okabe and Ito's colours (2008) at a contrast of 4.5 : 1; no chart needs them: marks and dashes differ, too.

import { element, position } from "./svg.ts";

export const HEAT_STEPS = 7;

/** Font sizes in pixels; nothing is written in another. */
export const FONT = { title: 15, label: 12, small: 11 } as const;

interface Theme {
  readonly background: string;
  readonly ink: string;
  readonly muted: string;
  readonly grid: string;
  readonly axis: string;
  readonly band: string;
  readonly series: readonly string[];
  readonly heat: readonly string[];
  readonly heatInk: readonly string[];
}

const LIGHT: Theme = {
  background: "#ffffff",
  ink: "#1b1f24",
  muted: "#57606a",
  grid: "#e4e7eb",
  axis: "#8c959f",
  band: "#dbe7f3",
  series: ["#0067a8", "#b84a00", "#00785a", "#93408b", "#7a5f00", "#4a5561", "#b3256b", "#3d6f8a"],
  heat: ["#eef4fb", "#d3e4f5", "#aecdeb", "#7fb0dd", "#3877b6", "#245d9c", "#0d427a"],
  heatInk: ["#1b1f24", "#1b1f24", "#1b1f24", "#1b1f24", "#ffffff", "#ffffff", "#ffffff"],
};

const DARK: Theme = {
  background: "#14181d",
  ink: "#e6e9ee",
  muted: "#a3adb8",
  grid: "#2a3037",
  axis: "#6b7682",
  band: "#223447",
  series: ["#5fb6ea", "#ff9f55", "#3fcba2", "#dc9fd8", "#e3c54f", "#b9c2cc", "#ff82b4", "#8fc3dc"],
  heat: ["#18283c", "#1b3857", "#1f4d79", "#28659c", "#5598d3", "#85b8e6", "#bfdbf6"],
  heatInk: ["#e6e9ee", "#e6e9ee", "#e6e9ee", "#ffffff", "#0e1216", "#0e1216", "#0e1216"],
};

const DASHES = ["", "6 3", "2 2", "8 3 2 3", "10 4", "1 3", "4 2 1 2", "12 3 3 3"];

function rules(theme: Theme): string {
  const { background, ink, muted, grid, axis, band, series, heat, heatInk } = theme;
  return [
    `.bg{fill:${background}}`,
    `text{fill:${ink}}`,
    `.mu{fill:${muted}}`,
    `.gr{stroke:${grid}}`,
    `.ax{stroke:${axis}}`,
    `.re{stroke:${ink}}`,
    `.ba{fill:${band}}`,
    `.wh{stroke:${ink}}`,
    `.wm{stroke:${axis}}`,
    `.ho{fill:${background}}`,
    `.nk{fill:${ink};stroke:${ink}}`,
    ...series.flatMap((
      colour,
      index,
    ) => [`.s${index}{stroke:${colour}}`, `.f${index}{fill:${colour};stroke:${colour}}`]),
    ...series.map((colour, index) => `text.l${index}{fill:${colour}}`),
    ...heat.map((colour, index) => `.h${index}{fill:${colour}}`),
    ...heatInk.map((colour, index) => `text.t${index}{fill:${colour}}`),
  ].map((rule) => `.sbc ${rule}`).join("");
}

const LIGHT_RULES: string =
  `.sbc{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif;color-scheme:light dark}` +
  `.sbc text{font-size:${FONT.small}px;font-variant-numeric:tabular-nums}.sbc .ti{font-size:${FONT.title}px;font-weight:600}` +
  `.sbc .la{font-size:${FONT.label}px}.sbc .bo{font-weight:600}` +
  `.sbc .gr,.sbc .ax{stroke-width:1;shape-rendering:crispEdges}.sbc .re{stroke-width:1}.sbc .th{stroke-dasharray:4 3}` +
  `.sbc .cu{fill:none;stroke-width:2;stroke-linejoin:round}.sbc .ld{fill:none;stroke-width:1}` +
  `.sbc .wh{stroke-width:1.25;fill:none}.sbc .mk{stroke-width:1.5}.sbc .be{fill:none;stroke-width:2}.sbc .ev,.sbc .od{stroke-width:0;fill-opacity:.85}.sbc .od{fill-opacity:.55}` +
  DASHES.map((dash, index) => dash === "" ? "" : `.sbc .d${index}{stroke-dasharray:${dash}}`)
    .join("") +
  rules(LIGHT);
const DARK_RULES: string = rules(DARK);

/** The style sheet of every chart: a page needs it once, with one hash in its Content-Security-Policy. It stays within `svg.sbc`. */
export const CHART_STYLE = `${LIGHT_RULES}@media (prefers-color-scheme:dark){${DARK_RULES}}`;

/** The rules of all charts of a page, of which those for the dark follow its button where it was pressed. */
export const PAGE_CHART_STYLE = `${LIGHT_RULES}
@media (prefers-color-scheme:dark){:root:not([data-theme=light]){${DARK_RULES}}}
:root[data-theme=dark]{${DARK_RULES}}
@media print{:root,:root[data-theme]{${LIGHT_RULES}}}
`;

/** Shapes within a circle of radius 1, all of about the same area. */
const SHAPES: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]],
  [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  [[0, -1.15], [1.15, 0.85], [-1.15, 0.85]],
  [[0, 1.15], [1.15, -0.85], [-1.15, -0.85]],
  [
    [0.35, -1.1],
    [0.35, -0.35],
    [1.1, -0.35],
    [1.1, 0.35],
    [0.35, 0.35],
    [0.35, 1.1],
    [-0.35, 1.1],
    [-0.35, 0.35],
    [-1.1, 0.35],
    [-1.1, -0.35],
    [-0.35, -0.35],
    [-0.35, -1.1],
  ],
  [[1.15, 0], [-0.85, 1.15], [-0.85, -1.15]],
  [[-1.15, 0], [0.85, 1.15], [0.85, -1.15]],
];

/** Shape and colour of a series; without a colour ink; `radius`: in pixels, 4. */
export type MarkLook = Readonly<
  { shape: number; colour?: number; hollow?: boolean; radius?: number }
>;

export function mark(x: number, y: number, look: MarkLook): string {
  const { shape, colour, hollow = false, radius = 4 } = look;
  const stroke = colour === undefined ? "wh" : `s${colour}`;
  const fill = colour === undefined ? "nk" : `f${colour}`;
  const attributes = { class: `mk ${hollow ? `ho ${stroke}` : fill}` };
  const points = SHAPES[shape % SHAPES.length] ?? [];
  if (points.length === 0) return element("circle", { cx: x, cy: y, r: radius, ...attributes });
  const d = points.map(([dx, dy]) =>
    `${position(x + dx * radius * 0.95)} ${position(y + dy * radius * 0.95)}`
  );
  return element("path", { d: `M${d.join("L")}Z`, ...attributes });
}

/** A chart as it stands in a page, which holds the style sheet of all charts. */
export function withoutStyle(svg: string): string {
  return svg.replace(`<style>${CHART_STYLE}</style>`, "");
}
