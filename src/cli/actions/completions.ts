/**
 * `sockbench completions <shell>`.
 *
 * @module
 */

import { createCatalog } from "../../catalog.ts";
import { commands } from "../commands/registry.ts";
import { renderBash } from "../completions/bash.ts";
import { type CompletionModel, modelCompletions } from "../completions/completion_model.ts";
import { renderFish } from "../completions/fish.ts";
import { renderZsh } from "../completions/zsh.ts";
import { EXIT } from "../exit.ts";
import type { ParsedArguments } from "../parse_arguments.ts";
import type { Terminal } from "../terminal.ts";

const RENDERERS: Readonly<Record<string, (model: CompletionModel) => string>> = {
  bash: renderBash,
  zsh: renderZsh,
  fish: renderFish,
};

/** Prints the script for a shell. */
export function completions(args: ParsedArguments, terminal: Terminal): Promise<number> {
  // The declaration allows no other.
  const render = RENDERERS[args.positionals[0]!]!;
  terminal.out(render(modelCompletions(commands, createCatalog())));
  return Promise.resolve(EXIT.ok);
}
