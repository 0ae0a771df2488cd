/** The command `postern` from the sources: `npm run -s postern -- verify-log FILE`. A packaged program takes the same words itself. */
import { ensureElectron } from './electron.mjs'
import { appEnv, buildIfNeeded, electronArgs } from './lib/app.mjs'
import { root, run, runMain } from './lib/machine.mjs'

runMain(async () => {
  const electron = await ensureElectron()
  await buildIfNeeded()
  return run(electron.path, [...electronArgs(), '--ozone-platform=headless', root, ...process.argv.slice(2)], {
    env: appEnv(),
  })
})
