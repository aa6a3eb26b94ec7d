// drawFigure: the picture of a figure.

import type { Figure } from "../document/figure.ts";
import { drawDistribution } from "./cdf_chart.ts";
import type { Chart } from "./chart.ts";
import { drawForest } from "./forest_chart.ts";
import { drawHeatMap } from "./heat_map.ts";
import { drawPercentiles } from "./percentile_chart.ts";
import { drawRounds } from "./rounds_chart.ts";
import { drawThroughput } from "./throughput_chart.ts";
import { drawTimeline } from "./timeline_chart.ts";

/** Draws a figure. The same figure gives the same picture. */
export function drawFigure(figure: Figure): Chart {
  const { data } = figure;
  switch (data.kind) {
    case "percentiles":
      return drawPercentiles(figure, data);
    case "throughput":
      return drawThroughput(figure, data);
    case "heat-map":
      return drawHeatMap(figure, data);
    case "timeline":
      return drawTimeline(figure, data);
    case "cdf":
      return drawDistribution(figure, data);
    case "rounds":
      return drawRounds(figure, data);
    case "forest":
      return drawForest(figure, data);
  }
}
