/**
 * Preloaded by the test task: libc is opened once per thread and never closed, which the leak sanitizer would hold against whichever test
 * is the first to need it.
 */

import { openKernel } from "../../src/kernel/libc.ts";

openKernel();
