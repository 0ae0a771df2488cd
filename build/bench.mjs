/**
 * npm run bench:NAME [-- --count=N --rounds=N]: prepares the machine, builds, and runs test/bench/NAME. Each benchmark measures
 * a peer or a floor in the same run and ends with one line a figure: `figure NAME VALUE UNIT`.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { ensureElectron } from './electron.mjs'
import { buildIfNeeded } from './lib/app.mjs'
import { PlainError, checkMachine, onInterrupt, root, runMain } from './lib/machine.mjs'
import { startSession } from './lib/session.mjs'
import { ownTemp } from './lib/temp.mjs'
import { prepare } from './prepare.mjs'

runMain(async () => {
  const [name, ...rest] = process.argv.slice(2)
  const dir = path.join(root, 'test/bench')
  const script = path.join(dir, `${name}.mjs`)
  const source = path.join(dir, `${name}.ts`)
  checkMachine()
  const electron = await ensureElectron()
  if (fs.existsSync(source)) return withTemp(() => runSource(electron.path, source, rest))
  if (!name || !fs.existsSync(script)) throw new PlainError(`There is no benchmark ${name ?? ''}; test/bench has them.`)
  await prepare(['run', 'servers', 'bench'])
  await buildIfNeeded()
  await withTemp(() => runScript(electron, script, rest))
  return 0
})

/** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
async function withTemp(work) {
  const temp = ownTemp('bench')
  onInterrupt(temp.remove)
  try {
    return await work()
  } finally {
    await temp.remove()
  }
}

/** Benchmarks of the whole program drive it from here. */
async function runScript(electron, script, rest) {
  const session = await startSession({ display: true })
  try {
    const options = Object.fromEntries(
      rest.flatMap((arg) => {
        const [, key, value = ''] = /^--(\w+)=(.+)$/.exec(arg) ?? []
        return key ? [[key, /^\d+$/.test(value) ? Number(value) : value]] : []
      }),
    )
    const { default: bench } = await import(script)
    await bench({ electron, env: session.env, ...options })
  } finally {
    await session.stop()
  }
}

/** Benchmarks of a single part run on its TypeScript source, bundled first, on the runtime that ships. */
async function runSource(electron, source, args) {
  const { build } = await import('vite')
  const outDir = path.join(root, 'node_modules/.cache/bench')
  const external = Object.keys(JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')).dependencies)
  await build({
    root,
    configFile: false,
    logLevel: 'warn',
    build: {
      ssr: source,
      outDir,
      emptyOutDir: false,
      target: 'node22',
      rollupOptions: { external, output: { entryFileNames: '[name].mjs' } },
    },
  })
  const file = path.join(outDir, `${path.basename(source, '.ts')}.mjs`)
  return (
    spawnSync(electron, [file, ...args], { stdio: 'inherit', env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } })
      .status ?? 1
  )
}
