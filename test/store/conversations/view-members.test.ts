import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Condition } from '../../../src-preload/contract/views'
import { listConversations } from '../../../src-main/store/conversations/conversation-list'
import { membersOf } from '../../../src-main/store/conversations/view-members'
import { filterOf } from '../../../src-main/store/conversations/views'
import type { Reader } from '../../../src-main/store/file/database'
import { numbers } from '../../mail/parse/make-messages'
import { Harness } from '../helpers'

const count = 300
let store: Harness
beforeAll(async () => {
  store = await Harness.make()
  await store.mailbox()
  const random = numbers(7)
  const below = (n: number): number => Math.floor(random() * n)
  store.db.write((tx) => {
    for (let id = 1; id <= 20; id++) {
      tx.run('INSERT INTO customers(id, name, first_auto_at, last_at) VALUES(?, ?, 0, 0)', id, `Customer ${id}`)
      tx.run(
        'INSERT INTO customer_addresses(address_key, address, name, name_key, customer_id, last_at) VALUES(?1, ?1, ?2, lower(?2), ?3, 0)',
        `c${id}@x.test`,
        `Customer ${id}`,
        id,
      )
    }
    for (let id = 1; id <= count; id++) {
      tx.run(
        'INSERT INTO conversations(id, subject, status, hidden, last_at, unread, assignee, customer_id) VALUES(?, ?, ?, ?, ?, ?, ?, ?)',
        id,
        `Subject ${id}`,
        below(4),
        [0, 0, 0, 0, 1, 2][below(6)] ?? 0,
        // Many at the same moment.
        below(40),
        below(2),
        [null, 'bo-device', 'mei-device'][below(3)] ?? null,
        below(20) + 1,
      )
      for (const tag of ['rare', 'common'])
        if (below(tag === 'rare' ? 30 : 2) === 0)
          tx.run('INSERT INTO conversation_tags(tag, conversation_id, listed, last_at) VALUES(?, ?, 0, 0)', tag, id)
      if (below(2) === 0)
        tx.run('INSERT INTO conversation_fields(conversation_id, field, value) VALUES(?, ?, ?)', id, 'order', below(50))
    }
  })
})
afterAll(() => store.stop())

const choices: readonly Condition[] = [
  { on: 'tag', any: ['rare'], not: false },
  { on: 'tag', any: ['common', 'rare'], not: false },
  { on: 'tag', any: ['common'], not: true },
  { on: 'field', field: 'order', is: 'equal', value: 7 },
  { on: 'field', field: 'order', is: 'above', value: 20 },
  { on: 'field', field: 'order', is: 'empty', value: null },
  { on: 'assignee', any: ['bo-device'] },
  { on: 'assignee', any: ['nobody', 'mei-device'] },
  { on: 'customer', text: 'customer 1' },
  { on: 'unread' },
  { on: 'snoozed' },
  { on: 'status', any: ['closed', 'spam'] },
]

test('no way of finding what a view shows loses, doubles or misplaces a conversation, in whatever steps', async () => {
  const { read } = store.db
  for (let mask = 0; mask < 1 << choices.length; mask += 37) {
    const conditions = choices.filter((_, bit) => (mask & (1 << bit)) !== 0)
    const filter = filterOf(read, null, conditions, 'me', 0)
    for (const [order, unreadOnly, sizes] of [
      ['newest', false, { few: 0, step: 1000 }],
      ['oldest', true, { few: 0, step: 3 }],
      ['newest', false, { few: 1000, step: 7 }],
      ['oldest', false, { few: 20, step: 50 }],
    ] as const) {
      // Plainly: every row is looked at, and all that fit are sorted.
      const way = order === 'newest' ? 'DESC' : 'ASC'
      const all = read
        .all<{ id: number }>(
          `SELECT l.id FROM conversations l NOT INDEXED WHERE l.hidden = ${filter.hidden} AND l.status IN (${filter.statuses.join(', ')}) AND ${filter.rest}${unreadOnly ? ' AND l.unread = 1' : ''} ORDER BY l.last_at ${way}, l.id ${way}`,
          ...filter.params,
        )
        .map(({ id }) => id)
      const found = await membersOf(read, { filter, order, unreadOnly }, { most: count }, sizes)
      expect(found, JSON.stringify(conditions)).toEqual(all)
      expect(await membersOf(read, { filter, order, unreadOnly }, { most: 5 }, sizes)).toEqual(all.slice(0, 5))
      const third = all[2] ?? 0
      if (third > 0)
        expect(
          (await membersOf(read, { filter, order, unreadOnly }, { most: count, until: third }, sizes)).indexOf(third),
        ).toBe(2)
    }
  }
})

test('no page of a list, read from whichever end of it, loses, doubles or misplaces a conversation', () => {
  const { read } = store.db
  for (const view of ['inbox', 'closed', 'unassigned'] as const)
    for (const order of ['newest', 'oldest'] as const)
      for (const unreadOnly of [false, true]) {
        const query = { view, mailboxId: null, order, unreadOnly }
        const { rows, total } = listConversations(read, { ...query, offset: 0, limit: count }, 'me')
        expect(rows).toHaveLength(total)
        expect(total).toBeGreaterThan(3)
        const ids = rows.map(({ id }) => id)
        for (let offset = 0; offset <= total + 1; offset++)
          for (const limit of [1, 7])
            expect(
              listConversations(read, { ...query, offset, limit }, 'me').rows.map(({ id }) => id),
              `${view} from ${offset}`,
            ).toEqual(ids.slice(offset, offset + limit))
      }
})

test('a page far down is not skipped to from the top', () => {
  const offsets: number[] = []
  const { read } = store.db
  const watched: Reader = {
    ...read,
    all: (sql, ...params) => {
      if (sql.endsWith('LIMIT ? OFFSET ?')) offsets.push(Number(params.at(-1)))
      return read.all(sql, ...params)
    },
  }
  const query = { view: 'closed', mailboxId: null, order: 'newest', unreadOnly: false } as const
  const { total } = listConversations(read, { ...query, offset: 0, limit: 1 }, 'me')
  for (let offset = 0; offset < total; offset++) listConversations(watched, { ...query, offset, limit: 5 }, 'me')
  expect(offsets).toHaveLength(total)
  expect(Math.max(...offsets)).toBeLessThanOrEqual(total / 2)
})
