import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const ending = '.integration.test.ts'
const integration = `test/**/*${ending}`
/** Something that hangs is told; a machine that is busy is not: what works behind the window gets a tenth of it, or less. */
const patient = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } }
const unit = { maxWorkers: availableParallelism(), ...patient }
/** Most of the time goes by in waiting for real servers; more than two files would wait for each other. */
const waiting = { maxWorkers: 2, ...patient }

/**
 * What a file of tests changes, or measures, for all that runs in its process: modules put in another's place, the clock, globals,
 * the environment, what Node is told, the network gate, the sink of the log, memory, and the states of the window, of which there is one each.
 */
const ofTheProcess =
  /\bvi\.(mock|doMock|stub|useFake|spyOn)|\bprocess\.(env|on|once|memoryUsage)\b|setFlagsFromString|\/shared\/(network-gate|log|rest|room|compiled)'|src-renderer\/(state\/|live|client)/
const apart = globSync('test/**/*.test.{ts,tsx}', { cwd: root }).filter((file) =>
  ofTheProcess.test(readFileSync(join(root, file), 'utf8')),
)

/** Run inside Electron as Node (see build/test.mjs), so that tests meet the runtime and native modules that ship. */
export default defineConfig({
  root,
  test: {
    // Processes, not threads: native modules, and what is told to Node, stay apart.
    pool: 'forks',
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, integration, 'test/e2e/**', ...apart],
          // To start Electron and load the modules once a file took more than half of what the tests take.
          isolate: false,
          ...unit,
        },
      },
      {
        root,
        test: {
          // Each file in a process of its own.
          name: 'unit-apart',
          include: apart,
          exclude: [...configDefaults.exclude, integration, 'test/e2e/**'],
          ...unit,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: [integration],
          exclude: [...configDefaults.exclude, ...apart],
          isolate: false,
          ...waiting,
        },
      },
      {
        root,
        test: {
          name: 'integration-apart',
          include: apart.filter((file) => file.endsWith(ending)),
          ...waiting,
        },
      },
    ],
  },
})
