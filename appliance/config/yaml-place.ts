import { type Document, isMap, isScalar, isSeq, type Node } from 'yaml'

/** Character offset of a node in its document; 0 where there is no node. */
export function offsetOf(node: Node | null | undefined): number {
  return node?.range?.[0] ?? 0
}

/**
 * The plain value of a node, its aliases resolved.
 * @throws ReferenceError for an alias without an anchor, or for so many that they would blow up
 */
export function plainValue(document: Document, node: Node | null): unknown {
  return node === null ? null : node.toJS(document, { maxAliasCount: 100 })
}

/**
 * The node that a path of keys and indexes leads to, or the deepest one on the way where the path ends early.
 * @param wantsKey answers the key's node, not the value's, where the last step is into a map
 */
export function findNode(start: Node | null, path: readonly (string | number)[], wantsKey: boolean): Node | null {
  let node = start
  for (const [step, key] of path.entries()) {
    let inner: Node | null | undefined
    if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key)
      inner = (wantsKey && step === path.length - 1) || pair?.value === null ? pair?.key : pair?.value
    } else if (isSeq<Node>(node) && typeof key === 'number') inner = node.items[key]
    if (inner === undefined || inner === null) return node
    node = inner
  }
  return node
}

/** What an inner path leads to in a plain value. */
export function valueAt(value: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<string | number, unknown> | undefined)?.[key], value)
}
