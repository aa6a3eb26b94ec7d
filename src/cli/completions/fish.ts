/**
 * Completions for fish.
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
 * @returns a script to be sourced, or a file `sockbench.fish` among fish's completions
 */
export function renderFish(model: CompletionModel): string {
  return `# Completions of sockbench for fish, made by "sockbench completions fish".
function __sockbench_command
    set -l words (commandline -opc)
    test (count $words) -ge 2; and test $words[2] = $argv[1]
end

complete -c sockbench -e
complete -c sockbench -f
set -l first 'test (count (commandline -opc)) -eq 1'
complete -c sockbench -n $first -l help -s h -d 'Show the help'
complete -c sockbench -n $first -l version -s V -d 'Show the version'
${
    model.map(({ name, summary }) =>
      `complete -c sockbench -n $first -a ${name} -d ${quoteWord(summary)}`
    ).join("\n")
  }
${model.flatMap(commandLines).join("\n")}
`;
}

function commandLines({ name, options, positionals }: CommandModel): readonly string[] {
  const start = `complete -c sockbench -n '__sockbench_command ${name}'`;
  const [first] = positionals;
  return [
    ...options.map((option) => `${start} ${optionWords(option)}`),
    ...(first === undefined || offer(first) === "" ? [] : [`${start} ${offer(first)}`]),
  ];
}

function optionWords({ long, short, description, value }: OptionModel): string {
  const words = [`-l ${long}`, ...(short === undefined ? [] : [`-s ${short}`])];
  if (value !== undefined) words.push(value.paths === "none" ? "-x" : "-r", offer(value));
  return [...words, `-d ${quoteWord(description)}`].filter((word) => word !== "").join(" ");
}

function offer({ words, list, paths }: ValueModel): string {
  if (words.length > 0) {
    return list
      ? `-a "(__fish_complete_list , 'printf %s\\\\n ${words.join(" ")}')"`
      : `-a '${words.join(" ")}'`;
  }
  if (paths === "directories") return "-a '(__fish_complete_directories)'";
  return paths === "files" ? "-F" : "";
}
