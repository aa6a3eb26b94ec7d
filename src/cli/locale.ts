// What the locale says of the terminal.

/**
 * Whether the terminal is said to show Unicode: by LC_ALL, else LC_CTYPE, else LANG, the first that is not empty (POSIX.1-2017,
 * section 8.2). Where none says anything, as in most containers, or where reading them was not granted, it is taken to.
 */
export function localeShowsUnicode(read: (variable: string) => string | undefined): boolean {
  const locale = read("LC_ALL") || read("LC_CTYPE") || read("LANG") || "";
  return locale === "" || /utf-?8/i.test(locale);
}
