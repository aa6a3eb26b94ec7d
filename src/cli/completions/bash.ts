/**
 * Completions for bash.
 *
 * @module
 */

import type { CommandModel, CompletionModel, OptionModel, ValueModel } from "./completion_model.ts";

/**
 * Renders the script.
 *
 * @param model what to offer
 * @returns a script to be sourced, also by the bash 3.2 of macOS
 */
export function renderBash(model: CompletionModel): string {
  const names = model.map(({ name }) => name);
  return `# Completions of sockbench for bash, made by "sockbench completions bash".
_sockbench() {
  local IFS=$' \\t\\n' cur=\${COMP_WORDS[COMP_CWORD]} option=\${COMP_WORDS[COMP_CWORD-1]}
  COMPREPLY=()
  # "--option=value" arrives as three words.
  if [[ $cur == "=" ]]; then
    cur=""
  elif [[ $option == "=" ]]; then
    option=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  if (( COMP_CWORD == 1 )); then
    _sockbench_words "${names.join(" ")} --help --version"
    return
  fi
  case "\${COMP_WORDS[1]} $option" in
${model.flatMap(valueCases).join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${model.map(restCase).join("\n")}
  esac
}

_sockbench_words() {
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
  # What ends in "=" goes on.
  if [[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]]; then compopt -o nospace 2>/dev/null; fi
}

_sockbench_list() {
  local head=""
  if [[ $cur == *,* ]]; then head="\${cur%,*},"; fi
  COMPREPLY=($(compgen -P "$head" -W "$1" -- "\${cur##*,}"))
}

_sockbench_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# "unix@libc" is one word.
COMP_WORDBREAKS=\${COMP_WORDBREAKS//@/}
complete -F _sockbench sockbench
`;
}

function valueCases({ name, options }: CommandModel): readonly string[] {
  return options.flatMap((option) => {
    if (option.value === undefined) return [];
    const patterns = [
      `--${option.long}`,
      ...(option.short === undefined ? [] : [`-${option.short}`]),
    ]
      .map((written) => `"${name} ${written}"`);
    return [`    ${patterns.join(" | ")}) ${offer(option.value)} return ;;`];
  });
}

function offer({ words, list, paths }: ValueModel): string {
  if (words.length > 0) return `_sockbench_${list ? "list" : "words"} "${words.join(" ")}";`;
  if (paths !== "none") return `_sockbench_paths ${paths === "files" ? "-f" : "-d"};`;
  return "";
}

function restCase({ name, options, positionals }: CommandModel): string {
  const written = options.flatMap(({ long, short }: OptionModel) => [
    `--${long}`,
    ...(short === undefined ? [] : [`-${short}`]),
  ]);
  const [first] = positionals;
  const argument = first === undefined ? "" : offer(first);
  const otherwise = argument === "" ? "" : ` else ${argument}`;
  return `    ${name}) if [[ $cur == -* ]]; then _sockbench_words "${
    written.join(" ")
  }";${otherwise} fi ;;`;
}
