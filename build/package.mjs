/** npm run package: the unpacked program for this platform in dist/. Only ever made from the official Electron. */
import path from 'node:path'
import { ensureElectron } from './electron.mjs'
import { build } from './lib/app.mjs'
import { PlainError, checkMachine, moduleFile, root, run, runMain } from './lib/machine.mjs'
import { prepare } from './prepare.mjs'

const PLATFORM_FLAGS = { linux: '--linux', darwin: '--mac', win32: '--win' }

runMain(async () => {
  checkMachine()
  await prepare(['run'], { librariesOnly: true })
  const electron = await ensureElectron({ standIn: false })
  if ((await build()) !== 0) throw new PlainError('Building Postern failed; the reason is above.')
  const flag = PLATFORM_FLAGS[/** @type {keyof typeof PLATFORM_FLAGS} */ (process.platform)]
  if (!flag) throw new PlainError(`There is no packaging for ${process.platform}.`)
  return run(process.execPath, [
    moduleFile('electron-builder', 'cli.js'),
    flag,
    'dir',
    '--publish',
    'never',
    '--config',
    path.join('build', 'electron-builder.yml'),
    `-c.electronDist=${path.join(root, 'node_modules', 'electron', 'dist')}`,
    `-c.electronVersion=${electron.version}`,
    ...process.argv.slice(2),
  ])
})
