/** Building Postern when needed and the arguments it is started with, for start, dev, demo and test. */
import fs from 'node:fs'
import path from 'node:path'
import { compile } from './compile.mjs'
import { PlainError, isRoot, moduleFile, root, run } from './machine.mjs'

const SOURCES = ['src-main', 'src-preload', 'src-renderer', 'electron.vite.config.ts', 'package.json', 'tsconfig.json']
const OUTPUTS = ['out/main/index.cjs', 'out/preload/index.cjs', 'out/renderer/index.html']

/** Runs electron-vite build and has V8 compile the result; @returns {Promise<number>} the exit code of what failed, or 0 */
export async function build() {
  const script = moduleFile('electron-vite', 'bin', 'electron-vite.js')
  return (await run(process.execPath, [script, 'build', '--logLevel', 'warn'])) || compile()
}

/** Builds when a source is newer than what was built last. */
export async function buildIfNeeded() {
  if (isBuilt()) return
  console.error('Building Postern ...')
  if ((await build()) !== 0) throw new PlainError('Building Postern failed; the reason is above.')
}

/** Whether out/ is complete and as new as the sources; folders count too, because a deleted file changes only those. */
export function isBuilt(dir = root) {
  const outputs = OUTPUTS.map((file) => fs.statSync(path.join(dir, file), { throwIfNoEntry: false })?.mtimeMs ?? 0)
  const newest = Math.max(...SOURCES.map((name) => newestTime(path.join(dir, name))))
  return newest <= Math.min(...outputs)
}

function newestTime(file) {
  const stat = fs.statSync(file, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newestTime(path.join(file, name))))
}

/** Arguments that Electron itself needs here: Chromium's sandbox does not work for root. */
export const electronArgs = () => (isRoot() ? ['--no-sandbox'] : [])

/** One line for whoever starts Postern as root. */
export function noticeRoot() {
  if (isRoot())
    console.error(
      "Note: started as root, so without Chromium's sandbox (--no-sandbox); fine for a try, not for real mail.",
    )
}

/** The environment for Electron as an app, whatever this script itself was started with. */
export function appEnv(extra = {}) {
  const env = { ...process.env, ...extra }
  delete env.ELECTRON_RUN_AS_NODE
  return env
}
