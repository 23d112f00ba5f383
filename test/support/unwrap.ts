/**
 * What a command told in lines of at most 100 columns, with each of its sentences on one line again: how they break hangs on how long
 * the paths in them are. Lines of a stack trace stay.
 */
export function unwrapText(text: string): string {
  return text.replace(/\n {4,}(?=\S)(?!at )/g, ' ')
}
