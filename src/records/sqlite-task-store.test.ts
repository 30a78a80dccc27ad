import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type Logger, limits, silentLogger } from '../base/mod.ts'
import { parseQuery, type RecordedMessage, TaskRecord, type TaskStore } from '../hub/mod.ts'
import { checkTaskStore } from '../testing/mod.ts'
import { openSqliteTaskStore, type SqliteTaskStoreOptions } from './mod.ts'
import { NodeSql, nodeSqlite } from './node-sql.ts'
import type { Sql } from './sql.ts'
import { WasmSql } from './wasm-sql.ts'

const dir = mkdtempSync(join(tmpdir(), 'iparallel-records-'))
after(() => rmSync(dir, { recursive: true, force: true }))
let files = 0
const freshPath = () => join(dir, `tasks-${files++}.db`)

/** Keeps what was logged. */
class Log implements Logger {
  readonly lines: string[] = []
  debug(): void {}
  info(text: string): void {
    this.lines.push(text)
  }
  warn = this.info
  error = this.info
}

function open(path: string, options: Partial<SqliteTaskStoreOptions> = {}): TaskStore {
  return openSqliteTaskStore({
    path,
    table: 'ipython-tasks',
    logger: silentLogger,
    isAlive: () => true,
    ...options,
  })
}

const sqlite = nodeSqlite()
const opened = (path: string) =>
  sqlite === undefined ? new WasmSql(path) : new NodeSql(sqlite, path)

/** Both kinds, where this Node has both: the file must not tell which one wrote it. */
const kinds: [name: string, open: (path: string) => Sql][] = [
  ['SQLite in WebAssembly', (path) => new WasmSql(path)],
  ...(sqlite === undefined ? [] : [['SQLite of Node', opened] as [string, typeof opened]]),
]
const paths = new Map<TaskStore, string>()
for (const [name, openSql] of kinds) {
  checkTaskStore(test, {
    name,
    open: () => {
      const path = freshPath()
      const store = open(path, { open: openSql })
      paths.set(store, path)
      return store
    },
    // By the other kind.
    reopen: (store) => {
      store.close()
      return open(paths.get(store)!)
    },
  })
}

function message(msgId: string, buffers: readonly Uint8Array[] = []): RecordedMessage {
  const date = '2026-01-01T00:00:00.000000Z'
  const header = { msgId, msgType: 'apply_request', username: 'u', session: 's', date, version: '' }
  return { header, metadata: {}, content: {}, buffers }
}

function finish(store: TaskStore, msgId: string, buffers?: readonly Uint8Array[]): void {
  const record = new TaskRecord(message(msgId, buffers), 'task')
  store.add(record)
  record.reply = message(`${msgId}-reply`)
  store.ended(record)
}

const ids = (store: TaskStore) => [...store.ids()]

test('the end of a task is written in the turn in which it came, before whenKept calls', async () => {
  const path = freshPath()
  const store = open(path)
  finish(store, 'a')
  let isKept = false
  await new Promise<void>((resolve) => {
    store.whenKept(() => {
      isKept = true
      resolve()
    })
    assert.equal(isKept, false)
  })
  const other = open(path, { isAlive: () => false })
  assert.deepEqual(ids(other), [], 'the file is taken, so another one is used')
  other.close()
  store.close()
})

test('a second controller takes the file beside it, and says so', () => {
  const path = freshPath()
  const log = new Log()
  const first = open(path)
  const second = open(path, { logger: log })
  finish(second, 'b')
  second.close()
  first.close()
  assert.match(log.lines.join(), /another controller has .*: records go to .*-2\.db/)
  const again = open(path)
  assert.deepEqual(ids(again), [])
  again.close()
})

test('the file of a process that is gone is taken over, with the lock that it left', () => {
  const path = freshPath()
  const store = open(path)
  finish(store, 'a')
  store.close()
  writeFileSync(`${path}.owner`, JSON.stringify({ pid: 4711, host: 'elsewhere' }))
  const fresh = open(path)
  assert.deepEqual(ids(fresh), [], 'it may live: nobody here can tell')
  fresh.close()
  writeFileSync(`${path}.owner`, 'half a wor')
  const next = open(path)
  assert.deepEqual(ids(next), ['a'])
  next.close()
  assert.equal(existsSync(`${path}.owner`), false)
})

test('only its owner may read the file', { skip: process.platform === 'win32' }, () => {
  const path = freshPath()
  const store = open(path)
  finish(store, 'a')
  store.flush()
  for (const name of [path, `${path}-wal`]) assert.equal(statSync(name).mode & 0o777, 0o600, name)
  store.close()
})

test("Python's table of the same name is left alone", () => {
  const path = freshPath()
  const python = opened(path)
  python.run('CREATE TABLE "ipython-tasks" (msg_id text PRIMARY KEY, header dict text)')
  python.run(`INSERT INTO "ipython-tasks" VALUES ('theirs', '{}')`)
  python.close()
  const store = open(path)
  finish(store, 'ours')
  assert.deepEqual(ids(store), ['ours'])
  store.close()
  const file = opened(path)
  assert.equal(file.first('SELECT msg_id FROM "ipython-tasks"')?.['msg_id'], 'theirs')
  assert.equal(file.first('SELECT msg_id FROM "ipython-tasks_1"')?.['msg_id'], 'ours')
  file.close()
})

for (const [what, spoil] of [
  ['truncated', (path: string) => truncateSync(path, 5_000)],
  ['overwritten', (path: string) => writeFileSync(path, 'this is no database'.repeat(1_000))],
  [
    'spoilt in the middle',
    (path: string) => {
      const bytes = readFileSync(path)
      writeFileSync(path, bytes.fill(0x5a, 4_096, bytes.length - 4_096))
    },
  ],
] as const) {
  test(`a file that was ${what} is set aside, and a new one begun`, () => {
    const path = freshPath()
    const store = open(path)
    for (let i = 0; i < 200; i++) finish(store, `${i}`)
    store.close()
    spoil(path)
    const spoilt = readFileSync(path)
    const log = new Log()
    const next = open(path, { logger: log })
    assert.deepEqual(ids(next), [])
    finish(next, 'new')
    next.close()
    assert.match(log.lines.join(), /are damaged \(.+\): they are kept as .+damaged-1, and a new/)
    const aside = readFileSync(`${path}.damaged-1`)
    assert.deepEqual(aside.subarray(100), spoilt.subarray(100), 'SQLite may write to its head')
    const last = open(path)
    assert.deepEqual(ids(last), ['new'])
    last.close()
  })
}

test('an empty file is a new one', () => {
  const path = freshPath()
  writeFileSync(path, '')
  const store = open(path)
  finish(store, 'a')
  assert.deepEqual(ids(store), ['a'])
  store.close()
})

test('a place where no file can be is refused with the way out', () => {
  const path = join(freshPath(), 'tasks.db')
  writeFileSync(join(path, '..'), 'a file, and no folder')
  assert.throws(() => open(path), {
    code: 'IPAR_ARGUMENT',
    message: /cannot be kept in .*choose another place with SQLiteDB.location/,
  })
})

/** SQLite on a disk that is full from time to time. */
class SmallDisk {
  /** Thrown by each attempt to write. */
  fault: string | undefined
  /** Thrown by the next ones, one by one. */
  faults: string[] = []
  readonly open = (path: string): Sql => {
    const file = opened(path)
    return {
      run: (sql, ...values) => {
        const isWrite = /^(INSERT|UPDATE|DELETE)/.test(sql)
        const fault = isWrite ? (this.faults.shift() ?? this.fault) : undefined
        if (fault !== undefined) throw new Error(fault)
        file.run(sql, ...values)
      },
      first: (sql, ...values) => file.first(sql, ...values),
      each: (sql, ...values) => file.each(sql, ...values),
      settings: file.settings,
      lostLog: file.lostLog,
      close: () => file.close(),
    }
  }
}

test('a full disk is logged once, tasks go on, and what waits is written later', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout', 'setImmediate'] })
  let nowMs = 0
  context.mock.method(performance, 'now', () => nowMs)
  const path = freshPath()
  const log = new Log()
  const disk = new SmallDisk()
  const store = open(path, { logger: log, open: disk.open })
  disk.fault = 'database or disk is full'
  let kept = 0
  for (let i = 0; i < 1_500; i++) {
    finish(store, `${i}`)
    store.whenKept(() => kept++)
    nowMs += 10
    store.flush()
  }
  assert.equal(kept, 1_500)
  assert.equal(log.lines.length, 1)
  assert.match(log.lines[0]!, /cannot be written to .*database or disk is full .* Tasks go on/)
  assert.equal(store.get('1499')?.msgId, '1499', 'the latest are there')
  disk.fault = undefined
  nowMs += 2_000
  store.flush()
  assert.match(log.lines[1]!, /are written to .* again; (\d+) are lost/)
  assert.equal(log.lines.length, 2)
  const left = ids(store)
  assert.ok(left.length >= 1_024 && left.length < 1_150, `${left.length} are left`)
  assert.equal(left.at(-1), '1499')
  store.close()
})

test('damage that shows in the middle of the work costs the old records, and no new one', () => {
  const path = freshPath()
  const disk = new SmallDisk()
  const log = new Log()
  const store = open(path, { logger: log, open: disk.open })
  finish(store, 'old')
  store.flush()
  store.add(new TaskRecord(message('pending'), 'task'))
  finish(store, 'new')
  disk.faults = ['database disk image is malformed']
  store.flush()
  assert.match(log.lines.join(), /are damaged/)
  assert.deepEqual(ids(store), ['pending', 'new'])
  store.close()
  const next = open(path)
  assert.deepEqual(ids(next), ['pending', 'new'])
  next.close()
})

test('a query that SQLite cannot narrow is answered all the same', () => {
  const store = open(freshPath())
  for (let i = 0; i < 10; i++) finish(store, `${i}`)
  const query = parseQuery({ content: { $ne: { a: 1 } }, msg_id: { $gt: '5' } })
  assert.deepEqual(
    [...store.find(query)].map(({ msgId }) => msgId),
    ['6', '7', '8', '9'],
  )
  store.close()
})

test('a record that is too large is left out, and those beside it are not', () => {
  const path = freshPath()
  const log = new Log()
  const store = open(path, { logger: log })
  finish(store, 'before')
  const record = new TaskRecord(message('huge'), 'task')
  store.add(record)
  record.executeResult = { text: 'x'.repeat(limits.storedRecordBytesMax) }
  record.reply = message('huge-reply')
  store.ended(record)
  finish(store, 'after')
  store.flush()
  assert.match(log.lines.join(), /the task huge is not recorded: \d+ bytes are more than/)
  assert.deepEqual(ids(store), ['before', 'after'])
  store.close()
})

test('a reply that is too large takes the record along that had begun', () => {
  const log = new Log()
  const store = open(freshPath(), { logger: log })
  const record = new TaskRecord(message('huge'), 'task')
  store.add(record)
  store.flush()
  record.reply = {
    ...message('huge-reply'),
    content: { text: 'x'.repeat(limits.storedRecordBytesMax) },
  }
  store.ended(record)
  finish(store, 'after')
  store.flush()
  assert.match(log.lines.join(), /the task huge is not recorded: \d+ bytes are more than/)
  assert.deepEqual(ids(store), ['after'])
  store.close()
})

for (const [name, openSql] of kinds) {
  test(`${name}: who looks into the file meanwhile does no harm`, (context) => {
    const path = freshPath()
    const store = open(path, { open: openSql })
    finish(store, 'a')
    store.flush()
    const script = `
      import sqlite3, sys
      rows = sqlite3.connect(sys.argv[1]).execute('SELECT msg_id FROM "ipython-tasks"').fetchall()
      print(*[id for (id,) in rows])`
    const looked = spawnSync('python3', ['-c', script.replace(/^ {6}/gm, ''), path])
    if (looked.error !== undefined) return context.skip('there is no python3 to look with')
    assert.equal(String(looked.stdout), 'a\n', String(looked.stderr))
    finish(store, 'b')
    store.flush()
    // As it would be found after a kill: nothing is closed.
    for (const rest of ['', '-wal']) copyFileSync(path + rest, `${path}.copy${rest}`)
    const found = open(`${path}.copy`)
    assert.deepEqual(ids(found), ['a', 'b'])
    found.close()
    store.close()
  })
}
