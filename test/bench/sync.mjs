/**
 * bench:sync. A full first sync of N messages (bodies, threads, index, encrypted) beside others on the same mailbox from the
 * same Dovecot in the same run; medians of 3: mbsync's plain download, as it comes and without fsync, the same and then
 * indexed by mu and by notmuch, and a reader that throws the bytes away.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../servers/dovecot.mjs'
import { fetchAndForget } from './floor.mjs'
import { fill } from './mailbox.mjs'
import { cpuByProcess, figure, folderBytes, median, percentile, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilListed, untilSearchable, untilSynced } from './program.mjs'

export default async function benchSync({ electron, env, count = 20_000, rounds = 3, index = 1 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }] })
  const work = newProfile()
  const times = { mbsync: [], nofsync: [], floor: [], postern: [], firstPage: [], waits: [] }
  let last = null
  try {
    fill(dovecot.maildirOf('support'), count)
    mbsync(dovecot.port, work, false) // Warms the server's caches, which would otherwise be charged to whoever comes first.
    for (let round = 1; round <= rounds; round += 1) {
      times.floor.push(await fetchAndForget(dovecot.port))
      times.mbsync.push(mbsync(dovecot.port, work, true))
      times.nofsync.push(mbsync(dovecot.port, work, false))
      const one = await postern({ electron, env, port: dovecot.port, count, reads: false })
      times.postern.push(one.done)
      times.firstPage.push(one.firstPage)
      last = one
      console.log(
        `round ${round}: mbsync ${seconds(times.mbsync.at(-1))}, without fsync ${seconds(times.nofsync.at(-1))}, floor ${seconds(times.floor.at(-1))}, Postern ${seconds(one.done)}, its first page ${seconds(one.firstPage)}`,
      )
      console.log(`  processor time: ${one.cpu.map(({ name, cpu }) => `${name} ${cpu.toFixed(1)} s`).join(', ')}`)
    }
    const busy = await postern({ electron, env, port: dovecot.port, count, reads: true })
    console.log(
      `while it syncs, ${busy.waits.length} reads of the list: median ${median(busy.waits).toFixed(1)}, p99 ${percentile(busy.waits, 0.99).toFixed(1)}, longest ${Math.max(...busy.waits).toFixed(1)} ms`,
    )
    const done = median(times.postern)
    console.log(
      `medians of ${count} messages: mbsync ${seconds(median(times.mbsync))}, without fsync ${seconds(median(times.nofsync))}, Postern ${seconds(done)}`,
    )
    figure('sync.vs-mbsync', done / median(times.mbsync), 'x')
    figure('sync.vs-mbsync-nofsync', done / median(times.nofsync), 'x')
    figure('sync.vs-floor', done / median(times.floor), 'x')
    figure('sync.first-page', median(times.firstPage) / 1000, 's')
    figure('sync.read-wait-p99', percentile(busy.waits, 0.99), 'ms')
    figure('store.vs-maildir', last.bytes / folderBytes(path.join(work, 'near')), 'x')
    // Once each: they take a hundred times as long as what is measured.
    for (const [name, run] of Object.entries(index === 1 ? { mu: indexByMu, notmuch: indexByNotmuch } : {})) {
      const took = run(work)
      console.log(`${name} takes ${seconds(took)} for its index of that download`)
      figure(`sync.vs-mbsync-${name}`, (median(times.nofsync) + took) / done, 'x faster')
    }
  } finally {
    await dovecot.stop()
    fs.rmSync(work, { recursive: true, force: true })
  }
}

/** One full download by mbsync into an empty Maildir; ms. */
function mbsync(port, work, fsync) {
  const near = path.join(work, 'near')
  fs.rmSync(near, { recursive: true, force: true })
  fs.mkdirSync(near, { recursive: true })
  const config = path.join(work, 'mbsyncrc')
  fs.writeFileSync(
    config,
    `${fsync ? '' : 'FSync no\n'}
IMAPAccount a
Host 127.0.0.1
Port ${port}
User support
Pass pw
SSLType None
AuthMechs PLAIN LOGIN

IMAPStore far
Account a

MaildirStore near
Path ${near}/
Inbox ${near}/INBOX

Channel c
Far :far:
Near :near:
Patterns INBOX
Sync Pull
Create Near
SyncState *
`,
  )
  return timed('mbsync', ['-c', config, '-a'])
}

function indexByMu(work) {
  const home = path.join(work, 'mu')
  timed('mu', ['init', `--muhome=${home}`, `--maildir=${path.join(work, 'near')}`, '--quiet'])
  return timed('mu', ['index', `--muhome=${home}`, '--quiet'])
}

function indexByNotmuch(work) {
  const config = path.join(work, 'notmuch-config')
  fs.writeFileSync(
    config,
    `[database]\npath=${path.join(work, 'near')}\n[user]\nname=A\nprimary_email=support@acme.example\n[new]\ntags=unread\n`,
  )
  return timed('notmuch', ['new', '--quiet'], { NOTMUCH_CONFIG: config })
}

function timed(command, args, env = {}) {
  const t0 = performance.now()
  const run = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { ...process.env, ...env } })
  if (run.status !== 0)
    throw new Error(`${command} failed: ${run.error?.message ?? run.stderr.toString().slice(0, 500)}`)
  return performance.now() - t0
}

/** One sync into a new profile. `reads`: the window asks for its list again and again meanwhile, as one who scrolls does. */
async function postern({ electron, env, port, count, reads }) {
  const profile = newProfile()
  const desk = await startProgram({ electron, env, profile })
  try {
    // At rest, as when a person has filled in the form: what is measured is the sync, not the start.
    await sleep(2500)
    const before = cpuByProcess(desk.app.process().pid)
    const t0 = performance.now()
    const firstPage = untilListed(desk.page).then(() => performance.now() - t0)
    await desk.call('app.addMailbox', { settings: mailboxSettings('support', port), password: 'pw' })
    if (reads) await firstPage.then(() => desk.page.evaluate(readOn))
    const local = await untilSynced(desk.call, count)
    const { total } = await untilSearchable(desk.call, 'w00123')
    const done = performance.now() - t0
    const cpu = cpuByProcess(desk.app.process().pid, before)
    const waits = reads
      ? await desk.page.evaluate(() => {
          globalThis.readOn = false
          return globalThis.readWaits
        })
      : []
    if (local !== count || total === 0) throw new Error(`${local} of ${count} messages, ${total} found`)
    if (fs.readFileSync(path.join(profile, 'postern.db')).subarray(0, 15).toString() === 'SQLite format 3')
      throw new Error('not encrypted')
    const bytes = await settledBytes(profile)
    return { done, firstPage: await firstPage, cpu, waits, bytes }
  } finally {
    await desk.close()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}

/**
 * Bytes of the database and its index once nothing is written any more: what is in the journals has to reach the files, and the
 * pieces of the index are merged at rest, which a slow disk takes its time for.
 */
async function settledBytes(/** @type {string} */ profile) {
  const bytes = () =>
    fs
      .readdirSync(profile)
      .filter((name) => /^postern.*\.db/.test(name))
      .reduce((sum, name) => sum + fs.statSync(path.join(profile, name)).size, 0)
  let last = -1
  for (let waited = 0; waited < 120 && bytes() !== last; waited += 5) {
    last = bytes()
    await sleep(5000)
  }
  return bytes()
}

/** Runs in the window: reads a page of the list every 20 ms and notes how long each answer took. */
function readOn() {
  globalThis.readOn = true
  globalThis.readWaits = []
  const read = async () => {
    while (globalThis.readOn) {
      const from = performance.now()
      await globalThis.postern.call('conversations.list', {
        view: 'inbox',
        mailboxId: null,
        order: 'newest',
        unreadOnly: false,
        offset: 0,
        limit: 50,
      })
      globalThis.readWaits.push(performance.now() - from)
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
    }
  }
  void read()
}
