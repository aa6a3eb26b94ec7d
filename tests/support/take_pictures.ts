// `deno task docs:pictures`: writes the README's pictures, and what they were made of.

import {
  HASHES,
  hashesNow,
  PAGE,
  samplePage,
  TERMINAL,
  terminalPicture,
} from "../../docs/tools/pictures.ts";
import { ROOT } from "../../docs/tools/pages.ts";
import { startChromium } from "./chromium.ts";

await Deno.writeTextFile(new URL(TERMINAL, ROOT), await terminalPicture());
await using browser = await startChromium();
const page = await browser.newPage({
  viewport: { width: 1180, height: 820 },
  colorScheme: "light",
  reducedMotion: "reduce",
});
await page.setContent(await samplePage());
await page.screenshot({ path: new URL(PAGE, ROOT).pathname });
await Deno.writeTextFile(new URL(HASHES, ROOT), `${JSON.stringify(await hashesNow(), null, 2)}\n`);
