import { pythonWithIpyparallel7 } from '../pythons.ts'
import { checkPythonPeers } from './python-peers.ts'

checkPythonPeers(pythonWithIpyparallel7, { taskStore: 'memory', hasLabels: false })
