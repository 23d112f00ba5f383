/** Turns a schema's path of names into `PascalCase`. */
export function pascalCase(path: readonly string[]): string {
  return path.map((name) => name.charAt(0).toUpperCase() + name.slice(1)).join('')
}

/** Turns a schema's path of names into `camelCase`: a run of capitals at the front is one word. */
export function camelCase(path: readonly string[]): string {
  return pascalCase(path).replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+(?![a-z])|^[A-Z]/, (run) => run.toLowerCase())
}

/** Turns a schema's path of names into `SCREAMING_CASE`. */
export function screamingCase(path: readonly string[]): string {
  const words = pascalCase(path).replaceAll(/([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])/g, '$1$3_$2$4')
  return words.toUpperCase()
}

/** Turns a schema's name into the name of a file, without its ending. */
export function kebabCase(name: string): string {
  return screamingCase([name])
    .toLowerCase()
    .replaceAll('_', '-')
    .replaceAll(/([a-z])(\d+)$/g, '$1-$2')
}

/** The names that a class has given away: a schema may call a field as the decoder calls something of its own. */
export class NameTable {
  readonly #taken: Set<string>

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken)
  }

  /**
   * Takes a base name all of whose derived names are free, by underscores behind it.
   * @param derive every name that the base leads to
   */
  take(base: string, derive: (base: string) => readonly string[]): string {
    let name = base
    while (derive(name).some((derived) => this.#taken.has(derived))) name += '_'
    for (const derived of derive(name)) this.#taken.add(derived)
    return name
  }
}
