import { defineConfig } from '@playwright/test'

const long = /[/\\](look|team-work|team|crash|mail-frame|work|sending)\.spec\.ts$/

/** End to end in real Electron, on the build in out/; POSTERN_ELECTRON names the binary (see build/test.mjs). */
export default defineConfig({
  testDir: './e2e',
  outputDir: '../test-results',
  // Most of a test is waiting for the program, so three files run side by side, each worker with a screen and keychain of its own.
  workers: 3,
  fullyParallel: false,
  retries: 0,
  timeout: 120_000,
  // What never comes is told; a machine that is busy is not.
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env['CI']),
  reporter: 'list',
  use: { trace: 'retain-on-failure' },
  // Files that take longest go first, so that no worker is left with one at the end.
  projects: [
    { name: 'long', testMatch: long },
    { name: 'e2e', testIgnore: long },
  ],
})
