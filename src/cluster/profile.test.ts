import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type TestContext, test } from 'node:test'
import {
  chooseProfile,
  findProfile,
  ipythonDir,
  listProfiles,
  Profile,
  type ProfileChoice,
  profilesRoot,
} from './profile.ts'

function folder(context: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'iparallel-'))
  context.after(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

test('IPYTHONDIR is the root of profiles', () => {
  assert.equal(ipythonDir({ IPYTHONDIR: join(tmpdir(), 'x') }), join(tmpdir(), 'x'))
})

test('without IPYTHONDIR, or with an empty one, the root is .ipython in the home folder', () => {
  assert.equal(ipythonDir({}), join(homedir(), '.ipython'))
  assert.equal(ipythonDir({ IPYTHONDIR: '' }), join(homedir(), '.ipython'))
})

test('a tilde in IPYTHONDIR is the home folder', () => {
  assert.equal(ipythonDir({ IPYTHONDIR: '~/here' }), join(homedir(), 'here'))
})

for (const name of ['a/b', 'a\\b', '..\\x', 'a:b', 'x\n', '']) {
  test(`a profile cannot be called ${JSON.stringify(name)}`, () => {
    assert.throws(() => chooseProfile({ profile: name }), {
      code: 'IPAR_ARGUMENT',
      message: /^the profile name/,
    })
  })
}

test('a name with a slash gets the hint to use --profile-dir', () => {
  assert.throws(() => chooseProfile({ profile: 'a/b' }), /contains "\/"; .*--profile-dir=a\/b/)
})

test('a profile has the folder profile_NAME below the root', (context) => {
  const root = folder(context)
  const profile = chooseProfile({ profile: 'lab', ipythonDir: root })
  assert.equal(profile.dir, join(root, 'profile_lab'))
  assert.equal(profile.name, 'lab')
})

test('an explicit folder wins over the name', (context) => {
  const dir = folder(context)
  assert.equal(chooseProfile({ profile: 'lab', profileDir: dir }).dir, dir)
})

test('IPP_PROFILE_DIR names the profile of a choice that names none', () => {
  const env = { IPP_PROFILE_DIR: '/p', IPYTHONDIR: '/i' }
  const dirs = (choice: ProfileChoice) => chooseProfile(choice, env).dir
  assert.equal(dirs({}), resolve('/p'))
  assert.equal(dirs({ profileDir: '/q' }), resolve('/q'))
  assert.equal(dirs({ profile: 'x' }), resolve('/i/profile_x'))
  assert.equal(dirs({ ipythonDir: '/r' }), resolve('/r/profile_default'))
  assert.equal(
    chooseProfile({}, { ...env, IPP_PROFILE_DIR: '' }).dir,
    resolve('/i/profile_default'),
  )
})

test('a tilde in the root of profiles is the home folder', () => {
  assert.equal(profilesRoot({ ipythonDir: '~/here' }), join(homedir(), 'here'))
})

test('a cluster id stands in the names of the connection files', () => {
  const profile = new Profile('/p/profile_x')
  assert.match(profile.connectionFile('client'), /security[\\/]ipcontroller-client\.json$/)
  assert.match(profile.connectionFile('engine', 'a1'), /security[\\/]ipcontroller-a1-engine\.json$/)
  assert.match(profile.clusterFile(), /security[\\/]cluster-\.json$/)
})

test('create makes every folder, and keys are for their owner only', (context) => {
  const profile = chooseProfile({ profile: 'lab', ipythonDir: folder(context) })
  profile.create()
  for (const dir of [profile.logDir, profile.startupDir, profile.securityDir, profile.pidDir]) {
    assert.ok(statSync(dir).isDirectory())
  }
  if (process.platform !== 'win32') {
    assert.equal(statSync(profile.securityDir).mode & 0o777, 0o700)
    assert.equal(statSync(profile.pidDir).mode & 0o777, 0o700)
  }
})

test('a profile that cannot be made says where it could be instead', (context) => {
  const root = folder(context)
  const file = join(root, 'file')
  writeFileSync(file, '')
  assert.throws(() => new Profile(join(file, 'profile_lab')).create(), {
    code: 'IPAR_PROFILE',
    message: /profile_lab cannot be made: .*another place for it: --profile-dir=PATH.*IPYTHONDIR/,
  })
})

test('create keeps what a profile has', (context) => {
  const profile = chooseProfile({ profile: 'lab', ipythonDir: folder(context) })
  profile.create()
  const file = join(profile.dir, 'ipengine_config.toml')
  writeFileSync(file, 'mine')
  profile.create()
  assert.equal(readFileSync(file, 'utf8'), 'mine')
})

test('a missing profile is reported with its place, the others, and the command to make it', (context) => {
  const root = folder(context)
  chooseProfile({ profile: 'other', ipythonDir: root }).create()
  assert.throws(() => findProfile({ profile: 'lab', ipythonDir: root }), {
    code: 'IPAR_PROFILE',
    message: /profile_lab.*other.*iparallel profile create --parallel --profile=lab/s,
  })
})

test('profiles are listed by name, and a root that is not there has none', (context) => {
  const root = folder(context)
  for (const name of ['b', 'a']) chooseProfile({ profile: name, ipythonDir: root }).create()
  writeFileSync(join(root, 'profile_file'), '')
  assert.deepEqual(
    listProfiles(root).map(({ name }) => name),
    ['a', 'b'],
  )
  assert.deepEqual(listProfiles(join(root, 'nowhere')), [])
})
