import { globSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const unit = ['test/**/*.test.{ts,tsx}']
const integration = 'test/**/*.integration.test.ts'
/** What replaces a module would find the real one loaded already, by a file that its process ran before. */
const replacing = globSync(unit, { cwd: root }).filter((file) =>
  /\bvi\.mock\(/.test(readFileSync(join(root, file), 'utf8')),
)

// Something that hangs is told; a machine that is busy is not.
const limits = { testTimeout: 60_000, hookTimeout: 60_000 }
const exclude = [...configDefaults.exclude, integration, 'test/e2e/**']

/** Run inside Electron as Node (see build/test.mjs), so that tests meet the runtime and native modules that ship. */
export default defineConfig({
  root,
  test: {
    // Processes, not threads, as native modules want it. Each runs many files: loading the code anew took longer than a third of the tests.
    pool: 'forks',
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: unit,
          exclude: [...exclude, ...replacing],
          isolate: false,
          maxWorkers: availableParallelism(),
          ...limits,
        },
      },
      {
        root,
        test: { name: 'unit-apart', include: replacing, exclude, maxWorkers: availableParallelism(), ...limits },
      },
      {
        root,
        test: {
          name: 'integration',
          include: [integration],
          isolate: false,
          // Most of the time goes by in waiting for real servers; more than two files would wait for each other.
          maxWorkers: 2,
          ...limits,
        },
      },
    ],
  },
})
