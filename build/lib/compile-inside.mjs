/**
 * Runs inside Electron, for compile.mjs: as its main process, and in each of the two services, which do there what they do at
 * a start, so that V8 has compiled just that when it is asked for what it compiled.
 */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import electron from 'electron'
import { root } from './machine.mjs'

// A service has none of these.
const { MessageChannelMain, app, utilityProcess } = electron

const require = createRequire(import.meta.url)
const out = path.join(root, 'out/main')
const { compiledOf, scriptOf, runCompiled } = require(path.join(out, 'compiled.cjs'))

/** What the window asks before its first paint. */
const asked = [
  ['conversations.list', { view: 'inbox', offset: 0, limit: 50 }],
  ...[
    'settings.get',
    'mailboxes.list',
    'counts.get',
    'sync.status',
    'grants.list',
    'grants.notices',
    'accessLog.verdict',
    'team.state',
    'team.lease',
    'definitions.conflicts',
    'mailboxes.conflicts',
    'tags.list',
    'labels.list',
    'views.list',
    'people.list',
    'presence.list',
    'outbox.list',
    'journal.damage',
  ].map((name) => [name, {}]),
]

/** @type {Map<string, import('node:vm').Script>} */
const scripts = new Map()
runCompiled((file, script) => scripts.set(file, script))

/** The first process to have run a file is the one whose compiled form is kept. @throws Error when V8 refused what was kept */
function keep() {
  for (const [file, script] of scripts) {
    if (script.cachedDataRejected === true) throw new Error(`${path.basename(file)} is compiled anew at each start`)
    if (script.cachedDataRejected === undefined) fs.writeFileSync(compiledOf(file), script.createCachedData())
  }
}

function asService(name) {
  require(path.join(out, `${name}.cjs`))
  process.parentPort.on('message', ({ data }) => {
    if (data !== 'keep') return
    try {
      keep()
      process.exit(0)
    } catch (error) {
      console.error(error)
      process.exit(1)
    }
  })
}

/** @param {(child: Electron.UtilityProcess) => Promise<void>} work what it does before its compiled form is kept */
async function inService(name, work) {
  const child = utilityProcess.fork(import.meta.filename, [`--service=${name}`])
  const gone = new Promise((resolve) => child.once('exit', resolve))
  await Promise.race([work(child), gone])
  child.postMessage('keep')
  const code = await gone
  if (code !== 0) throw new Error(`${name} ended with ${code}`)
}

/** Settles with the answer to a call over a port of ours. */
const answer = (port, id) =>
  new Promise((resolve, reject) =>
    port.on('message', (event) => {
      const message = event.data ?? event
      if (message.id !== id) return
      if (message.t === 'answer') resolve(message.value)
      else if (message.t === 'refusal') reject(new Error(message.error.message))
    }),
  )

async function useStore(child) {
  const input = { dir: app.getPath('userData'), key: randomBytes(32), device: randomBytes(64) }
  const opened = answer(child, 1)
  child.postMessage({ t: 'call', id: 1, name: 'store.open', input })
  await opened
  const { port1, port2 } = new MessageChannelMain()
  port1.setMaxListeners(asked.length)
  child.postMessage({ t: 'port', to: 'window', caller: { kind: 'agent', name: '' } }, [port2])
  const answers = asked.map((_, id) => answer(port1, id))
  port1.start()
  asked.forEach(([name, input], id) => port1.postMessage({ t: 'call', id, name, input }))
  await Promise.all(answers)
  const closed = answer(child, 2)
  child.postMessage({ t: 'call', id: 2, name: 'store.close', input: {} })
  await closed
}

const started = (child) => new Promise((resolve) => child.once('spawn', resolve))

async function asApp() {
  app.setPath('userData', app.commandLine.getSwitchValue('user-data-dir'))
  await app.whenReady()
  await inService('store', useStore)
  await inService('mail', started)
  // App's own are not run, since that starts the program: V8 compiles all of their functions.
  setFlagsFromString('--no-lazy')
  for (const name of fs.readdirSync(out)) {
    const file = path.join(out, name)
    if (name.endsWith('.cjs') && !fs.existsSync(compiledOf(file))) scripts.set(file, scriptOf(file))
  }
  // What was compiled is bound to V8's switches at the moment it is asked for.
  setFlagsFromString('--lazy')
  keep()
  // Once more, with what was kept.
  for (const name of ['store', 'mail']) await inService(name, started)
}

const service = process.argv.find((arg) => arg.startsWith('--service='))?.slice('--service='.length)
if (service) asService(service)
else
  asApp().then(
    () => app.exit(0),
    (error) => {
      console.error(error)
      app.exit(1)
    },
  )
