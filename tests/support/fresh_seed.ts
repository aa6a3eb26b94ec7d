/**
 * Preloaded by `deno task test:properties`: fresh cases on every run, and many of them where a test does not set its own number.
 * A failure prints its seed and path; put the counterexample into a test of its own.
 */

import fc from "fast-check";

fc.configureGlobal({ numRuns: 5000 });
