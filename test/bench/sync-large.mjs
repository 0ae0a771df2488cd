/**
 * bench:sync-large [-- --count=N --rounds=N --dir=PATH --all=0]: the first sync of a large mailbox (200,000 messages): how
 * soon the first page is there, beside what the server alone takes for it, and the most memory that mail and store take
 * together (sum of PSS). Filling the mailbox takes most of its time: with --dir it is kept there and used again. `--all=0`
 * ends with the first page.
 */
import fs from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../servers/dovecot.mjs'
import { newestAndForget } from './floor.mjs'
import { fill } from './mailbox.mjs'
import { figure, median, pssByProcess, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilListed, untilSearchable, untilSynced } from './program.mjs'

export default async function benchSyncLarge({ electron, env, count = 200_000, rounds = 3, dir, all = 1 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }], ...(dir ? { dir } : {}) })
  const { port } = dovecot
  const maildir = dovecot.maildirOf('support')
  const filled = path.join(dovecot.dir, `filled-${count}`)
  const first = (after) => firstSync({ electron, env, port, after })
  try {
    if (!fs.existsSync(filled)) {
      fill(maildir, count)
      fs.writeFileSync(filled, '')
    }
    console.log(`${count} messages are on the server`)
    // A server that took this mail in itself has an index of it; one that sees a folder of files for the first time has not.
    forgetIndex(maildir)
    const coldFloor = await newestAndForget(port, count)
    forgetIndex(maildir)
    const cold = await first()
    const times = { floor: [], first: [] }
    for (let round = 1; round <= rounds; round += 1) {
      times.floor.push(await newestAndForget(port, count))
      times.first.push(await first())
      console.log(
        `round ${round}: the newest page by the server alone ${seconds(times.floor.at(-1))}, on screen ${seconds(times.first.at(-1))}`,
      )
    }
    figure('sync.first-page-200k', median(times.first) / 1000, 's')
    figure('sync.first-page-200k-floor', median(times.floor) / 1000, 's')
    figure('sync.first-page-200k-unindexed', cold / 1000, 's')
    figure('sync.first-page-200k-unindexed-floor', coldFloor / 1000, 's')
    if (all === 1) await first((desk) => wholeSync(desk, count))
  } finally {
    await dovecot.stop()
  }
}

function forgetIndex(maildir) {
  for (const name of fs.readdirSync(maildir)) if (/^dovecot[.-]/.test(name)) fs.rmSync(path.join(maildir, name))
}

/** ms from adding the mailbox to a new profile until its first page is on screen. */
async function firstSync({ electron, env, port, after }) {
  const profile = newProfile()
  const desk = await startProgram({ electron, env, profile })
  try {
    await sleep(2500)
    const t0 = performance.now()
    const listed = untilListed(desk.page)
    await desk.call('app.addMailbox', { settings: mailboxSettings('support', port), password: 'pw' })
    await listed
    const took = performance.now() - t0
    await after?.(desk)
    return took
  } finally {
    await desk.close()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}

/** Follows a sync that has begun to its end. */
async function wholeSync(desk, count) {
  const pid = desk.app.process().pid
  const t0 = performance.now()
  let most = { both: 0, parts: '' }
  let watching = true
  const watch = (async () => {
    while (watching) {
      const services = pssByProcess(pid).filter(({ kind }) => kind === 'mail' || kind === 'store')
      const both = services.reduce((sum, { mib }) => sum + mib, 0)
      if (both > most.both)
        most = { both, parts: services.map(({ kind, mib }) => `${kind} ${mib.toFixed(0)}`).join(', ') }
      await sleep(500)
    }
  })()
  await untilSynced(desk.call, count, { every: 500, limit: 1_200_000 })
  await untilSearchable(desk.call, 'w00123')
  const took = performance.now() - t0
  watching = false
  await watch
  console.log(
    `${count} messages: all ${seconds(took)} behind the first page (${((count / took) * 1000).toFixed(0)} a second); at most ${most.parts} MiB`,
  )
  figure('sync.memory-200k', most.both, 'MiB')
}
