/** npm run package: the unpacked program for this platform in dist/. Only ever made from the official Electron. */
import path from 'node:path'
import { ensureElectron } from './electron.mjs'
import { build } from './lib/app.mjs'
import { PlainError, checkMachine, root, run, runMain } from './lib/machine.mjs'
import { packArguments } from './lib/pack.mjs'
import { prepare } from './prepare.mjs'

runMain(async () => {
  checkMachine()
  await prepare(['run'], { librariesOnly: true })
  const electron = await ensureElectron({ standIn: false })
  if ((await build()) !== 0) throw new PlainError('Building Postern failed; the reason is above.')
  const dist = path.join(root, 'node_modules', 'electron', 'dist')
  return run(process.execPath, packArguments({ dist, version: electron.version }, process.argv.slice(2)))
})
