import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, Message } from '../jupyter/mod.ts'
import type { Reflection } from './evaluator.ts'
import { answerReflection, noReflection } from './reflection.ts'

const header = (msgType: string) => ({
  msgId: 'm',
  msgType,
  session: 's',
  username: 'u',
  date: '',
  version: '5.3',
})

function ask(reflection: Partial<Reflection>, msgType: string, content: JsonObject) {
  const message = { header: header(msgType), content } as unknown as Message
  return answerReflection({ ...noReflection, ...reflection }, message)
}

test('positions are code points on the wire and UTF-16 units inside', async () => {
  let seen = 0
  const reply = await ask(
    {
      complete: async ({ cursorPos }) => {
        seen = cursorPos
        return { matches: ['abc'], cursorStart: 4, cursorEnd: cursorPos, metadata: {} }
      },
    },
    'complete_request',
    { code: '"🚀";ab', cursor_pos: 6 },
  )
  assert.equal(seen, 7)
  assert.deepEqual(reply, {
    status: 'ok',
    matches: ['abc'],
    cursor_start: 3,
    cursor_end: 6,
    metadata: {},
  })
})

test('an inspection that finds nothing is no error', async () => {
  const reply = await ask({}, 'inspect_request', { code: 'x', cursor_pos: 1, detail_level: 1 })
  assert.deepEqual(reply, { status: 'ok', found: false, data: {}, metadata: {} })
})

test('whether a cell is complete comes with the indent only when it is not', async () => {
  const incomplete = { status: 'incomplete', indent: '  ' } as const
  const asked = await ask({ isComplete: async () => incomplete }, 'is_complete_request', {
    code: '{',
  })
  assert.deepEqual(asked, incomplete)
  const other = await ask(
    { isComplete: async () => ({ status: 'complete', indent: '' }) },
    'is_complete_request',
    { code: '1' },
  )
  assert.deepEqual(other, { status: 'complete' })
})

test('history is asked for as Jupyter does', async () => {
  const seen: unknown[] = []
  const history: Reflection['history'] = async (request) => {
    seen.push(request)
    return { entries: [[1, 2, ['6 * 7', '42']]] }
  }
  const content = { hist_access_type: 'tail', n: 3, output: true, raw: true }
  const reply = await ask({ history }, 'history_request', content)
  assert.deepEqual(seen, [{ accessType: 'tail', n: 3, output: true, raw: true }])
  assert.deepEqual(reply, { status: 'ok', history: [[1, 2, ['6 * 7', '42']]] })
})

test('other requests are not for it', async () => {
  assert.equal(await ask({}, 'comm_info_request', {}), undefined)
})
