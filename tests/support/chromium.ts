/**
 * A real browser for tests: Debian's Chromium, headless, driven by playwright-core.
 *
 * @module
 */

import { type Browser, chromium, type Page } from "playwright-core";
import { findProgram } from "./needs.ts";

/** What has axe-core look at a page: of what is right only how much it is. */
export const AXE = `axe.run({ resultTypes: ["violations"] })`;

/** Names that Chromium has on the PATH; the first is its half without windows, which starts and draws twice as fast. */
export const BROWSERS: readonly string[] = [
  "chromium-headless-shell",
  "chromium",
  "chromium-browser",
  "google-chrome",
];

/** How a page is looked at. */
export interface View {
  /** Width of the window in CSS pixels; absent: 1280. */
  readonly width?: number;
  /** What the system prefers; absent: light. */
  readonly scheme?: "light" | "dark";
  /** Whether scripts run; absent: they do. */
  readonly scripts?: boolean;
}

/** What a page did that a page may not do. */
export interface Seen {
  /** Messages of the console, of any kind, and uncaught errors. */
  readonly messages: string[];
  /** Addresses asked for, the page's own first. */
  readonly requests: string[];
  /** Dialogs, which only a script that got in would open. */
  readonly dialogs: string[];
}

/** Starts Chromium; the caller closes it. */
export async function startChromium(): Promise<Browser & AsyncDisposable> {
  // Root, as in a container, has no sandbox; nothing but the page under test is opened.
  const executablePath = BROWSERS.map(findProgram).find((path) => path !== undefined)!;
  return await chromium.launch({ executablePath, args: ["--no-sandbox"] });
}

/**
 * Opens a page from disk, as a user does, and takes note of whatever it does.
 *
 * @param browser The browser.
 * @param html The page.
 * @param view How it is looked at.
 * @param act What is done with it.
 * @returns What it did.
 */
export async function openFromDisk(
  browser: Browser,
  html: string,
  view: View,
  act: (page: Page) => Promise<void>,
): Promise<Seen> {
  const { width = 1280, scheme = "light", scripts = true } = view;
  const file = await Deno.makeTempFile({ prefix: "sockbench-test-", suffix: ".html" });
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: scheme,
    javaScriptEnabled: scripts,
    hasTouch: width < 600,
    isMobile: width < 600,
  });
  const seen: Seen = { messages: [], requests: [], dialogs: [] };
  try {
    await Deno.writeTextFile(file, html);
    const page = await context.newPage();
    page.on("console", (message) => seen.messages.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => seen.messages.push(`uncaught: ${error.message}`));
    page.on("request", (request) => seen.requests.push(request.url().replace(file, "page.html")));
    page.on("dialog", async (dialog) => {
      seen.dialogs.push(dialog.message());
      await dialog.dismiss();
    });
    await page.goto(`file://${file}`);
    await act(page);
  } finally {
    await context.close();
    await Deno.remove(file);
  }
  return seen;
}
