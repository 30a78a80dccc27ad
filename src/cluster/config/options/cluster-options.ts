import type { Command, Option, OptionKind } from '../option.ts'

const commands: readonly Command[] = ['start', 'engines']
const start: readonly Command[] = ['start']
const launcher: OptionKind = { type: 'text', placeholder: 'LAUNCHER' }
const delay = 'controller and engines start at the same time; no engine waits for a file'
const ownProgram = 'the programs of this package are started'

function ignored(
  key: Option['key'],
  kind: OptionKind,
  value: Option['default'],
  reason: string,
): Option {
  return {
    key,
    kind,
    default: value ?? '',
    explain: 'Kept so that configurations of Python can be read',
    commands,
    support: 'ignored',
    reason,
  }
}

/** What ipcluster starts, and how; and what its other commands do. */
export const clusterOptions: readonly Option[] = [
  {
    key: 'Cluster.n',
    kind: { type: 'integer', min: 1, max: 65_536 },
    defaultText: "the machine's cores",
    example: 4,
    explain: 'Number of engines to start',
    commands,
    flags: ['-n', '--n'],
  },
  {
    key: 'Cluster.engine_launcher_class',
    kind: launcher,
    default: 'local',
    explain: 'How engines are started: local (on this machine)',
    commands,
    flags: ['--engines'],
  },
  {
    key: 'Cluster.controller_launcher_class',
    kind: launcher,
    default: 'local',
    explain: 'How the controller is started: local (on this machine)',
    commands: start,
    flags: ['--controller'],
  },
  {
    key: 'Cluster.controller_ip',
    kind: { type: 'text', placeholder: 'ADDRESS' },
    default: '',
    defaultText: 'as the controller is configured, or 127.0.0.1',
    explain: "Address for the controller to listen on; '*' is every interface",
    commands: start,
    flags: ['--ip'],
  },
  {
    key: 'Cluster.controller_location',
    kind: { type: 'text', placeholder: 'HOST' },
    default: '',
    defaultText: "this machine's name",
    explain: 'Name or address by which peers reach the controller',
    commands: start,
    flags: ['--location'],
  },
  {
    key: 'Cluster.controller_args',
    kind: { type: 'texts' },
    default: [],
    explain: "More arguments for ipcontroller; also those after '--'",
    commands: start,
  },
  {
    key: 'Cluster.engine_timeout',
    kind: { type: 'integer', min: 1 },
    default: 60,
    explain: 'Seconds that the engines may take to be ready',
    commands,
    flags: ['--engine-timeout'],
  },
  {
    key: 'EngineLauncher.engine_args',
    kind: { type: 'texts' },
    default: [],
    explain: 'More arguments for every ipengine',
    commands,
  },
  {
    key: 'BaseLauncher.environment',
    kind: { type: 'environment' },
    default: {},
    explain: 'More environment variables for controller and engines',
    commands,
  },
  {
    key: 'BaseLauncher.output_limit',
    kind: { type: 'integer', min: 0 },
    default: 100,
    explain: 'Lines of its output to show when a process fails to start',
    commands,
  },
  {
    key: 'LocalProcessLauncher.stop_seconds_until_kill',
    kind: { type: 'number', min: 0 },
    default: 5,
    explain: 'Seconds that a process may take to stop before it is killed',
    commands: ['start', 'engines', 'stop'],
  },
  {
    key: 'IPClusterStart.daemonize',
    kind: { type: 'flag' },
    default: false,
    explain: 'Return to the shell as soon as the engines are ready; they go on',
    commands,
    flags: ['--daemonize'],
  },
  {
    key: 'IPClusterStop.all_cluster_ids',
    kind: { type: 'flag' },
    default: false,
    explain: 'Stop every cluster of the profile',
    commands: ['stop'],
    flags: ['--all'],
  },
  {
    key: 'IPClusterStop.signal',
    kind: { type: 'integer', min: 0, max: 64 },
    default: 2,
    explain: 'Kept so that command lines of Python can be read',
    commands: ['stop'],
    flags: ['--signal'],
    support: 'ignored',
    reason: 'processes are asked to stop, and killed when they do not',
  },
  {
    key: 'IPClusterList.output_format',
    kind: { type: 'choice', choices: ['text', 'json'] },
    default: 'text',
    explain: 'How to print the list',
    commands: ['list'],
    flags: ['-o', '--output'],
  },
  {
    key: 'IPClusterClean.force',
    kind: { type: 'flag' },
    default: false,
    explain: 'Remove the files of clusters that run, too',
    commands: ['clean'],
    flags: ['--force'],
  },
  {
    key: 'IPClusterClean.all_profiles',
    kind: { type: 'flag' },
    default: false,
    explain: 'Clean every profile',
    commands: ['clean'],
    flags: ['--all'],
  },
  {
    ...ignored('Cluster.delay', { type: 'number', min: 0 }, 1, delay),
    flags: ['--delay'],
  },
  ignored('Cluster.load_profile', { type: 'flag' }, true, 'the profile is always read'),
  ignored('Cluster.send_engines_connection_env', { type: 'flag' }, true, delay),
  ignored('IPClusterStart.early_shutdown', { type: 'integer', min: 0 }, 30, delay),
  ignored(
    'BaseLauncher.stop_timeout',
    { type: 'integer', min: 0 },
    60,
    'stopping takes 5 s at most',
  ),
  ignored(
    'LocalProcessLauncher.poll_seconds',
    { type: 'integer', min: 0 },
    30,
    'nothing is polled',
  ),
  ignored('LocalEngineSetLauncher.delay', { type: 'number', min: 0 }, 0.1, delay),
  ignored('ControllerLauncher.connection_info_timeout', { type: 'integer', min: 0 }, 60, delay),
  ignored('ControllerLauncher.controller_cmd', { type: 'texts' }, [], ownProgram),
  ignored('EngineLauncher.engine_cmd', { type: 'texts' }, [], ownProgram),
]
