/**
 * What the locale says of the terminal.
 *
 * @module
 */

/**
 * Whether the terminal is said to show Unicode: by LC_ALL, else LC_CTYPE, else LANG, the first that is not empty (POSIX.1-2017,
 * section 8.2). Where none says anything, as in most containers, or where reading them was not granted, it is taken to.
 *
 * @param read reads a variable of the environment; `undefined` where it is not set or may not be read
 */
export function localeShowsUnicode(read: (variable: string) => string | undefined): boolean {
  const locale = read("LC_ALL") || read("LC_CTYPE") || read("LANG") || "";
  return locale === "" || /utf-?8/i.test(locale);
}
