// Why a map file is refused, without what is said for the command line: the page has its own choices beside it.

/** «… deje que se numeren (--numbered): colonia» → «… deje que se numeren: colonia» */
export const reasonOnPage = (reason: string): string =>
  reason
    .replace(/ \(--[\w-]+\)/, '')
    .replace(/; --[\w-]+ .*$/, '')
    .replaceAll(/:YEAR\b/g, '');
