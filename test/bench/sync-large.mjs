/**
 * bench:sync-large [-- --count=N]: the first sync of a large mailbox (200,000 messages): how soon the first page is there, and
 * the most memory that mail and store take together (sum of PSS). Filling the mailbox takes most of its time.
 */
import fs from 'node:fs'
import { startDovecot } from '../servers/dovecot.mjs'
import { fill } from './mailbox.mjs'
import { figure, pssByProcess, seconds, sleep } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSearchable, untilSynced } from './program.mjs'

export default async function benchSyncLarge({ electron, env, count = 200_000 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }] })
  const profile = newProfile()
  try {
    fill(dovecot.maildirOf('support'), count)
    console.log(`${count} messages are on the server`)
    const desk = await startProgram({ electron, env, profile })
    try {
      await sleep(2500)
      const pid = desk.app.process().pid
      const t0 = performance.now()
      await desk.call('app.addMailbox', { settings: mailboxSettings('support', dovecot.port), password: 'pw' })
      await desk.page.getByRole('grid', { name: 'Conversations' }).getByRole('row').nth(5).waitFor({ timeout: 60_000 })
      const firstPage = performance.now() - t0
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
      const done = performance.now() - t0
      watching = false
      await watch
      console.log(
        `${count} messages: first page ${seconds(firstPage)}, all ${seconds(done)} (${((count / done) * 1000).toFixed(0)} a second); at most ${most.parts} MiB`,
      )
      figure('sync.first-page-200k', firstPage / 1000, 's')
      figure('sync.memory-200k', most.both, 'MiB')
    } finally {
      await desk.close()
    }
  } finally {
    await dovecot.stop()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}
