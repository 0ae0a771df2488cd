/**
 * npm start: Postern for daily use from the sources. Everything after "--" is passed on, such as
 * `npm start -- --user-data-dir=DIR --provision=FILE`.
 */
import { ensureElectron } from './electron.mjs'
import { appEnv, buildIfNeeded, electronArgs, noticeRoot } from './lib/app.mjs'
import { PlainError, checkMachine, hasDisplay, root, run, runMain } from './lib/machine.mjs'
import { prepare } from './prepare.mjs'

runMain(async () => {
  checkMachine()
  if (!hasDisplay()) {
    throw new PlainError(
      'There is no display to show a window on; for a picture of Postern without one, type: npm run demo',
    )
  }
  await prepare(['run'], { librariesOnly: true })
  const electron = await ensureElectron()
  await buildIfNeeded()
  noticeRoot()
  return run(electron.path, [...electronArgs(), root, ...process.argv.slice(2)], { env: appEnv() })
})
