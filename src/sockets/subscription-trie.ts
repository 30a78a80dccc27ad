import { concat } from '../base/mod.ts'

interface Node<Owner> {
  /** The bytes on the edge that leads here. */
  edge: Uint8Array
  owners: Set<Owner> | undefined
  readonly children: Map<number, Node<Owner>>
}

function commonLength(edge: Uint8Array, topic: Uint8Array, at: number): number {
  const end = Math.min(edge.length, topic.length - at)
  let i = 0
  while (i < end && edge[i] === topic[at + i]) i++
  return i
}

/**
 * Who wants messages that begin with which bytes. A radix tree: its size follows the number of
 * topics and their bytes, a look-up the length of the message's matching beginning.
 */
export class SubscriptionTrie<Owner> {
  readonly #root: Node<Owner> = { edge: new Uint8Array(0), owners: undefined, children: new Map() }

  /** Returns whether `topic` had no owner before. */
  add(topic: Uint8Array, owner: Owner): boolean {
    let node = this.#root
    let at = 0
    while (at < topic.length) {
      let child = node.children.get(topic[at]!)
      if (child === undefined) {
        child = { edge: topic.slice(at), owners: undefined, children: new Map() }
        node.children.set(topic[at]!, child)
      }
      const common = commonLength(child.edge, topic, at)
      if (common < child.edge.length) {
        const edge = child.edge.slice(0, common)
        const upper: Node<Owner> = { edge, owners: undefined, children: new Map() }
        child.edge = child.edge.slice(common)
        upper.children.set(child.edge[0]!, child)
        node.children.set(topic[at]!, upper)
        child = upper
      }
      node = child
      at += common
    }
    const first = node.owners === undefined
    node.owners ??= new Set()
    node.owners.add(owner)
    return first
  }

  /** Whether `owner` owns exactly `topic`. */
  has(topic: Uint8Array, owner: Owner): boolean {
    return this.#pathTo(topic)?.at(-1)?.owners?.has(owner) ?? false
  }

  /** Returns whether `owner` was the last owner of `topic`. */
  remove(topic: Uint8Array, owner: Owner): boolean {
    const path = this.#pathTo(topic)
    const node = path?.at(-1)
    if (path === undefined || !node?.owners?.delete(owner) || node.owners.size > 0) return false
    node.owners = undefined
    for (let i = path.length - 1; i > 0; i--) this.#tidy(path[i]!, path[i - 1]!)
    return true
  }

  /** Takes every subscription of `owner` away; returns the topics of which it was the last owner. */
  removeOwner(owner: Owner): Uint8Array[] {
    const topics: Uint8Array[] = []
    // Not by recursion: a peer decides how deep the tree is.
    const rest: [node: Node<Owner>, topic: Uint8Array][] = [[this.#root, this.#root.edge]]
    for (let entry = rest.pop(); entry !== undefined; entry = rest.pop()) {
      const [node, topic] = entry
      if (node.owners?.has(owner)) topics.push(topic)
      for (const child of node.children.values()) rest.push([child, concat([topic, child.edge])])
    }
    return topics.filter((topic) => this.remove(topic, owner))
  }

  /** Calls `visit` with the owners of each topic that `bytes` begin with, shortest first. */
  match(bytes: Uint8Array, visit: (owners: ReadonlySet<Owner>) => void): void {
    let node: Node<Owner> | undefined = this.#root
    let at = 0
    while (node !== undefined) {
      if (node.owners !== undefined) visit(node.owners)
      if (at === bytes.length) return
      node = node.children.get(bytes[at]!)
      if (node === undefined || commonLength(node.edge, bytes, at) < node.edge.length) return
      at += node.edge.length
    }
  }

  /** Whether `bytes` begin with any topic. */
  matches(bytes: Uint8Array): boolean {
    let found = false
    this.match(bytes, () => {
      found = true
    })
    return found
  }

  /** From the root to the node of `topic`; undefined when there is none. */
  #pathTo(topic: Uint8Array): Node<Owner>[] | undefined {
    const path: Node<Owner>[] = [this.#root]
    let at = 0
    while (at < topic.length) {
      const child = path.at(-1)!.children.get(topic[at]!)
      if (child === undefined || commonLength(child.edge, topic, at) < child.edge.length) {
        return undefined
      }
      path.push(child)
      at += child.edge.length
    }
    return path
  }

  /** Removes `node` when it says nothing any more, or joins it with its only child. */
  #tidy(node: Node<Owner>, parent: Node<Owner>): void {
    if (node.owners !== undefined || node.children.size > 1) return
    const key = node.edge[0]!
    const [child] = node.children.values()
    if (child === undefined) {
      parent.children.delete(key)
    } else {
      child.edge = concat([node.edge, child.edge])
      parent.children.set(key, child)
    }
  }
}
