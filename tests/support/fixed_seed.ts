/**
 * Preloaded by the test task: property tests draw the same cases on every run, so that a red test means the change under test
 * and not the dice. `deno task test:properties` draws others, and more of them.
 */

import fc from "fast-check";

fc.configureGlobal({ seed: 20_261_121 });
