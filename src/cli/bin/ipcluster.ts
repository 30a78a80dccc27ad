#!/usr/bin/env node
import { nodeIsNewEnough } from '../require-node.ts'

if (nodeIsNewEnough()) {
  void import('../run-program.ts').then(({ runProgram }) => runProgram('ipcluster'))
}
