/** npm run dev: Postern with hot reload of the window and a restart when app, store, mail or preload change. */
import { ensureElectron } from './electron.mjs'
import { appEnv, noticeRoot } from './lib/app.mjs'
import { PlainError, checkMachine, hasDisplay, isRoot, moduleFile, run, runMain } from './lib/machine.mjs'
import { prepare } from './prepare.mjs'

runMain(async () => {
  checkMachine()
  if (!hasDisplay()) throw new PlainError('There is no display to show a window on; try: xvfb-run -a npm run dev')
  await prepare(['run'], { librariesOnly: true })
  const electron = await ensureElectron()
  noticeRoot()
  const args = [moduleFile('electron-vite', 'bin', 'electron-vite.js'), 'dev', '--watch']
  if (isRoot()) args.push('--noSandbox')
  args.push('--', ...process.argv.slice(2))
  return run(process.execPath, args, { env: appEnv({ ELECTRON_EXEC_PATH: electron.path }) })
})
