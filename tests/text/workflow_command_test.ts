import { assertEquals } from "@std/assert";
import { WorkflowCommand } from "../../src/text/workflow_command.ts";

Deno.test("WorkflowCommand.annotate() escapes what would end its line, its title or begin a command", () => {
  assertEquals(
    WorkflowCommand.annotate("error", "a:b,c", "100 %\n::add-mask::x%0A").line,
    "::error title=a%3Ab%2Cc::100 %25\\u000a::add-mask::x%250A",
  );
});
