/** After the build: has V8 compile what app, store and mail run at a start, in the Electron that will run it (src-main/shared/compiled.ts). */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ensureElectron } from '../electron.mjs'
import { appEnv, electronArgs } from './app.mjs'
import { capture, root } from './machine.mjs'

const limitMs = 120_000

/** @returns {Promise<number>} exit code; 0 also where there is no Electron: what is not compiled now is compiled at each start */
export async function compile() {
  const electron = await ensureElectron().catch(() => null)
  if (!electron) return 0
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'postern-compile-'))
  const screen = process.platform === 'linux' ? ['--ozone-platform=headless'] : []
  const script = path.join(root, 'build/lib/compile-inside.mjs')
  try {
    const args = [...electronArgs(), ...screen, script, `--user-data-dir=${profile}`]
    const { code, out } = await capture(electron.path, args, { env: appEnv(), timeout: limitMs })
    if (code !== 0) console.error(out)
    return code
  } finally {
    fs.rmSync(profile, { recursive: true, force: true })
  }
}
