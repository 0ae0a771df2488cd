/** Starts the built program for a benchmark and talks to it through its own window. */
import { launchPostern } from '../../build/lib/drive.mjs'
import { tempFolder } from '../servers/process.mjs'
import { sleep } from './measure.mjs'

/** A new empty profile folder. */
export const newProfile = () => tempFolder('bench')

/**
 * @param {{ electron: { path: string, official: boolean }, env: Record<string, string>, profile: string }} options
 * @returns {Promise<{ app: import('@playwright/test').ElectronApplication, page: import('@playwright/test').Page,
 *   call: (name: string, input?: unknown) => Promise<any>, close: () => Promise<void> }>}
 */
export async function startProgram({ electron, env, profile }) {
  const app = await launchPostern(electron, { args: [`--user-data-dir=${profile}`], env })
  const page = await app.firstWindow()
  const call = async (name, input = {}) => {
    const result = await page.evaluate(([n, i]) => window.postern.call(n, i), [name, input])
    if (!result.ok) throw Object.assign(new Error(`${name}: ${result.error.code}`), { code: result.error.code })
    return result.value
  }
  for (let tries = 0; (await call('app.state')).phase !== 'ready'; tries += 1) {
    if (tries > 300) throw new Error('the program did not come up')
    await sleep(50)
  }
  return { app, page, call, close: () => app.close() }
}

/** The settings of a mailbox on a loopback Dovecot. */
export const mailboxSettings = (user, port, smtpPort = 2) => ({
  name: user,
  address: `${user}@acme.example`,
  imap: { host: '127.0.0.1', port, security: 'none', user },
  smtp: { host: '127.0.0.1', port: smtpPort, security: 'none', user },
})

/** Waits until a mailbox's whole mail is here and says how many messages the store counts. Not asked more often: each question takes from what is measured. */
export async function untilSynced(call, count, { limit = 600_000, every = 150 } = {}) {
  const end = Date.now() + limit
  for (;;) {
    const status = await call('sync.status').catch(() => null)
    const folders = status?.mailboxes.flatMap((mailbox) => mailbox.folders) ?? []
    const local = folders.reduce((sum, folder) => sum + folder.localCount, 0)
    if (status?.overall === 'up-to-date' && local >= count) return local
    if (Date.now() > end) throw new Error(`not synced: ${JSON.stringify(status)}`)
    await sleep(every)
  }
}

/**
 * Waits for the frame in which the list has its first page. The page itself looks at every frame: a locator of the test
 * driver would look twice a second only.
 */
export const untilListed = (page) =>
  page.evaluate(
    () =>
      new Promise((resolve) => {
        const look = () => {
          if (document.querySelectorAll('[role=row][data-index]').length <= 5) return requestAnimationFrame(look)
          // This frame paints the rows; a message posted in it arrives after that.
          const after = new MessageChannel()
          after.port1.onmessage = () => resolve()
          after.port2.postMessage(null)
        }
        look()
      }),
  )

/** Waits until every message that is here can be found, and gives the answer to `text`. */
export async function untilSearchable(call, text) {
  for (;;) {
    const found = await call('search.query', { text, offset: 0, limit: 5 })
    if (found.waiting === 0) return found
    await sleep(20)
  }
}
