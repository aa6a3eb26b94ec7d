// Charts: pictures of a record as SVG text.

import type { Placement } from "../../model/placement.ts";

/** A Chart is one picture, whole and stand-alone: it opens from disk, and stands in a page as it is. */
export interface Chart {
  /** Stable slug of a–z, 0–9 and hyphens, unique within one list: anchor and file name, as in `round-trip-cdf-process`. */
  readonly id: string;
  /** What sort of picture: `cdf`, `percentiles`, `throughput`, `heat-map`, `timeline`, `rounds`, `forest`. */
  readonly kind: string;
  /** The scenario it belongs to; `null`: the run as a whole. */
  readonly scenario: string | null;
  /** Where the two ends of all its cases ran; `null`: that is not known, as of a comparison whose cases were not given. */
  readonly placement: Placement | null;
  /** What it shows, in one line; plain text that may hold anything, as names of a record do. */
  readonly title: string;
  /** The same in sentences for who cannot see it, with the main numbers; plain text. */
  readonly description: string;
  /** A whole `<svg>` element, valid as XML and within HTML. */
  readonly svg: string;
  /** Width in CSS pixels at which its text has the size of a page's small print; below two thirds of it, scroll rather than shrink. */
  readonly width: number;
  /** Height in CSS pixels at that width. */
  readonly height: number;
}
