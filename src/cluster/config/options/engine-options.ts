import type { Command, Option, OptionKind } from '../option.ts'

const commands: readonly Command[] = ['engine']
const path: OptionKind = { type: 'text', placeholder: 'PATH' }
const key: OptionKind = { type: 'text', placeholder: 'KEY' }
const text: OptionKind = { type: 'text', placeholder: 'TEXT' }
const ssh = 'tunnels are not there yet; open one with ssh -L and use --url'
const mpi = 'MPI is not there yet; start the engines with mpiexec -n 4 ipengine'
const python = 'it is Python code; put TypeScript in IPEngine.startup_command or startup_script'

function absent(name: string, kind: OptionKind, value: Option['default'], why: string): Option {
  return {
    key: `IPEngine.${name}`,
    kind,
    default: value ?? '',
    explain: 'Kept so that configurations of Python can be read',
    commands,
    support: 'ignored',
    reason: why,
  }
}

/** How an engine finds its controller, and what it does at first. */
export const engineOptions: readonly Option[] = [
  {
    key: 'IPEngine.url_file',
    kind: path,
    default: '',
    defaultText: "ipcontroller-engine.json in the profile's security folder",
    explain: 'Connection file of the controller',
    commands,
    flags: ['--file'],
  },
  {
    key: 'IPEngine.url_file_name',
    kind: { type: 'text', placeholder: 'NAME' },
    default: '',
    defaultText: 'ipcontroller-engine.json',
    explain: 'Name of the connection file in the security folder',
    commands,
  },
  {
    key: 'IPEngine.wait_for_url_file',
    kind: { type: 'number', min: 0 },
    defaultText: 'no end',
    example: 10,
    explain: 'Seconds to wait for the connection file',
    commands,
    flags: ['--wait-for-url-file'],
  },
  {
    key: 'IPEngine.registration_url',
    kind: { type: 'text', placeholder: 'URL' },
    default: '',
    explain: "Where to register, instead of the connection file's address: tcp://HOST:PORT",
    commands,
    flags: ['--url'],
  },
  {
    key: 'IPEngine.location',
    kind: { type: 'text', placeholder: 'HOST' },
    default: '',
    explain: "The controller's machine, instead of the connection file's location",
    commands,
    flags: ['--location'],
  },
  {
    key: 'IPEngine.timeout',
    kind: { type: 'number', min: 0.1 },
    default: 5,
    explain: "Seconds to wait for the controller's answer to the registration",
    commands,
    flags: ['--timeout'],
  },
  {
    key: 'IPEngine.max_heartbeat_misses',
    kind: { type: 'integer', min: 0 },
    default: 50,
    explain: 'Heartbeats that the controller may miss before the engine ends; 0: any number',
    commands,
  },
  {
    key: 'IPEngine.id',
    kind: { type: 'integer', min: 0 },
    defaultText: 'the next free one',
    example: 0,
    explain: 'Id to ask for; given when no other engine has it',
    commands,
    flags: ['--id'],
  },
  {
    key: 'IPEngine.startup_command',
    kind: { type: 'text', placeholder: 'CODE' },
    default: '',
    explain: 'TypeScript to run in the namespace before anything else',
    commands,
    flags: ['-c'],
  },
  {
    key: 'IPEngine.startup_script',
    kind: path,
    default: '',
    explain: 'File with TypeScript to run in the namespace before anything else',
    commands,
    flags: ['-s'],
  },
  {
    key: 'IPEngine.enable_nanny',
    kind: { type: 'flag' },
    default: true,
    explain: 'Let a parent process watch the engine and announce its death at once',
    commands,
  },
  {
    key: 'IPEngine.restart',
    kind: { type: 'choice', choices: ['never', 'on-failure'] },
    default: 'never',
    explain: 'What to do when an engine ends by itself; on-failure: start it again with its id',
    commands,
    flags: ['--restart'],
  },
  {
    key: 'IPKernel.completer',
    kind: { type: 'choice', choices: ['reflection', 'typescript'] },
    default: 'reflection',
    explain: 'How names are completed; typescript: also by types, if the project has TypeScript 5',
    commands,
    flags: ['--completer'],
  },
  {
    key: 'IPEngine.sshserver',
    kind: { type: 'text', placeholder: 'USER@HOST' },
    default: '',
    explain: 'SSH server to tunnel every connection through',
    commands,
    flags: ['--ssh'],
    support: 'unsupported',
    reason: ssh,
  },
  {
    key: 'IPEngine.sshkey',
    kind: path,
    default: '',
    explain: 'SSH key for the tunnel',
    commands,
    flags: ['--sshkey'],
    support: 'unsupported',
    reason: ssh,
  },
  {
    key: 'IPEngine.use_mpi',
    kind: { type: 'flag' },
    default: false,
    explain: 'Take the MPI rank as id',
    commands,
    flags: ['--mpi'],
    support: 'unsupported',
    reason: mpi,
  },
  {
    key: 'IPEngine.curve_serverkey',
    kind: key,
    default: '',
    defaultText: 'curve_serverkey of the connection file, which wins',
    explain: "The controller's public key for CURVE",
    commands,
    env: 'IPP_CURVE_SERVERKEY',
  },
  ...(['secret', 'public'] as const).map(
    (half): Option => ({
      key: `IPEngine.curve_${half}key`,
      kind: key,
      default: '',
      defaultText: 'a new one',
      explain: `The engine's own ${half} key for CURVE`,
      commands,
      env: `IPP_CURVE_${half.toUpperCase()}KEY`,
    }),
  ),
  absent('paramiko', { type: 'flag' }, false, ssh),
  absent('init_mpi', text, '', mpi),
  absent('mpi_registration_delay', { type: 'number', min: 0 }, 0.02, mpi),
  absent('out_stream_factory', text, '', 'it names a class of Python'),
  absent('display_hook_factory', text, '', 'it names a class of Python'),
  ...(['exec_lines', 'exec_files', 'extensions'] as const).map(
    (name): Option => ({
      key: `InteractiveShellApp.${name}`,
      kind: { type: 'texts' },
      default: [],
      explain: 'Kept so that configurations of Python can be read',
      commands,
      support: 'ignored',
      reason: python,
    }),
  ),
]
