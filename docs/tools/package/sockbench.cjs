#!/usr/bin/env node
// The command of the npm package: starts npm's Deno with the permissions that the task `sockbench` asks for, and no others.
"use strict";

const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const path = require("node:path");

/** As of "cannot be measured or judged". */
const CANNOT = 3;

function fail(sentence) {
  process.stderr.write(`sockbench: ${sentence}\n`);
  process.exit(CANNOT);
}

/** A C library other than glibc: npm has no Deno for it. */
function isMusl() {
  if (process.platform !== "linux") return false;
  const { header } = process.report.getReport();
  return header.glibcVersionRuntime === undefined;
}

function findDeno() {
  try {
    return require("deno/install_api.cjs").runInstall();
  } catch (error) {
    const onPath = (process.env.PATH ?? "").split(path.delimiter)
      .map((folder) => path.join(folder, process.platform === "win32" ? "deno.exe" : "deno"))
      .find((file) => require("node:fs").existsSync(file));
    if (onPath !== undefined) return onPath;
    if (isMusl()) {
      fail("npm has no Deno for musl (Alpine): use a glibc image, or put a Deno on the PATH");
    }
    fail(
      `there is no Deno for ${process.platform} ${process.arch} here (${
        error.code ?? error.message
      }): ` +
        "install without --omit=optional, or put a Deno on the PATH",
    );
  }
}

const flags = require("./flags.json");
const main = path.join(__dirname, "..", "dist", "start.js");
const child = spawn(findDeno(), ["run", ...flags, main, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { DENO_NO_UPDATE_CHECK: "1", ...process.env },
});
// A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => fail(`Deno could not be started: ${error.message}`));
child.on("exit", (code, signal) => {
  process.exitCode = signal === null ? code : 128 + (constants.signals[signal] ?? 0);
});
