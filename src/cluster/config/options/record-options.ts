import type { Command, Option } from '../option.ts'

const commands: readonly Command[] = ['controller']
const path = { type: 'text', placeholder: 'PATH' } as const

/** Where the controller keeps the records of tasks, and how long. */
export const recordOptions: readonly Option[] = [
  {
    key: 'IPController.db_class',
    kind: { type: 'choice', choices: ['dictdb', 'sqlitedb', 'nodb', 'mongodb'] },
    default: 'dictdb',
    explain:
      'Where records of tasks are kept: dictdb (memory), sqlitedb (a file) or nodb (nowhere)',
    commands,
    shortcuts: {
      '--dictdb': 'dictdb',
      '--sqlitedb': 'sqlitedb',
      '--nodb': 'nodb',
      '--mongodb': 'mongodb',
    },
    missing: {
      mongodb:
        'records of tasks are kept in memory (dictdb), in a file (sqlitedb) or nowhere (nodb)',
    },
  },
  {
    key: 'DictDB.record_limit',
    kind: { type: 'integer', min: 0 },
    default: 1024,
    explain: 'Records of finished tasks to keep in memory',
    commands,
  },
  {
    key: 'DictDB.size_limit',
    kind: { type: 'integer', min: 0 },
    default: 1_073_741_824,
    explain: 'Bytes of buffers to keep in records of finished tasks in memory',
    commands,
  },
  {
    key: 'DictDB.cull_fraction',
    kind: { type: 'number', min: 0, max: 1 },
    default: 0.1,
    explain: 'Part of the finished records, oldest first, that goes when a limit is reached',
    commands,
  },
  {
    key: 'SQLiteDB.filename',
    kind: path,
    default: '',
    defaultText: 'tasks.db, and tasks-ID.db with a cluster id',
    example: 'tasks.db',
    explain: 'File for records of tasks',
    commands,
  },
  {
    key: 'SQLiteDB.location',
    kind: path,
    default: '',
    defaultText: "the profile's folder",
    explain: 'Folder of that file',
    commands,
  },
  {
    key: 'SQLiteDB.table',
    kind: { type: 'text', placeholder: 'NAME' },
    default: 'ipython-tasks',
    explain: "Table in that file; '' makes a new one each time",
    commands,
  },
]
