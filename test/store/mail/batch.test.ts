import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { IngestItem } from '../../../src-preload/contract/internal'
import { codeOf, Harness, parsed, start } from '../helpers'
import { packPage } from '../../../src-main/shared/page-bytes'

/** The same mail into both: here all of a page at once, there one message after the other. */
let together: Harness
let apart: Harness
beforeAll(async () => {
  together = await Harness.make()
  apart = await Harness.make()
})
afterAll(async () => {
  await together.stop()
  await apart.stop()
})

/** All that a portion writes at its end, as it stands for one mailbox; by names, since each run makes the next ids. */
const standing = (store: Harness, mailboxId: number): unknown => {
  const all = (sql: string): unknown[] => store.db.read.all(sql, mailboxId)
  return {
    places: all(
      'SELECT f.path, l.uid, m.message_id, m.place, m.seen, l.flags, l.shown_as, l.labels, l.thread FROM locations l JOIN folders f ON f.id = l.folder_id JOIN messages m ON m.id = l.message_id WHERE f.mailbox_id = ? ORDER BY 1, 2',
    ),
    counted: all('SELECT path, local_count FROM folders WHERE mailbox_id = ? ORDER BY path'),
    listed: all(
      `SELECT b.hidden, b.status, b.unread, b.last_at, c.labels, c.message_count, (SELECT group_concat(message_id) FROM (SELECT message_id FROM messages WHERE conversation_id = c.id ORDER BY id)) AS mail
       FROM conversation_mailboxes b JOIN conversations c ON c.id = b.conversation_id WHERE b.mailbox_id = ? ORDER BY c.id`,
    ),
    counts: all('SELECT status, total, unread FROM view_counts WHERE mailbox_id = ? AND total > 0 ORDER BY status'),
  }
}

const names = 6
const letter = fc.record({
  id: fc.nat(names),
  answers: fc.subarray(
    Array.from({ length: names }, (_, at) => at),
    { maxLength: 2 },
  ),
  from: fc.nat(2),
  uid: fc.integer({ min: 1, max: 9 }),
  seen: fc.boolean(),
  labels: fc.option(fc.subarray(['\\Inbox', '\\Sent', 'VIP'])),
  thread: fc.option(fc.constantFrom('7', '8')),
})
type Letter = typeof letter extends fc.Arbitrary<infer One> ? One : never
const letters = fc.array(letter, { minLength: 2, maxLength: 12 })

let run = 0
/** @param split persons took a conversation apart before this page came */
async function both(first: readonly Letter[], page: readonly Letter[], role: 'inbox' | 'all', split: boolean) {
  const name = `n${run++}`
  const item = ({ id, answers, from, uid, seen, labels, thread }: Letter): IngestItem => {
    const date = start + id * 60_000
    return {
      uid,
      flags: seen ? ['\\Seen'] : [],
      internalDate: date,
      ...(role === 'all' && labels !== null && { labels }),
      ...(role === 'all' && thread !== null && { thread }),
      message: parsed({
        id: `${name}-${id}`,
        // Of the same bytes, so that it is the same message when it comes again.
        raw: `${name} ${id}`,
        from: ['a@x.test', 'b@y.test', 'support@acme.test'][from] ?? '',
        references: answers.map((other) => `${name}-${other}`),
        date,
      }),
    }
  }
  const shown: unknown[] = []
  for (const [store, atOnce] of [
    [together, true],
    [apart, false],
  ] as const) {
    const { id, folders } = await store.mailbox(`${name}@acme.test`, { Box: role })
    const ingest = (items: readonly IngestItem[]): Promise<unknown> =>
      store.mail.call('ingest.page', {
        folderId: folders['Box'] ?? 0,
        uidValidity: '1',
        ...packPage(items),
        cursor: {},
        backfill: true,
      })
    for (const one of first) await ingest([item(one)])
    const known = store.db.read.all<{ id: number }>(
      'SELECT max(id) AS id FROM messages WHERE message_id LIKE ? GROUP BY conversation_id HAVING count(*) > 1',
      `${name}-%`,
    )
    if (split)
      for (const { id: messageId } of known) await codeOf(store.call('threads.split', { messageId, which: 'one' }))
    // Within a page the oldest is stored first.
    const items = page.map(item).toSorted((a, b) => a.internalDate - b.internalDate)
    if (atOnce) await ingest(items)
    else for (const one of items) await ingest([one])
    shown.push(standing(store, id))
  }
  return shown
}

test('no page leaves mail elsewhere, in other lists or counted otherwise than the same mail one by one', async () => {
  await fc.assert(
    fc.asyncProperty(
      letters,
      letters,
      fc.constantFrom('inbox' as const, 'all' as const),
      fc.boolean(),
      async (first, page, role, split) => {
        const [atOnce, oneByOne] = await both(first, page, role, split)
        expect(atOnce).toEqual(oneByOne)
      },
    ),
    { numRuns: 40 },
  )
})

test('a server that hands out one message twice in a page gives it one place, and it is counted once', async () => {
  const one: Letter = { id: 1, answers: [], from: 0, uid: 5, seen: false, labels: null, thread: null }
  const [atOnce] = await both([], [one, one, { ...one, id: 2, uid: 6 }], 'inbox', false)
  expect(atOnce).toMatchObject({
    counted: [{ path: 'Box', local_count: 2 }],
    counts: [{ total: 2, unread: 2 }],
  })
})
