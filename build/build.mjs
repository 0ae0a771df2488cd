/** npm run build: the program in out/, compiled for the Electron that is here. */
import { build } from './lib/app.mjs'
import { runMain } from './lib/machine.mjs'

runMain(build)
