// Names that no password may be made of.

/** Of cities: the code, the name and its longer words. */
export function namesOf(cities: readonly { readonly code: string; readonly name: string }[]): string[] {
  return cities.flatMap(({ code, name }) => [
    code,
    name.replaceAll(/\s+/g, ''),
    ...name.split(/\s+/).filter((word) => word.length > 3),
  ]);
}
