import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { configDefaults, defineConfig } from 'vitest/config'

const root = fileURLToPath(new URL('..', import.meta.url))
const integration = 'test/**/*.integration.test.ts'
/** Something that hangs is told; a machine that is busy is not: what works behind the window gets a tenth of it, or less. */
const patient = { testTimeout: 300_000, hookTimeout: 300_000, expect: { poll: { timeout: 60_000 } } }

/** Run inside Electron as Node (see build/test.mjs), so that tests meet the runtime and native modules that ship. */
export default defineConfig({
  root,
  test: {
    // Each file in a process of its own: native modules and crashes stay apart.
    pool: 'forks',
    projects: [
      {
        root,
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: [...configDefaults.exclude, integration, 'test/e2e/**'],
          maxWorkers: availableParallelism(),
          ...patient,
        },
      },
      {
        root,
        test: {
          name: 'integration',
          include: [integration],
          // Most of the time goes by in waiting for real servers; more than two files would wait for each other.
          maxWorkers: 2,
          ...patient,
        },
      },
    ],
  },
})
