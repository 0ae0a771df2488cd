import { afterAll, beforeAll, expect, test } from 'vitest'
import { ImapFlow } from 'imapflow'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startCutProxy } from '../../servers/cut-proxy.mjs'
import { seed, serverDigest, user, waitFor, type Dovecot } from '../harness'
import { numbers } from '../parse/make-messages'
import { RealStore } from '../real-store'
import { inSlice, isSweeping } from '../../sweep'

let dovecot: Dovecot
beforeAll(async () => {
  dovecot = await startDovecot({ users: [user] })
  seed(dovecot, 34)
  seed(dovecot, 6, 'Sent', 34)
  seed(dovecot, 5, 'Orders', 40)
})
afterAll(() => dovecot.stop())

/** `npm run sweep:cut` sets this: every command in both directions instead of a few. */
const everyOne = isSweeping('cut')

test(
  'cut at any command, before or after it reached the server, the end is equal to a sync that was never cut (R37)',
  async () => {
    const proxy = await startCutProxy({ port: dovecot.port })
    const fresh = await RealStore.make(proxy.port)
    let sync = fresh.follow()
    await fresh.untilIdle()
    await sync.stop()
    const lines = proxy.counters().lines
    const wanted = fresh.digest()
    await fresh.close()
    expect(lines).toBeGreaterThan(15)
    const steps = Array.from({ length: lines }, (_, n) => n + 1)
    const points = everyOne ? inSlice(steps) : steps.filter((n) => n % 3 === 0)
    for (const point of points) {
      for (const when of everyOne
        ? (['before', 'after'] as const)
        : ([point % 2 === 0 ? 'before' : 'after'] as const)) {
        const store = await RealStore.make(proxy.port)
        proxy.cutAtLine(point, when)
        sync = store.follow()
        await Promise.race([proxy.untilCut(), store.untilIdle()])
        await proxy.restore()
        await waitFor(() => store.state() === 'idle' && JSON.stringify(store.digest()) === JSON.stringify(wanted), {
          what: () => `the same after a cut ${when} line ${point}`,
        }).catch(() => undefined)
        expect(store.digest(), `cut ${when} line ${point}`).toEqual(wanted)
        await sync.stop()
        await store.close()
      }
    }
    if (everyOne) console.log(`figure sync.cut-points ${points.length * 2} cuts`)
    await proxy.stop()
  },
  everyOne ? 1_800_000 : undefined,
)

test('a second program that changes the mail all the while leaves no difference behind', async () => {
  const store = await RealStore.make(dovecot.port)
  const sync = store.follow()
  const random = numbers(77)
  const below = (limit: number): number => Math.floor(random() * limit)
  const other = new ImapFlow({
    host: '127.0.0.1',
    port: dovecot.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: user.name, pass: user.password },
    logger: false,
  })
  await other.connect()
  const folders = ['INBOX', 'Orders', 'Archive']
  for (let round = 0; round < 150; round++) {
    const folder = folders[below(folders.length)] ?? 'INBOX'
    const lock = await other.getMailboxLock(folder)
    try {
      const all = await other.search({ all: true }, { uid: true })
      const uids = Array.isArray(all) ? all : []
      const some = uids.filter(() => below(uids.length) < 3)
      const kind = uids.length === 0 ? 0 : below(5)
      if (kind === 0)
        await other.append(
          folder,
          `From: p${below(9)}@x.test\r\nSubject: round ${round}\r\nMessage-ID: <round-${round}@x.test>\r\nDate: Sun, 22 Nov 2026 10:00:00 +0000\r\n\r\nword${round}\r\n`,
          below(2) === 0 ? ['\\Seen'] : [],
        )
      else if (some.length === 0) continue
      else if (kind === 1) await other.messageFlagsAdd(some, ['\\Seen', '\\Flagged'], { uid: true })
      else if (kind === 2) await other.messageFlagsRemove(some, ['\\Flagged'], { uid: true })
      else if (kind === 3 && uids.length > 5) await other.messageDelete(some.slice(0, 2), { uid: true })
      else await other.messageMove(some.slice(0, 2), folders[below(folders.length)] ?? 'INBOX', { uid: true })
    } finally {
      lock.release()
    }
    if (round % 25 === 0) sync.wake()
  }
  await other.logout()
  const bits: Record<string, number> = { '\\Seen': 1, '\\Answered': 2, '\\Flagged': 4, '\\Deleted': 8, '\\Draft': 16 }
  const here = (): string[] =>
    store.db.read
      .all<{ line: string }>(
        "SELECT f.path || ' ' || l.uid || ' ' || m.message_id || ' ' || l.flags AS line FROM locations l JOIN folders f ON f.id = l.folder_id JOIN messages m ON m.id = l.message_id",
      )
      .map(({ line }) => line)
      .toSorted()
  const there = (): string[] =>
    Object.entries(serverDigest(dovecot, [...folders, 'Sent']))
      .flatMap(([path, lines]) =>
        lines.map((line) => {
          const [uid = '', id = '', flags = ''] = line.split(' ')
          return `${path} ${uid} ${id} ${flags.split(',').reduce((sum, flag) => sum + (bits[flag] ?? 0), 0)}`
        }),
      )
      .toSorted()
  sync.wake()
  const wanted = there()
  await waitFor(() => JSON.stringify(here()) === JSON.stringify(wanted), {
    what: () => 'the same on both sides',
  }).catch(() => undefined)
  expect(here()).toEqual(wanted)
  expect(wanted.length).toBeGreaterThan(40)
  await sync.stop()
  await store.close()
})
