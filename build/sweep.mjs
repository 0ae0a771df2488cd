/**
 * npm run sweep:NAME: the long form of a test of which `npm test` runs a few points only. The test reads POSTERN_SWEEP and
 * ends with one line a figure: `figure NAME VALUE UNIT`. `-- --slice=2/10` runs every tenth point from the second on, so that
 * a long sweep can be run in pieces; other options go to the runner (`-t TEXT` picks tests).
 */
import path from 'node:path'
import { PlainError, root, run, runMain } from './lib/machine.mjs'

/** Which step of build/test.mjs, and which file. */
const sweeps = /** @type {Record<string, [step: string, file: string]>} */ ({
  cut: ['integration', 'test/mail/sync/cut'],
  kill: ['integration', 'test/mail/sync/kill'],
  send: ['integration', 'test/mail/send/send-sweep'],
  rotate: ['integration', 'test/store/file/rotation-kill'],
  mime: ['unit', 'test/mail/parse/mutations'],
})

runMain(async () => {
  const name = process.argv[2] ?? ''
  const slice = process.argv.find((arg) => /^--slice=\d+\/\d+$/.test(arg))
  const others = process.argv.slice(3).filter((arg) => arg !== slice)
  const [step, file] = sweeps[name] ?? []
  if (!step || !file) throw new PlainError(`There is no sweep ${name}; there are ${Object.keys(sweeps).join(', ')}.`)
  return run(process.execPath, [path.join(root, 'build/test.mjs'), '--only', step, file, ...others], {
    env: { ...process.env, POSTERN_SWEEP: name, POSTERN_SLICE: slice?.slice('--slice='.length) ?? '1/1' },
  })
})
