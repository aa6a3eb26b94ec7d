// Every command of `sockbench`, in the order of the help. Declarations only: a command's work is loaded when it is called.

import type { Command } from "../parse.ts";
import { abCommand } from "./ab.ts";
import { baselineCommand } from "./baseline.ts";
import { claimsCommand } from "./claims.ts";
import { compareCommand } from "./compare.ts";
import { doctorCommand } from "./doctor.ts";
import { gateCommand } from "./gate.ts";
import { helpCommand } from "./help.ts";
import { importCommand } from "./import.ts";
import { listCommand } from "./list.ts";
import { loadCommand } from "./load.ts";
import { reportCommand } from "./report.ts";
import { runCommand } from "./run.ts";

export const commands: readonly Command[] = [
  runCommand,
  listCommand,
  loadCommand,
  reportCommand,
  compareCommand,
  importCommand,
  baselineCommand,
  gateCommand,
  abCommand,
  claimsCommand,
  doctorCommand,
  helpCommand,
];
