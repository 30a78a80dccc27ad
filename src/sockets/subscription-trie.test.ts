import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hex, utf8 } from '../base/mod.ts'
import { SubscriptionTrie } from './subscription-trie.ts'

function ownersOf(trie: SubscriptionTrie<string>, message: Uint8Array): string[] {
  const found = new Set<string>()
  trie.match(message, (owners) => {
    for (const owner of owners) found.add(owner)
  })
  return [...found].sort()
}

test('a message matches every topic that it begins with', () => {
  const trie = new SubscriptionTrie<string>()
  trie.add(utf8(''), 'all')
  trie.add(utf8('news'), 'news')
  trie.add(utf8('news.sport'), 'sport')
  trie.add(utf8('new'), 'new')
  assert.deepEqual(ownersOf(trie, utf8('news.sport.x')), ['all', 'new', 'news', 'sport'])
  assert.deepEqual(ownersOf(trie, utf8('news.')), ['all', 'new', 'news'])
  assert.deepEqual(ownersOf(trie, utf8('ne')), ['all'])
  assert.deepEqual(ownersOf(trie, utf8('')), ['all'])
})

test('only the first owner of a topic is news, and only the last one to leave', () => {
  const trie = new SubscriptionTrie<string>()
  assert.ok(trie.add(utf8('a'), 'x'))
  assert.ok(!trie.add(utf8('a'), 'y'))
  assert.ok(!trie.add(utf8('a'), 'y'))
  assert.ok(!trie.remove(utf8('a'), 'x'))
  assert.ok(trie.has(utf8('a'), 'y'))
  assert.ok(!trie.has(utf8('a'), 'x'))
  assert.ok(!trie.has(utf8('ab'), 'y'))
  assert.ok(trie.remove(utf8('a'), 'y'))
  assert.ok(!trie.remove(utf8('a'), 'y'))
})

test('an owner that leaves takes all its topics along', () => {
  const trie = new SubscriptionTrie<string>()
  for (const topic of ['', 'a', 'ab', 'abc', 'x']) trie.add(utf8(topic), 'gone')
  trie.add(utf8('ab'), 'stays')
  assert.deepEqual(
    trie
      .removeOwner('gone')
      .map((topic) => Buffer.from(topic).toString())
      .sort(),
    ['', 'a', 'abc', 'x'],
  )
  assert.deepEqual(ownersOf(trie, utf8('abcd')), ['stays'])
})

test('a topic that contains another ten thousand times over does not end the program', () => {
  const trie = new SubscriptionTrie<string>()
  for (let length = 0; length < 10_000; length++) trie.add(new Uint8Array(length), 'deep')
  assert.equal(trie.removeOwner('deep').length, 10_000)
})

const topic = fc.uint8Array({ maxLength: 4, max: 2 })
const step = fc.tuple(fc.constantFrom('add', 'remove', 'leave'), topic, fc.constantFrom('x', 'y'))

test('it agrees with a plain list of pairs, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(step), fc.array(topic), (steps, messages) => {
      const trie = new SubscriptionTrie<string>()
      const pairs = new Map<string, { topic: Uint8Array; owner: string }>()
      const hasTopic = (topic: Uint8Array): boolean =>
        [...pairs.values()].some((pair) => hex(pair.topic) === hex(topic))
      for (const [what, topic, owner] of steps) {
        const key = `${owner} ${hex(topic)}`
        if (what === 'add') {
          assert.equal(trie.add(topic, owner), !hasTopic(topic))
          pairs.set(key, { topic, owner })
        } else if (what === 'remove') {
          const had = pairs.delete(key)
          assert.equal(trie.remove(topic, owner), had && !hasTopic(topic))
        } else {
          trie.removeOwner(owner)
          for (const [key, pair] of pairs) if (pair.owner === owner) pairs.delete(key)
        }
      }
      for (const message of messages) {
        const expected = [...pairs.values()]
          .filter(({ topic }) => hex(message).startsWith(hex(topic)))
          .map(({ owner }) => owner)
        assert.deepEqual(ownersOf(trie, message), [...new Set(expected)].sort())
        assert.equal(trie.matches(message), expected.length > 0)
      }
    }),
  )
})
