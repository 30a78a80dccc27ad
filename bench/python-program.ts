/** The Python whose ipyparallel is measured beside ours. */
export const pythonProgram: string =
  process.env['PYTHON'] ?? (process.platform === 'linux' ? '/usr/bin/python3' : 'python3')
