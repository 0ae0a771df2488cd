/**
 * bench:sync. A full first sync of N messages (bodies, threads, index, encrypted) beside mbsync's plain download of the same
 * mailbox from the same Dovecot in the same run; medians of 3.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { startDovecot } from '../servers/dovecot.mjs'
import { fill } from './mailbox.mjs'
import { figure, median, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSearchable, untilSynced } from './program.mjs'

export default async function benchSync({ electron, env, count = 20_000, rounds = 3 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }] })
  const work = newProfile()
  const times = { mbsync: [], nofsync: [], postern: [], firstPage: [] }
  try {
    fill(dovecot.maildirOf('support'), count)
    mbsync(dovecot.port, work, false) // Warms the server's caches, which would otherwise be charged to whoever comes first.
    for (let round = 1; round <= rounds; round += 1) {
      times.mbsync.push(mbsync(dovecot.port, work, true))
      times.nofsync.push(mbsync(dovecot.port, work, false))
      const one = await postern({ electron, env, port: dovecot.port, count })
      times.postern.push(one.done)
      times.firstPage.push(one.firstPage)
      console.log(`round ${round}: mbsync ${seconds(times.mbsync.at(-1))}, without fsync ${seconds(times.nofsync.at(-1))}, Postern ${seconds(one.done)}, its first page ${seconds(one.firstPage)}`)
    }
  } finally {
    await dovecot.stop()
    fs.rmSync(work, { recursive: true, force: true })
  }
  const done = median(times.postern)
  console.log(`medians of ${count} messages: mbsync ${seconds(median(times.mbsync))}, without fsync ${seconds(median(times.nofsync))}, Postern ${seconds(done)}`)
  figure('sync.vs-mbsync', done / median(times.mbsync), 'x')
  figure('sync.vs-mbsync-nofsync', done / median(times.nofsync), 'x')
  figure('sync.first-page', median(times.firstPage) / 1000, 's')
}

/** One full download by mbsync into an empty Maildir; ms. */
function mbsync(port, work, fsync) {
  const near = path.join(work, 'near')
  fs.rmSync(near, { recursive: true, force: true })
  fs.mkdirSync(near, { recursive: true })
  const config = path.join(work, 'mbsyncrc')
  fs.writeFileSync(config, `${fsync ? '' : 'FSync no\n'}
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
`)
  const t0 = performance.now()
  const run = spawnSync('mbsync', ['-c', config, '-a'], { stdio: 'ignore' })
  if (run.status !== 0) throw new Error('mbsync failed')
  return performance.now() - t0
}

async function postern({ electron, env, port, count }) {
  const profile = newProfile()
  const desk = await startProgram({ electron, env, profile })
  try {
    // At rest, as when a person has filled in the form: what is measured is the sync, not the start.
    await sleep(2500)
    const t0 = performance.now()
    await desk.call('app.addMailbox', { settings: mailboxSettings('support', port), password: 'pw' })
    const firstPage = desk.page.getByRole('grid', { name: 'Conversations' }).getByRole('row').nth(5).waitFor({ timeout: 60_000 }).then(() => performance.now() - t0)
    const local = await untilSynced(desk.call, count)
    const { total } = await untilSearchable(desk.call, 'w00123')
    const done = performance.now() - t0
    if (local !== count || total === 0) throw new Error(`${local} of ${count} messages, ${total} found`)
    if (fs.readFileSync(path.join(profile, 'postern.db')).subarray(0, 15).toString() === 'SQLite format 3') throw new Error('not encrypted')
    return { done, firstPage: await firstPage }
  } finally {
    await desk.close()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}
