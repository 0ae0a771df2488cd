/** Starting Postern under Playwright, for the demo without a screen, the end-to-end tests and the benchmarks. */
import path from 'node:path'
import { appEnv, electronArgs } from './app.mjs'
import { root } from './machine.mjs'

/**
 * Playwright holds the app back until it is connected only when it finds Electron by itself (its loader is not used with
 * `executablePath`); otherwise it may miss the first page and wait for it until its time is up.
 * @param {{ path: string, official: boolean }} electron as `ensureElectron` gives it
 * @param {{ args?: string[], env?: Record<string, string>, timeout?: number }} [options]
 * @returns {Promise<import('@playwright/test').ElectronApplication>}
 */
export async function launchPostern(electron, { args = [], env = {}, timeout = 60_000 } = {}) {
  const { _electron } = await import('@playwright/test')
  if (!electron.official) process.env.ELECTRON_OVERRIDE_DIST_PATH = path.dirname(electron.path)
  return _electron.launch({ args: [...electronArgs(), root, ...args], env: appEnv(env), timeout })
}
