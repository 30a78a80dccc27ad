import assert from 'node:assert/strict'
import { after, beforeEach, test } from 'node:test'
import { limits } from '../base/mod.ts'
import { History } from './history.ts'
import { Namespace } from './namespace.ts'

const namespace = new Namespace()
let history: History
beforeEach(() => {
  namespace.clear()
  history = new History(namespace)
})
after(() => namespace.clear())

test('In holds the cells, Out their results, _ the last one', () => {
  history.addSource(1, '6 * 7')
  history.addResult(1, 42)
  assert.deepEqual(namespace.read('In'), ['', '6 * 7'])
  assert.deepEqual(namespace.read('Out'), { 1: 42 })
  assert.equal(namespace.read('_'), 42)
})

test('a _ of the user is left alone', () => {
  history.addResult(1, 42)
  namespace.define('_', 'lodash')
  history.addResult(2, 43)
  assert.equal(namespace.read('_'), 'lodash')
})

test('a _ of the user is left alone, also when it was the value of a cell', () => {
  namespace.define('_', 'lodash')
  history.addResult(1, 'lodash')
  history.addResult(2, 43)
  assert.equal(namespace.read('_'), 'lodash')
})

test('a result that is not a number does not keep later ones from being the last', () => {
  history.addResult(1, Number.NaN)
  history.addResult(2, 43)
  assert.deepEqual([namespace.read('_'), namespace.read('__')], [43, Number.NaN])
})

test('a _ that was deleted comes back', () => {
  Reflect.deleteProperty(globalThis, '_')
  history.addResult(1, 42)
  assert.equal(namespace.read('_'), 42)
})

test('the value of a cell is shown as it is when somebody asks for it', () => {
  const list = [1]
  history.addSource(1, 'list')
  history.addResult(1, list)
  const [cell] = history.cells
  list.push(2)
  assert.equal(cell?.output, '[ 1, 2 ]')
})

test('old results are let go', () => {
  for (let i = 1; i <= limits.historyResultsMax + 5; i++) history.addResult(i, i)
  const numbers = Object.keys(namespace.read('Out') as object).map(Number)
  assert.equal(numbers.length, limits.historyResultsMax)
  assert.equal(numbers[0], 6)
})

test('old cells are let go', () => {
  for (let i = 1; i <= limits.historyCellsMax + 5; i++) history.addSource(i, String(i))
  const sources = namespace.read('In') as string[]
  assert.equal(5 in sources, false)
  assert.equal(sources[6], '6')
})

test('clearing forgets all of it', () => {
  history.addSource(1, '42')
  history.addResult(1, 42)
  history.clear()
  assert.deepEqual(namespace.read('Out'), {})
  assert.equal(namespace.read('_'), undefined)
})
