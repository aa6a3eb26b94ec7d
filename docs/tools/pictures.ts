// `deno task docs:pictures`: the README's pictures, made from the committed sample: the page as Chromium shows it, and the text in a terminal.

import { decodeRecord } from "../../src/record/codec.ts";
import { reportFormats } from "../../src/report/registry.ts";
import { ROOT } from "./pages.ts";

const RECORD = "reports/sample.json";
/** Path of the picture of the page. */
export const PAGE = "docs/pictures/page.png";
/** Path of the picture of the terminal. */
export const TERMINAL = "docs/pictures/terminal.svg";
/** Path of the hashes. */
export const HASHES = "docs/pictures/hashes.json";

/** Lines of the text that the picture shows: the answers and what was found. */
const MAX_LINES = 36;

/** What a picture was made of, and what it is, as SHA-256: a browser draws no two pictures alike, so that the page stands for its own. */
export interface PictureHashes {
  readonly page: string;
  readonly png: string;
}

/** The hashes of the committed picture of the page. */
export async function committedHashes(): Promise<PictureHashes> {
  return JSON.parse(await Deno.readTextFile(new URL(HASHES, ROOT)));
}

/** The hashes as they are now: of the page that the sample gives, and of the picture. */
export async function hashesNow(): Promise<PictureHashes> {
  return {
    page: await sha256(new TextEncoder().encode(await samplePage())),
    png: await sha256(await Deno.readFile(new URL(PAGE, ROOT))),
  };
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function sample() {
  return decodeRecord(await Deno.readTextFile(new URL(RECORD, ROOT)), RECORD);
}

/** The page of the sample. */
export async function samplePage(): Promise<string> {
  return reportFormats.get("html")!.render(await sample());
}

/** The picture of the terminal: text, so that it is the same wherever it is made. */
export async function terminalPicture(): Promise<string> {
  const terminal = { columns: 80, color: true, unicode: true };
  const text = reportFormats.get("text")!.render(await sample(), { terminal });
  const lines = text.split("\n").slice(0, MAX_LINES);
  const [rowHeight, cellWidth, margin] = [18, 8.4, 16];
  const rows = lines.map((line, k) =>
    `<text y="${margin + (k + 1) * rowHeight}" xml:space="preserve">${
      spansOf(line, margin, cellWidth)
    }</text>`
  );
  const [width, height] = [80 * cellWidth + 2 * margin, lines.length * rowHeight + 2 * margin + 6];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>The sample's report in a terminal</title>",
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" fill="#d6dae2">`,
    ...rows,
    "</g>",
    "</svg>\n",
  ].join("\n");
}

/** What the suite prints of SGR: bold, dim, and the colours it has for text. */
const STYLES: Readonly<Record<string, string>> = {
  "1": 'font-weight="700"',
  "2": 'fill="#8b92a1"',
  "31": 'fill="#ff7b72"',
  "32": 'fill="#7ee787"',
  "33": 'fill="#e3b341"',
  "36": 'fill="#79c0ff"',
};

/** Each run of one style at its own column, so that no font's width shifts the next. */
function spansOf(line: string, margin: number, cellWidth: number): string {
  let column = 0;
  let style = "";
  return line.split("\u001b[").map((piece, k) => {
    const [, code, words] = /^(\d+)m(.*)$/.exec(piece) ?? [];
    if (k > 0) style = STYLES[code!] ?? "";
    const part = k > 0 ? words! : piece;
    if (part === "") return "";
    const length = [...part].length;
    const x = margin + column * cellWidth;
    column += length;
    const escaped = part.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
    return `<tspan x="${x.toFixed(1)}" textLength="${(length * cellWidth).toFixed(1)}"${
      style === "" ? "" : ` ${style}`
    }>${escaped}</tspan>`;
  }).join("");
}
