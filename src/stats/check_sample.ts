// The checks that every statistic makes of its arguments, with one wording for all of them.
//
// Misuse throws; too few values does not: a statistic that can say something weaker says it with a
// warning. Only a sample with no value at all is misuse, because nothing can be said of it.

/**
 * Throws unless a sample holds at least one value and every value is finite. Throws RangeError if the sample is empty, or holds
 * NaN or an infinity.
 */
export function checkSample(task: string, values: readonly number[]): void {
  if (values.length === 0) {
    throw new RangeError(
      `Cannot ${task} as values must hold at least one number: current value is []`,
    );
  }
  for (let index = 0; index < values.length; index++) {
    if (!Number.isFinite(values[index])) {
      throw new RangeError(
        `Cannot ${task} as values[${index}] must be finite: current value is ${values[index]}`,
      );
    }
  }
}

/** Throws unless a probability lies strictly between 0 and 1. Throws RangeError if the value is NaN or outside (0, 1). */
export function checkOpenProbability(task: string, name: string, value: number): void {
  if (!(value > 0 && value < 1)) {
    throw new RangeError(
      `Cannot ${task} as ${name} must be between 0 and 1, both excluded: current value is ${value}`,
    );
  }
}

/**
 * Throws unless a number is a whole number of at least a minimum. Throws RangeError if the value is not a safe integer, or
 * below the minimum.
 */
export function checkCount(task: string, name: string, value: number, minimum: number): void {
  if (!Number.isSafeInteger(value) || value < minimum) {
    throw new RangeError(
      `Cannot ${task} as ${name} must be a whole number of at least ${minimum}: ` +
        `current value is ${value}`,
    );
  }
}
