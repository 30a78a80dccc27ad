#!/usr/bin/env node
import { runNewest } from '../newest-build.ts'
import { nodeIsNewEnough } from '../require-node.ts'

if (nodeIsNewEnough()) void runNewest('ipcontroller')
