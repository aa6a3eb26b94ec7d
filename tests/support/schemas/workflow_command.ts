/** A parser of GitHub workflow commands, after actions/runner, src/Runner.Common/ActionCommand.cs. */

/** A WorkflowCommand is one line that the runner takes for an order. */
export interface WorkflowCommand {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly data: string;
}

/** Parses every line of a step's output; a line that is no command throws. */
export function parseWorkflowCommands(output: string): readonly WorkflowCommand[] {
  const lines = output.split(/\r\n|\r|\n/);
  if (lines.pop() !== "") throw new Error("must end with a line break");
  return lines.map((line) => {
    // The runner trims the line and takes everything up to the next "::" for command and properties.
    const match = /^::(\w+)(?: (.*?))?::(.*)$/u.exec(line.trimStart());
    if (match === null) throw new Error(`not a command: ${line}`);
    const [, command = "", list = "", data = ""] = match;
    const properties = list.split(",").filter((part) => part !== "").map((part) => {
      const at = part.indexOf("=");
      if (at < 1) throw new Error(`not a property: ${part}`);
      return [part.slice(0, at), unescape(part.slice(at + 1))] as const;
    });
    return { command, properties: Object.fromEntries(properties), data: unescape(data) };
  });
}

function unescape(text: string): string {
  return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%3A", ":")
    .replaceAll("%2C", ",").replaceAll("%25", "%");
}
