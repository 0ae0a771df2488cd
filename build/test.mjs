/**
 * npm test: every check in order, each with its time, and one plain line of numbers at the end.
 * npm test -- --only unit,e2e    only these steps
 * npm test -- --only unit store  only tests whose file matches "store"; what is not --only goes to the test runner
 */
import fs from 'node:fs'
import path from 'node:path'
import { startSession } from './lib/session.mjs'
import { build, buildIfNeeded } from './lib/app.mjs'
import { PlainError, checkMachine, moduleFile, onInterrupt, readPackage, run, runMain } from './lib/machine.mjs'
import { readPlaywright, readVitest } from './lib/reports.mjs'
import { ownTemp } from './lib/temp.mjs'
import { onWire, whyNoWire, wireSummary } from '../test/servers/wire.mjs'
import { ensureElectron } from './electron.mjs'
import { prepare } from './prepare.mjs'

/** @typedef {import('./lib/reports.mjs').Result} Result */

const STEPS = ['format', 'build', 'lint', 'typecheck', 'unit', 'integration', 'e2e']

/** @returns {{ only: string[], filter: string[] }} */
function readArguments(args) {
  const filter = [...args]
  const at = filter.findIndex((arg) => arg === '--only' || arg.startsWith('--only='))
  if (at === -1) return { only: STEPS, filter }
  const [flag = '', value = ''] = filter.splice(at, filter[at] === '--only' ? 2 : 1)
  const only = (flag.includes('=') ? flag.slice('--only='.length) : value).split(',')
  const unknown = only.find((name) => !STEPS.includes(name))
  if (unknown !== undefined) throw new PlainError(`--only takes some of ${STEPS.join(',')}, not "${unknown}".`)
  return { only: STEPS.filter((name) => only.includes(name)), filter }
}

/** lint, typecheck and build are one check each: right or wrong. */
const asOne = (/** @type {string} */ name, /** @type {number} */ code) => ({
  passed: code === 0 ? 1 : 0,
  failed: code === 0 ? [] : [name],
  skipped: 0,
})

runMain(async () => {
  const { only, filter } = readArguments(process.argv.slice(2))
  checkMachine()
  const needsElectron = only.some((name) => ['unit', 'integration', 'e2e'].includes(name))
  const needsServers = only.some((name) => ['integration', 'e2e'].includes(name))
  if (needsElectron) await prepare(needsServers ? ['run', 'servers'] : ['run'], { librariesOnly: !needsServers })
  const electron = needsElectron ? (await ensureElectron()).path : ''
  const { dir: temp, remove: removeTemp } = ownTemp('test')
  const session = needsServers ? await startSession() : undefined
  const cleanUp = async () => {
    await session?.stop()
    await removeTemp()
  }
  onInterrupt(cleanUp)
  const env = { ...process.env, ...session?.env, POSTERN_ELECTRON: electron }

  const vitest = async (
    /** @type {string} */ project,
    /** @type {import('node:child_process').StdioOptions} */ stdio = 'inherit',
  ) => {
    const report = path.join(temp, `${project}.json`)
    const args = [
      moduleFile('vitest', 'vitest.mjs'),
      'run',
      '--config',
      'test/vitest.config.ts',
      // Those of its name, and those beside it that run apart.
      '--project',
      `${project}*`,
      '--passWithNoTests',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filter,
    ]
    const code = await run(electron, args, { env: { ...env, ELECTRON_RUN_AS_NODE: '1' }, stdio })
    return readVitest(project, report, code)
  }
  // Integration waits for servers most of the time, so it runs beside what needs the processor, from the build on (it packs the
  // program); what it says is shown when its turn comes.
  const aside = path.join(temp, 'integration.log')
  /** @type {Promise<Result> | undefined} */
  let integration
  const beginIntegration = () => {
    const out = fs.openSync(aside, 'w')
    integration = vitest('integration', ['ignore', out, out]).finally(() => fs.closeSync(out))
  }
  const playwright = async () => {
    // The build step may have been left out, or have run before a source was saved.
    await buildIfNeeded()
    const report = path.join(temp, 'e2e.json')
    const args = [
      moduleFile('@playwright', 'test', 'cli.js'),
      'test',
      '--config',
      'test/playwright.config.ts',
      '--pass-with-no-tests',
      '--reporter=list,json',
      ...filter,
    ]
    // In a network of its own, where every connection is held against the network ledger.
    const why = whyNoWire()
    const wire = path.join(temp, 'wire')
    const [command = '', ...rest] = why ? [process.execPath, ...args] : onWire(wire, [process.execPath, ...args])
    const code = await run(command, rest, { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report } })
    const result = readPlaywright('e2e', report, code)
    if (why) result.skipped += 1
    console.log(why ? `skipped: the network ledger was not held against packets: ${why}` : wireSummary(wire))
    return result
  }
  /** @type {Record<string, () => Promise<Result>>} */
  const steps = {
    format: async () => asOne('format', await runScript('format', '--check')),
    lint: async () => asOne('lint', await runScript('lint')),
    typecheck: async () => asOne('typecheck', await runScript('typecheck')),
    build: async () => asOne('build', await build()),
    unit: () => vitest('unit'),
    integration: async () => {
      if (!integration) return vitest('integration')
      const result = await integration
      process.stdout.write(fs.readFileSync(aside))
      return result
    },
    e2e: playwright,
  }

  const beside = ['lint', 'typecheck', 'unit']
  const total = /** @type {Result} */ ({ passed: 0, failed: [], skipped: 0 })
  const times = []
  try {
    for (const name of only) {
      console.log(`\n=== ${name} ===`)
      const start = performance.now()
      if (beside.includes(name) && only.includes('integration') && !integration) beginIntegration()
      const result = await steps[name]?.().catch((error) => crashed(name, error))
      if (!result) continue
      const count = result.passed + result.failed.length + result.skipped
      // A step that quietly tests nothing must not look like success; a filter may well leave one empty.
      if (count === 0 && filter.length === 0 && name !== 'integration') result.failed.push(`${name}: no test ran`)
      total.passed += result.passed
      total.failed.push(...result.failed)
      total.skipped += result.skipped
      const seconds = ((performance.now() - start) / 1000).toFixed(1)
      times.push(`${name} ${seconds} s`)
      console.log(`--- ${name}: ${result.passed} passed, ${result.failed.length} failed in ${seconds} s`)
    }
  } finally {
    await cleanUp()
  }
  if (total.passed + total.failed.length === 0) total.failed.push('no test ran')

  console.log(`\n${times.join(', ')}`)
  for (const name of total.failed) console.log(`failed: ${name}`)
  console.log(
    `${total.passed} passed, ${total.failed.length} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
  )
  return total.failed.length > 0 ? 1 : 0
})

/** A step whose tool is one line in package.json's scripts: the same line for `npm run` and here. */
function runScript(name, ...more) {
  const [tool = '', ...args] = readPackage().scripts[name].split(' ')
  const suffix = process.platform === 'win32' ? '.cmd' : ''
  return run(moduleFile('.bin', tool + suffix), [...args, ...more], { shell: process.platform === 'win32' })
}

/** @returns {Result} */
function crashed(name, error) {
  console.error(error instanceof PlainError ? error.message : error)
  return { passed: 0, failed: [`${name}: ${error.message}`], skipped: 0 }
}
