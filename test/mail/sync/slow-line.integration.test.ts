import { afterEach, expect, test, vi } from 'vitest'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { serverAt, user } from '../harness'
import { imitate, letter } from './imitation'

afterEach(() => void vi.useRealTimers())

/** A server that sends one message in pieces of this size, a minute from one to the next, and whose door then shows who has left. */
async function drip(bytes: number, pieces: number): Promise<{ fetched: Promise<number>; ended: () => Promise<void> }> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const server = await imitate('qresync', {
    script: async ({ name, tag }, session) => {
      if (name !== 'UID FETCH') return false
      session.send(`* 1 FETCH (UID 1 BODY[] {${bytes * pieces}}\r\n`)
      for (let piece = 0; piece < pieces; piece++) {
        session.send(Buffer.alloc(bytes, 'x'))
        // What was sent is read before the minute is over.
        for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve))
        await vi.advanceTimersByTimeAsync(60_000)
      }
      session.send(`)\r\n${tag} OK done\r\n`)
      return true
    },
  })
  server.mail.add('INBOX', letter('large'))
  const session = await ImapSession.open(serverAt(server.port), { user: user.name, password: user.password })
  await session.select('INBOX')
  const fetched = (async () => {
    let size = 0
    for await (const { source } of session.fetchSources([1])) size += source.byteLength
    return size
  })()
  fetched.catch(() => undefined)
  return { fetched, ended: () => session.close() }
}

test('a large message on a slow line is not given up while its bytes come in', async () => {
  const { fetched, ended } = await drip(500_000, 5)
  expect(await fetched).toBe(2_500_000)
  await ended()
})

test('a server that sends next to nothing does not hold a connection for ever (R36)', async () => {
  const { fetched } = await drip(10, 5)
  await expect(fetched).rejects.toMatchObject({ code: 'timeout' })
})
