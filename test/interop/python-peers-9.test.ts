import { pythonWithIpyparallel9 } from '../pythons.ts'
import { checkPythonPeers } from './python-peers.ts'

checkPythonPeers(pythonWithIpyparallel9, { taskStore: 'sqlite', hasLabels: true })
