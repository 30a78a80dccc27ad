import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Client } from 'iparallel'
import { Command, ipythonDir, run, runs, until } from './command.ts'

function security(dir: string, profile = 'default'): string {
  return join(dir, `profile_${profile}`, 'security')
}

async function controller(context: TestContext, dir: string, ...args: string[]) {
  const command = new Command(context, dir, 'ipcontroller', args)
  await command.says(/connection file for clients: /)
  return command
}

async function client(context: TestContext, dir: string, n: number, profile = 'default') {
  const rc = await Client.connect({ ipythonDir: dir, profile })
  context.after(() => rc.close())
  await rc.waitForEngines(n, { timeoutMs: 20_000 })
  return rc
}

test('ipcontroller says where its files are, and removes them at its end', async (context) => {
  const dir = ipythonDir(context)
  const command = await controller(context, dir, '--profile=lab')
  const files = ['engine', 'client'].map((role) =>
    join(security(dir, 'lab'), `ipcontroller-${role}.json`),
  )
  for (const file of files) {
    assert.ok(existsSync(file))
    assert.ok(command.stderr.includes(file))
  }
  const { code } = await command.interrupt()
  assert.equal(code, 0)
  assert.deepEqual(files.map(existsSync), [false, false])
})

test('an engine on another machine joins with the file that was carried there', async (context) => {
  const here = ipythonDir(context)
  const there = ipythonDir(context)
  await controller(context, here, '--ip=*')
  const carried = join(there, 'carried.json')
  copyFileSync(join(security(here), 'ipcontroller-engine.json'), carried)
  const engine = new Command(context, there, 'ipengine', [`--file=${carried}`])
  await engine.says(/engine 0 is ready/)
  const rc = await client(context, here, 1)
  assert.equal(await rc.directView(0).apply(() => process.ppid), engine.pid)
})

test('the url file can be written in the configuration, in TOML and as Python has it', async (context) => {
  const here = ipythonDir(context)
  await controller(context, here)
  const file = join(security(here), 'ipcontroller-engine.json')
  const configs = {
    'ipengine_config.toml': `[IPEngine]\nurl_file = '${file}'\n`,
    'ipengine_config.py': `c = get_config()\nc.IPEngineApp.url_file = r'${file}'\n`,
  }
  for (const [name, text] of Object.entries(configs)) {
    const there = ipythonDir(context)
    mkdirSync(join(there, 'profile_lab'))
    writeFileSync(join(there, 'profile_lab', name), text)
    const engine = new Command(context, there, 'ipengine', ['--profile=lab'])
    await engine.says(/engine \d is ready/)
  }
})

test('an engine without a connection file waits for it, saying so', async (context) => {
  const dir = ipythonDir(context)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/waiting for the connection file .*ipcontroller-engine\.json/)
  await controller(context, dir)
  await engine.says(/engine 0 is ready/)
})

test('an engine follows a connection file that is replaced', async (context) => {
  const first = ipythonDir(context)
  const second = ipythonDir(context)
  const synced = join(ipythonDir(context), 'engine.json')
  await controller(context, first)
  await controller(context, second)
  copyFileSync(join(security(first), 'ipcontroller-engine.json'), synced)
  const engine = new Command(context, first, 'ipengine', [`--file=${synced}`])
  await engine.says(/engine 0 is ready/)
  copyFileSync(join(security(second), 'ipcontroller-engine.json'), `${synced}.part`)
  renameSync(`${synced}.part`, synced)
  await engine.says(/the connection file was replaced/)
  const rc = await client(context, second, 1)
  assert.deepEqual(rc.ids, [0])
})

test('a connection file that comes back as it was makes no new engine', async (context) => {
  const dir = ipythonDir(context)
  const synced = join(ipythonDir(context), 'engine.json')
  await controller(context, dir)
  const text = readFileSync(join(security(dir), 'ipcontroller-engine.json'), 'utf8')
  writeFileSync(synced, text)
  const engine = new Command(context, dir, 'ipengine', [`--file=${synced}`, '--debug'])
  await engine.says(/engine 0 is ready/)
  const rc = await client(context, dir, 1)
  await rc.directView(0).push({ x: 42 })
  writeFileSync(synced, text.slice(0, 100))
  await engine.says(/engine\.json is unreadable/)
  writeFileSync(synced, text)
  await engine.says(/engine\.json is there again, and the same/)
  assert.equal(await rc.directView(0).pull('x'), 42)
})

test('a waiting engine ends on Ctrl-C', async (context) => {
  const engine = new Command(context, ipythonDir(context), 'ipengine', [])
  await engine.says(/waiting for/)
  assert.equal((await engine.interrupt()).code, 0)
})

test('an engine that may not wait for ever gives up', async (context) => {
  const { code, stderr } = await run(
    context,
    ipythonDir(context),
    'ipengine',
    '--wait-for-url-file=0.2',
  )
  assert.equal(code, 1)
  assert.match(stderr, /no connection file at .* within 0\.2 s; .*ipcontroller or ipcluster start/)
})

test('a file that is none is named when the time is over', async (context) => {
  const dir = ipythonDir(context)
  writeFileSync(join(dir, 'half.json'), '{"ssh": ""')
  const args = ['--file=half.json', '--wait-for-url-file=0.2']
  const { code, stderr } = await run(context, dir, 'ipengine', ...args)
  assert.equal(code, 1)
  assert.match(stderr, /no usable connection file \(.*half\.json: .*not valid JSON/)
})

test('an engine whose controller does not answer ends with code 255, naming the address', async (context) => {
  const dir = ipythonDir(context)
  const gone = await controller(context, dir)
  const file = join(dir, 'stale.json')
  copyFileSync(join(security(dir), 'ipcontroller-engine.json'), file)
  const { registration } = JSON.parse(readFileSync(file, 'utf8')) as { registration: number }
  await gone.interrupt()
  const { code, stderr } = await run(context, dir, 'ipengine', `--file=${file}`, '--timeout=0.5')
  assert.equal(code, 255)
  assert.match(
    stderr,
    new RegExp(
      `tcp://127\\.0\\.0\\.1:${registration} did not register.*0\\.5 s.*--ip.*firewall`,
      's',
    ),
  )
})

test('an engine with another key is refused, and told to look at its file', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const file = join(dir, 'forged.json')
  const info = JSON.parse(readFileSync(join(security(dir), 'ipcontroller-engine.json'), 'utf8'))
  writeFileSync(file, JSON.stringify({ ...info, key: 'wrong' }))
  const { code, stderr } = await run(context, dir, 'ipengine', `--file=${file}`, '--timeout=1')
  assert.equal(code, 255)
  assert.match(stderr, /connection file \(its key\)/)
})

test('the parent of an engine passes on how it ended', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/is ready/)
  const rc = await client(context, dir, 1)
  const exit = rc.directView(0).apply(() => void setTimeout(() => process.exit(7), 50))
  await Promise.resolve(exit).catch(() => {})
  assert.equal((await engine.finished).code, 7)
})

test('a killed parent takes its engine along', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/is ready/)
  const rc = await client(context, dir, 1)
  const pid = await rc.directView(0).apply(() => process.pid)
  engine.process.kill('SIGKILL')
  await until('the end of the engine', () => !runs(pid))
  await until('its leave', () => rc.ids.length === 0)
})

test('start-up code runs before the engine is ready', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const script = join(dir, 'startup.ts')
  writeFileSync(script, 'const base: number = 40\n')
  const engine = new Command(context, dir, 'ipengine', ['-s', script, '-c', 'const sum = base + 2'])
  await engine.says(/is ready/)
  const rc = await client(context, dir, 1)
  assert.equal(await rc.directView(0).pull('sum'), 42)
})

test('start-up code that fails is told as that, not as a lack of a controller', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const { code, stderr } = await run(context, dir, 'ipengine', '-c', 'throw new Error("boo")')
  assert.equal(code, 1)
  assert.match(stderr, /the start-up code failed: Error: boo/)
  assert.doesNotMatch(stderr, /usual causes/)
})

test('an engine gets the id that it asks for', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const engine = new Command(context, dir, 'ipengine', ['--id=7'])
  await engine.says(/engine 7 is ready/)
})

test('a controller that is restarted with --reuse keeps ports and key, and its engines', async (context) => {
  const dir = ipythonDir(context)
  const first = await controller(context, dir, '--reuse', '--ping=200')
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/is ready/)
  const file = join(security(dir), 'ipcontroller-engine.json')
  const before = readFileSync(file, 'utf8')
  first.process.kill('SIGKILL')
  await first.finished
  await controller(context, dir, '--reuse', '--ping=200')
  assert.equal(readFileSync(file, 'utf8'), before)
  const rc = await client(context, dir, 1)
  assert.equal(
    await rc
      .directView()
      .apply(() => 1)
      .then((values: number[]) => values[0]),
    1,
  )
})

test('a broken configuration file is reported with file and line', async (context) => {
  const dir = ipythonDir(context)
  await run(context, dir, 'iparallel', 'profile', 'create', '--parallel', '--profile=lab')
  const file = join(dir, 'profile_lab', 'ipcontroller_config.toml')
  writeFileSync(file, "[IPController]\nip = '*'\nports = ten\n")
  const { code, stderr } = await run(context, dir, 'ipcontroller', '--profile=lab')
  assert.equal(code, 1)
  assert.ok(stderr.includes(`${file}:3: `), stderr)
})

test('profiles are made with every configuration file, and keep what is in them', async (context) => {
  const dir = ipythonDir(context)
  const create = ['profile', 'create', '--parallel', '--profile=parallel']
  assert.equal((await run(context, dir, 'iparallel', ...create)).code, 0)
  const profile = join(dir, 'profile_parallel')
  for (const app of ['ipcluster', 'ipcontroller', 'ipengine']) {
    assert.ok(existsSync(join(profile, `${app}_config.toml`)))
  }
  writeFileSync(join(profile, 'ipengine_config.toml'), '# mine')
  const again = await run(context, dir, 'iparallel', ...create)
  assert.match(again.stdout, /there already.*kept .*ipengine_config\.toml/s)
  assert.equal(readFileSync(join(profile, 'ipengine_config.toml'), 'utf8'), '# mine')
  const located = await run(context, dir, 'iparallel', 'profile', 'locate', '--profile=parallel')
  assert.equal(located.stdout.trim(), profile)
})

test('every program knows its version and its options', async (context) => {
  const dir = ipythonDir(context)
  for (const program of ['iparallel', 'ipcluster', 'ipcontroller', 'ipengine']) {
    assert.match((await run(context, dir, program, '--version')).stdout, /^\d+\.\d+\.\d+/)
    assert.match((await run(context, dir, program, '--help')).stdout, /^Usage: /)
  }
})

test('help for a command is there in both ways', async (context) => {
  const dir = ipythonDir(context)
  const asked = await run(context, dir, 'iparallel', 'help', 'cluster', 'start')
  assert.match(asked.stdout, /Usage: ipcluster start/)
  assert.equal(asked.stdout, (await run(context, dir, 'ipcluster', 'start', '--help')).stdout)
})

test('profile list takes no name, and knows ~', async (context) => {
  const dir = ipythonDir(context)
  const refused = await run(context, dir, 'iparallel', 'profile', 'list', 'x')
  assert.deepEqual([refused.code, /takes no name/.test(refused.stderr)], [2, true])
  const typo = await run(context, dir, 'iparallel', 'profile', 'create', '--paralel')
  assert.match(typo.stderr, /no option --paralel; did you mean --parallel\?/)
  const args = ['profile', 'list', '--ipython-dir=~/ip']
  const listed = new Command(context, dir, 'iparallel', args, { HOME: dir, USERPROFILE: dir })
  assert.ok((await listed.finished).stdout.includes(join(dir, 'ip')))
})

test('--init writes the configuration files that are not there', async (context) => {
  const dir = ipythonDir(context)
  const command = await controller(context, dir, '--profile=lab', '--init')
  assert.match(command.stdout, /wrote .*ipcontroller_config\.toml/)
  assert.ok(existsSync(join(dir, 'profile_lab', 'ipengine_config.toml')))
})

test('--log-to-file writes to the log folder, and says where', async (context) => {
  const dir = ipythonDir(context)
  const command = new Command(context, dir, 'ipcontroller', ['--log-to-file'])
  const [, file] = await command.says(/Logging to (.*\.log)/)
  await until('the line', () => readFileSync(file!, 'utf8').includes('listening at tcp://'))
})

test('random bytes on every port end their connection, and the cluster goes on', async (context) => {
  const dir = ipythonDir(context)
  await controller(context, dir)
  const engine = new Command(context, dir, 'ipengine', [])
  await engine.says(/is ready/)
  const file = join(security(dir), 'ipcontroller-engine.json')
  const info = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const ports = Object.values(info)
    .flat()
    .filter((value) => typeof value === 'number')
  assert.ok(ports.length >= 8)
  await Promise.all(ports.map((port) => sendNoise(port)))
  const rc = await client(context, dir, 1)
  assert.equal(await rc.directView(0).apply(() => 'on'), 'on')
})

/** Resolves when the other side has ended the connection. */
function sendNoise(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(randomBytes(4_096)))
    socket.on('error', () => {})
    socket.resume()
    socket.once('close', () => resolve())
    socket.setTimeout(10_000, () => {
      socket.destroy()
      reject(new Error(`port ${port} took the noise`))
    })
  })
}
