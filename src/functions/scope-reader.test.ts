import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ScopeReader } from './scope-reader.ts'

const reader = new ScopeReader()
const ofModule = { a: 1 }

test('the scopes of a function are read from the inside out, as live values', () => {
  const outer = [1]
  const f = (() => {
    const inner = new Map()
    return () => [outer, inner, ofModule]
  })()
  const { scopes } = reader.read(f)
  const [outerAt, innerAt, moduleAt] = ['outer', 'inner', 'ofModule'].map((name) =>
    scopes.findIndex((scope) => Object.hasOwn(scope, name)),
  ) as [number, number, number]
  assert.ok(innerAt < outerAt && outerAt < moduleAt)
  assert.equal(scopes[outerAt]!['outer'], outer)
  assert.equal(scopes[moduleAt]!['ofModule'], ofModule)
  assert.ok(scopes.every((scope) => !Object.hasOwn(scope, 'globalThis')))
})

test('a bound function is taken into its parts', () => {
  const self = { x: 1 }
  const target = (..._args: unknown[]): void => {}
  const parts = reader.readBound(target.bind(self, 2, self))
  assert.deepEqual(parts, { target, self, args: [2, self] })
  assert.equal(reader.readBound(target), undefined)
})

test('scripts on the stack and scripts anywhere are told by their file', () => {
  const { scriptId } = reader.read(() => ofModule)
  assert.equal(reader.runningScripts().get(scriptId!), import.meta.url)
  assert.equal(reader.allScripts().get(scriptId!), import.meta.url)
})

test('nothing is left behind on globalThis', () => {
  const names = Object.getOwnPropertySymbols(globalThis).map(String)
  assert.ok(!names.some((name) => name.includes('iparallel')))
})
