// Exit codes.

/** How a command may end; every command uses these codes and no others. */
export interface ExitCodes {
  /** Done. */
  readonly ok: 0;
  /** Slower than the baseline. */
  readonly regressed: 1;
  /** Wrong usage or input, or a place that cannot be written. */
  readonly usage: 2;
  /** Nothing could be measured or judged. */
  readonly cannotJudge: 3;
  /** A bug of sockbench (EX_SOFTWARE of sysexits.h). */
  readonly bug: 70;
  /** Interrupted by Ctrl-C or SIGTERM. */
  readonly interrupted: 130;
}

/** The exit codes. */
export const EXIT: ExitCodes = Object.freeze({
  ok: 0,
  regressed: 1,
  usage: 2,
  cannotJudge: 3,
  bug: 70,
  interrupted: 130,
});
