/**
 * Exit codes.
 *
 * @module
 */

/** Exit codes; every command uses these and no others. */
export const EXIT = Object.freeze({
  /** Done. */
  ok: 0,
  /** Slower than the baseline. */
  regressed: 1,
  /** Wrong usage or input, or a place that cannot be written. */
  usage: 2,
  /** Nothing could be measured or judged. */
  cannotJudge: 3,
  /** A bug of sockbench (EX_SOFTWARE of sysexits.h). */
  bug: 70,
  /** Interrupted by Ctrl-C or SIGTERM. */
  interrupted: 130,
});
