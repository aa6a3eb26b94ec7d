// Parameters of a case.

/** Parameter values of a case by name: sizes in bytes as numbers, choices as strings. */
export type Params = Readonly<Record<string, number | string>>;
