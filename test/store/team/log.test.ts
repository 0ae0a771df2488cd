import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { entityOfMessage } from '../../../src-main/store/team/anchors'
import { newName } from '../../../src-main/store/team/log'
import { reduce, type Effect, type LogEvent } from '../../../src-main/store/team/reduce'
import { conflictOf, stateOfConversation, statesOf } from '../../../src-main/store/team/state'
import { Database } from '../../../src-main/store/file/database'
import { openAt } from '../earlier'
import { Harness } from '../helpers'
import { rmSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tempFolder } from '../../servers/process.mjs'

const event = (
  device: string,
  seq: number,
  payload: Effect,
  seen: Record<string, number> = {},
  ms = seq,
): LogEvent => ({ device, seq, idx: 0, kind: 'x', entity: 'e', ms, ctr: 0, payload, seen })
const rowsOf = (...events: LogEvent[]): string[] =>
  reduce(events, ({ payload }) => [payload as Effect])
    .map(({ field, element, rank, value }) => `${field}${element} ${rank} ${JSON.stringify(value)}`)
    .toSorted()
const set = (value: unknown): Effect => ({ do: 'set', field: 'assignee', value })
const tag = (on: boolean): Effect =>
  on ? { do: 'add', field: 'tags', element: 't' } : { do: 'remove', field: 'tags', element: 't' }

describe('what events amount to', () => {
  test('a write that knew the other follows it, whatever the clocks say', () => {
    expect(rowsOf(event('a', 1, set('Ana'), {}, 9_000_000), event('b', 1, set('Ben'), { a: 1 }, 5))).toEqual([
      'assignee 0 "Ben"',
    ])
  })

  test('no concurrent write is swallowed: all stand side by side, the latest first (P3)', () => {
    const both = [event('a', 1, set('Ana'), {}, 5), event('b', 1, set('Ben'), {}, 6)]
    expect(rowsOf(...both)).toEqual(['assignee 0 "Ben"', 'assignee 1 "Ana"'])
    expect(rowsOf(...both, event('c', 1, set('Ana'), { a: 1, b: 1 }))).toEqual(['assignee 0 "Ana"'])
  })

  test('a chain of knowing holds when its middle comes last', () => {
    const [a, b, c] = [event('a', 1, set(1)), event('b', 1, set(2), { a: 1 }), event('c', 1, set(3), { b: 1 })]
    for (const order of [
      [a, b, c],
      [c, a, b],
      [b, c, a],
      [c, b, a],
    ])
      expect(rowsOf(...order)).toEqual(['assignee 0 3'])
  })

  test('who claims to know what was written later swallows no word of colleagues, who knew of theirs (P3)', () => {
    const lie = event('b', 1, set('Ben'), { a: 2 ** 50 }, 5)
    expect(rowsOf(lie, event('a', 1, set('Ana'), { b: 1 }, 6))).toEqual(['assignee 0 "Ana"', 'assignee 1 "Ben"'])
    // What no event contradicts is believed.
    expect(rowsOf(lie, event('a', 1, set('Ana'), {}, 6))).toEqual(['assignee 0 "Ben"'])
    expect(rowsOf(event('b', 1, tag(false), { a: 2 ** 50 }), event('a', 1, tag(true), { b: 1 }))).toEqual([
      'tagst 0 null',
    ])
  })

  test('an addition beats a removal that did not know it', () => {
    expect(rowsOf(event('a', 1, tag(true)), event('b', 1, tag(false), { a: 1 }))).toEqual([])
    expect(rowsOf(event('a', 1, tag(true)), event('b', 1, tag(false), { a: 1 }), event('c', 1, tag(true)))).toEqual([
      'tagst 0 null',
    ])
  })
})

describe('acts on this laptop', () => {
  let store: Harness
  let inbox: number
  beforeEach(async () => {
    store = await Harness.make()
    inbox = (await store.mailbox()).folders['INBOX'] ?? 0
  })
  afterEach(() => store.stop())

  test('an act and its event are one transaction; nothing leaves and no folder is needed while alone', async () => {
    await store.put(inbox, { from: 'h@x.test', id: 'm1@x' })
    const id = (await store.list())[0]?.id ?? 0
    const { undo } = await store.call('conversations.setStatus', { ids: [id], status: 'closed' })
    const { workspace } = store.service.open
    expect(stateOfConversation(store.db.read, id).map(({ field, value }) => [field, value])).toEqual([
      ['status', { status: 'closed', basis: entityOfMessage('m1@x', new Uint8Array()) }],
    ])
    await store.call('acts.undo', { undo })
    expect(stateOfConversation(store.db.read, id)[0]?.value).toMatchObject({ status: 'open' })
    const count = (): number => store.db.read.get<{ n: number }>('SELECT count(*) AS n FROM team_events')?.n ?? 0
    const before = count()
    expect(() =>
      store.db.write((tx) => {
        workspace.team.recordOn(tx, id, 'title', { title: 'x' })
        throw new Error('the act failed')
      }),
    ).toThrow('the act failed')
    expect(count()).toBe(before)
  })

  test('an event whose payload does not fit is not recorded', async () => {
    const { workspace } = store.service.open
    expect(() =>
      store.db.write((tx) => workspace.team.record(tx, { kind: 'tag-define', entity: 'tag:x', payload: { name: '' } })),
    ).toThrow()
    expect(statesOf(store.db.read, 'tag:').size).toBe(0)
  })

  test('state whose mail is not here yet is there when it comes, and joins when threads join', async () => {
    const { workspace } = store.service.open
    const [one, two] = [entityOfMessage('late1@x', new Uint8Array()), entityOfMessage('late2@x', new Uint8Array())]
    const [a, b] = [newName(), newName()]
    store.db.write((tx) => {
      workspace.team.record(tx, { kind: 'tag', entity: one, payload: { tag: a, on: true } })
      workspace.team.record(tx, { kind: 'tag', entity: two, payload: { tag: b, on: true } })
      workspace.team.record(tx, { kind: 'status', entity: one, payload: { status: 'pending' } })
    })
    await store.put(inbox, { from: 'h@x.test', id: 'late1@x' })
    await store.put(inbox, { from: 'h@x.test', id: 'late2@x' })
    expect(await store.list()).toHaveLength(1)
    const pending = await store.list('pending')
    expect(pending).toHaveLength(1)
    expect(
      stateOfConversation(store.db.read, pending[0]?.id ?? 0)
        .filter(({ field }) => field === 'tags')
        .map(({ element }) => element),
    ).toEqual([a])
    await store.put(inbox, { from: 'h@x.test', id: 'late3@x', references: ['late1@x', 'late2@x'] })
    const all = [...(await store.list()), ...(await store.list('pending'))]
    expect(all).toHaveLength(1)
    const rows = stateOfConversation(store.db.read, all[0]?.id ?? 0)
    expect(
      rows
        .filter(({ field }) => field === 'tags')
        .map(({ element }) => element)
        .toSorted(),
    ).toEqual([a, b].toSorted())
    expect(conflictOf(rows, 'status')).toEqual([])
  })
})

test('migration 4 adds the log to a database with mail and leaves the mail as it is', () => {
  const dir = tempFolder('migration')
  try {
    const key = randomBytes(32)
    const old = openAt(dir, key, 3)
    old.write((tx) => tx.run("INSERT INTO conversations(subject, status) VALUES('Bell', 1)"))
    expect(old.read.get("SELECT 1 FROM sqlite_schema WHERE name = 'team_events'")).toBeUndefined()
    old.close()
    const { database } = Database.open(dir, key, () => undefined)
    expect(database.read.all('SELECT subject, status FROM conversations')).toEqual([{ subject: 'Bell', status: 1 }])
    expect(database.read.all('SELECT * FROM team_events')).toEqual([])
    database.close()
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})
