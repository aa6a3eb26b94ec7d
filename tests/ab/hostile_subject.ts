/**
 * A subject whose agent is this sockbench's own, but for what it answers: a checkout of another version, or of somebody with an interest.
 *
 * @module
 */

const AGENT = import.meta.resolve("../../src/ab/agent_main.ts");

/**
 * Writes a checkout into a directory, for `--head dir:<directory>`.
 *
 * @param change body of a function that is given the `message` about to be answered and returns what is answered instead
 */
export async function writeHostileSubject(directory: string, change: string): Promise<void> {
  await Deno.mkdir(`${directory}/src/ab`, { recursive: true });
  // Every checkout has one.
  await Deno.writeTextFile(`${directory}/deno.json`, "{}");
  await Deno.writeTextFile(
    `${directory}/src/ab/agent_main.ts`,
    `const write = Deno.stdout.writeSync.bind(Deno.stdout);
const change = (message) => { ${change} };
Deno.stdout.write = (bytes) => {
  const message = JSON.parse(new TextDecoder().decode(bytes));
  const answers = [change(message)].flat();
  write(new TextEncoder().encode(answers.map((one) => JSON.stringify(one) + "\\n").join("")));
  return Promise.resolve(bytes.length);
};
await import(${JSON.stringify(AGENT)});
`,
  );
}
