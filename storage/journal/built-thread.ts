/** The bundle of a helper thread: beside the bundle that starts it, or in `dist` when that runs from source. */
export function builtThread(name: string): URL {
  const isSource = import.meta.url.endsWith('.ts')
  return new URL(isSource ? `../../dist/${name}` : `./${name}`, import.meta.url)
}
