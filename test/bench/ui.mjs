/**
 * bench:ui. Switching conversations with the keyboard while another mailbox syncs in the background: from the key going down
 * to the next conversation's text painted, measured inside the page.
 */
import fs from 'node:fs'
import { startDovecot } from '../servers/dovecot.mjs'
import { fill } from './mailbox.mjs'
import { figure, percentile, median } from './measure.mjs'
import { mailboxSettings, newProfile, startProgram, untilSynced } from './program.mjs'

export default async function benchUi({ electron, env, count = 20_000, switches = 300 }) {
  const dovecot = await startDovecot({ users: [{ name: 'support', password: 'pw' }, { name: 'busy', password: 'pw' }] })
  const profile = newProfile()
  try {
    fill(dovecot.maildirOf('support'), 2000)
    fill(dovecot.maildirOf('busy'), count, { to: 'busy@acme.example', seed: 11 })
    const desk = await startProgram({ electron, env, profile })
    const first = await desk.call('app.addMailbox', { settings: mailboxSettings('support', dovecot.port), password: 'pw' })
    await untilSynced(desk.call, 2000)
    await desk.page.getByRole('link', { name: /^support/i }).or(desk.page.getByRole('button', { name: /^support/i })).first().click()
    await desk.page.getByRole('grid', { name: 'Conversations' }).getByRole('row').first().click()
    await desk.page.getByRole('region', { name: 'Conversation', exact: true }).locator('.msg-body').first().waitFor()
    const quiet = await switchThrough(desk.page, Math.min(100, switches))
    await desk.call('app.addMailbox', { settings: mailboxSettings('busy', dovecot.port), password: 'pw' })
    const busy = []
    let syncing = 0
    while (busy.length < switches) {
      busy.push(...(await switchThrough(desk.page, 20)))
      const status = await desk.call('sync.status')
      if (status.mailboxes.some(({ mailboxId, done, total }) => mailboxId !== first.id && done < total)) syncing = busy.length
      else if (syncing > 0) break
    }
    const during = busy.slice(0, Math.max(20, syncing))
    console.log(`switches at rest: median ${median(quiet).toFixed(1)} ms, p95 ${percentile(quiet, 0.95).toFixed(1)} ms (${quiet.length})`)
    console.log(`switches while syncing: median ${median(during).toFixed(1)} ms, p95 ${percentile(during, 0.95).toFixed(1)} ms (${during.length} while mail came in)`)
    figure('ui.switch-p95', percentile(during, 0.95), 'ms')
    await desk.close()
  } finally {
    await dovecot.stop()
    fs.rmSync(profile, { recursive: true, force: true })
  }
}

/** Presses J and waits in the page until the region shows another conversation with its text; ms for each. */
export async function switchThrough(page, times) {
  const out = []
  for (let n = 0; n < times; n += 1) {
    // The page listens before the key goes down: the two travel on different ways.
    await page.evaluate(() => void (window.measured = new Promise((resolve, reject) => {
      const region = () => document.querySelector('[role=region][aria-label=Conversation], section[aria-label=Conversation]')
      const subjectOf = () => region()?.querySelector('h2')?.textContent
      const before = region()?.getAttribute('data-conversation') ?? subjectOf()
      const give = setTimeout(() => reject(new Error('no switch within 5 s')), 5000)
      addEventListener('keydown', () => {
        const t0 = performance.now()
        const look = () => {
          const now = region()?.getAttribute('data-conversation') ?? subjectOf()
          const text = region()?.querySelector('.msg-body')
          if (now === before || !text || text.textContent.trim() === '') return requestAnimationFrame(look)
          // This frame paints what was found in the document; a message posted in it arrives after that.
          const after = new MessageChannel()
          after.port1.onmessage = () => {
            clearTimeout(give)
            resolve(performance.now() - t0)
          }
          after.port2.postMessage(null)
        }
        look()
      }, { once: true, capture: true })
    })))
    await page.keyboard.press('j')
    out.push(await page.evaluate(() => window.measured))
  }
  return out
}
