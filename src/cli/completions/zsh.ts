/**
 * Completions for zsh.
 *
 * @module
 */

import {
  type CommandModel,
  type CompletionModel,
  type OptionModel,
  quoteWord,
  type ValueModel,
} from "./completion_model.ts";

/**
 * Renders the script.
 *
 * @param model what to offer
 * @returns a script to be sourced, or a file `_sockbench` on the `fpath`
 */
export function renderZsh(model: CompletionModel): string {
  return `#compdef sockbench
# Completions of sockbench for zsh, made by "sockbench completions zsh".
_sockbench() {
  local -a commands
  commands=(
${
    model.map(({ name, summary }) =>
      `    ${quoteWord(`${name}:${summary.replaceAll(":", "\\:")}`)}`
    ).join("\n")
  }
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments '--help[Show the help]' '--version[Show the version]'
    return
  fi
  local name=$words[2]
  shift words
  (( CURRENT-- ))
  case $name in
${model.map(commandCase).join("\n")}
  esac
}

# Sourced, it registers itself; as a file on the fpath, it is called.
if [[ $funcstack[1] == _sockbench ]]; then
  _sockbench "$@"
else
  compdef _sockbench sockbench
fi
`;
}

function commandCase({ name, options, positionals }: CommandModel): string {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...positionals.map((value, index) => quoteWord(`${index + 1}${action(value)}`)),
  ];
  return `    ${name})\n      _arguments \\\n${
    specs.map((spec) => `        ${spec}`).join(" \\\n")
  }\n      ;;`;
}

function optionSpecs({ long, short, description, repeats, value }: OptionModel): readonly string[] {
  const names = [`--${long}`, ...(short === undefined ? [] : [`-${short}`])];
  const before = repeats ? "*" : `(${names.join(" ")})`;
  const about = `[${description.replaceAll(/[[\]\\]/g, "\\$&")}]`;
  return names.map((name) => {
    const suffix = value !== undefined && name.startsWith("--") ? "=" : "";
    return quoteWord(
      `${before}${name}${suffix}${about}${value === undefined ? "" : action(value)}`,
    );
  });
}

/** As in `:name:(quick standard)`. */
function action({ name, words, list, paths }: ValueModel): string {
  const label = name.replaceAll(":", "\\:");
  if (words.length === 0) {
    return `:${label}:${paths === "none" ? " " : paths === "files" ? "_files" : "_files -/"}`;
  }
  return list
    ? `:${label}:_values -s , value ${words.join(" ")}`
    : `:${label}:(${words.join(" ")})`;
}
