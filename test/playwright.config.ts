import { defineConfig } from '@playwright/test'

/** End to end in real Electron, on the build in out/; POSTERN_ELECTRON names the binary (see build/test.mjs). */
export default defineConfig({
  testDir: './e2e',
  testMatch: '**/*.spec.ts',
  outputDir: '../test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
})
