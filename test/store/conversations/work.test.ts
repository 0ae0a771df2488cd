import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Alarm } from '../../../src-main/store/conversations/alarm'
import { getCounts, listSql } from '../../../src-main/store/conversations/conversation-list'
import { summarize } from '../../../src-main/store/conversations/summary'
import { putSnooze, wake } from '../../../src-main/store/conversations/work'
import { codeOf, Harness } from '../helpers'

let store: Harness
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  inbox = (await store.mailbox()).folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

const hour = 3_600_000
const counts = async () => (await store.call('counts.get', {})).views
const ids = async (): Promise<number[]> => (await store.list()).map(({ id }) => id)
async function some(n: number): Promise<number[]> {
  for (let i = 0; i < n; i++)
    await store.put(inbox, { from: `c${i}@x.test`, subject: `Bell ${i}`, id: `root${i}@x.test` })
  return ids()
}
const view = async (name: 'unassigned' | 'mine' | 'assigned' | 'snoozed', tag: string | null = null) =>
  (await store.call('conversations.list', { view: name, tag, offset: 0, limit: 50 })).rows.map(({ id }) => id)
const kinds = (): string[] =>
  store.db.read.all<{ kind: string }>('SELECT kind FROM team_events ORDER BY seq, idx').map(({ kind }) => kind)

describe('assignment', () => {
  test('an assigned conversation is neither unassigned nor lost, and undo gives it back', async () => {
    const [one = 0, two = 0] = await some(2)
    const { self } = await store.call('people.list', {})
    const { undo } = await store.call('conversations.assign', { ids: [one], to: self })
    expect(await view('mine')).toEqual([one])
    expect(await view('unassigned')).toEqual([two])
    expect(await counts()).toMatchObject({ inbox: 2, unassigned: 1, mine: 1, assigned: 1 })
    expect((await store.call('conversations.get', { id: one })).history.map(({ kind }) => kind)).toEqual(['assigned'])
    await store.call('acts.undo', { undo })
    expect(await counts()).toMatchObject({ unassigned: 2, mine: 0, assigned: 0 })
    expect((await store.call('conversations.get', { id: one })).history).toMatchObject([
      { kind: 'assigned', takenBack: true },
    ])
    expect(kinds()).toEqual(['assign', 'assign'])
  })

  test('a closed conversation keeps its agent and leaves the lists of open ones', async () => {
    const [one = 0] = await some(1)
    const { self } = await store.call('people.list', {})
    await store.call('conversations.assign', { ids: [one], to: self })
    await store.call('conversations.setStatus', { ids: [one], status: 'closed' })
    expect(await view('mine')).toEqual([])
    expect((await store.call('conversations.get', { id: one })).assignee?.id).toBe(self)
  })

  test('no list of assignment reads conversations that it does not show', async () => {
    const indexes = {
      unassigned: 'by_assignee',
      mine: 'by_assignee',
      assigned: 'assigned',
      snoozed: '(snoozed|by_view)',
    } as const
    for (const name of ['unassigned', 'mine', 'assigned', 'snoozed'] as const) {
      const { sql, params } = listSql({ view: name, mailboxId: null, order: 'newest', unreadOnly: false }, 'me')
      const plan = store.db.read
        .all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params, 10, 0)
        .map(({ detail }) => detail)
        .join('; ')
      expect(plan, name).toMatch(new RegExp(`INDEX conversations_${indexes[name]}`))
    }
  })

  test.each([
    ['an agent', 'me', 6],
    ['a support session', '', 4],
  ])('no count in the sidebar of %s reads the rows of all open conversations', async (_who, me, asked) => {
    const { read } = store.db
    const plans: string[] = []
    getCounts(
      {
        ...read,
        get: (sql, ...params) => {
          plans.push(
            ...read.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...params).map(({ detail }) => detail),
          )
          return read.get(sql, ...params)
        },
      },
      me,
    )
    const ofConversations = plans.filter((plan) => / l /.test(plan))
    expect(ofConversations.length).toBeGreaterThanOrEqual(asked)
    for (const plan of ofConversations) expect(plan).toMatch(/COVERING INDEX|SEARCH l USING INTEGER PRIMARY KEY/)
  })
})

describe('tags', () => {
  test('a tag does not come twice, whatever its letters', async () => {
    await store.call('tags.create', { label: 'Warranty claim' })
    expect(await codeOf(store.call('tags.create', { label: ' warranty CLAIM ' }))).toBe('conflict')
  })

  test('counts of a tag follow its conversations as they close and open', async () => {
    const [one = 0, two = 0] = await some(2)
    const tag = await store.call('tags.create', { label: 'Shipping' })
    await store.call('conversations.tag', { ids: [one, two], tag: tag.name, on: true })
    expect((await store.call('tags.list', {})).tags).toMatchObject([{ label: 'Shipping', open: 2, all: 2 }])
    const tagged = await store.call('conversations.list', { view: 'inbox', tag: tag.name, offset: 0, limit: 10 })
    expect(new Set(tagged.rows.map(({ id }) => id))).toEqual(new Set([one, two]))
    await store.call('conversations.setStatus', { ids: [one], status: 'closed' })
    expect((await store.call('tags.list', {})).tags).toMatchObject([{ open: 1, all: 2 }])
    const { undo } = await store.call('conversations.tag', { ids: [two], tag: tag.name, on: false })
    expect((await store.call('tags.list', {})).tags).toMatchObject([{ open: 0, all: 1 }])
    await store.call('acts.undo', { undo })
    expect((await store.call('conversations.get', { id: two })).tags.map(({ label }) => label)).toEqual(['Shipping'])
  })

  test('merging a tag loses no conversation, and undo parts them again', async () => {
    const [one = 0, two = 0] = await some(2)
    const late = await store.call('tags.create', { label: 'Late' })
    const shipping = await store.call('tags.create', { label: 'Shipping' })
    await store.call('conversations.tag', { ids: [one], tag: late.name, on: true })
    await store.call('conversations.tag', { ids: [two], tag: shipping.name, on: true })
    const { undo } = await store.call('tags.retire', { name: late.name, into: shipping.name })
    expect((await store.call('tags.list', {})).tags).toMatchObject([{ label: 'Shipping', open: 2 }])
    expect((await store.call('conversations.get', { id: one })).tags.map(({ label }) => label)).toEqual(['Shipping'])
    await store.call('acts.undo', { undo })
    expect((await store.call('tags.list', {})).tags).toMatchObject([
      { label: 'Late', open: 1 },
      { label: 'Shipping', open: 1 },
    ])
    expect((await store.call('conversations.get', { id: one })).tags.map(({ label }) => label)).toEqual(['Late'])
  })
})

describe('snooze', () => {
  test('what sleeps is in no list but its own, and comes back on top at its time', async () => {
    const [one = 0, two = 0] = await some(2)
    const until = Date.now() + hour
    await store.call('conversations.snooze', { ids: [two], until })
    expect(await ids()).toEqual([one])
    expect(await view('snoozed')).toEqual([two])
    expect(await counts()).toMatchObject({ inbox: 1, snoozed: 1, unassigned: 1 })
    expect(wake(store.service.open.workspace, until - 1)).toBe(until)
    expect(wake(store.service.open.workspace, until)).toBeNull()
    expect(await ids()).toEqual([two, one])
    expect((await store.call('conversations.get', { id: two })).history.map(({ kind }) => kind)).toEqual([
      'snoozed',
      'woke',
    ])
  })

  test('a disk that takes nothing at its time takes the store from nobody, and it comes back once there is room', async () => {
    const [one = 0] = await some(1)
    await store.call('conversations.snooze', { ids: [one], until: Date.now() + hour })
    store.db.write((tx) =>
      tx.run("CREATE TRIGGER disk_full BEFORE UPDATE ON conversations BEGIN SELECT RAISE(ABORT, 'full'); END"),
    )
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.now() })
    const alarm = new Alarm(store.service.open.workspace)
    try {
      // Whatever a timer throws ends the process.
      vi.advanceTimersByTime(hour + 30_000)
      store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
      vi.advanceTimersByTime(60_000)
    } finally {
      alarm.stop()
      vi.useRealTimers()
    }
    expect(await ids()).toEqual([one])
  })

  test('what a colleague put to sleep, or an undo, does not sleep on because nothing slept here before', async () => {
    const [one = 0] = await some(1)
    const { workspace } = store.service.open
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: Date.now() })
    const alarm = new Alarm(workspace)
    workspace.db.write((tx) => {
      putSnooze(tx, one, Date.now() + 60_000, Date.now(), true)
      summarize(tx, one, workspace.own)
    })
    expect(await ids()).toEqual([])
    vi.advanceTimersByTime(100_000)
    alarm.stop()
    vi.useRealTimers()
    expect(await ids()).toEqual([one])
  })

  test("a customer's mail that came after it was put to sleep ends it, also when a slow way or clock dates it before", async () => {
    await some(1)
    const [one = 0] = await ids()
    const answer = { from: 'c0@x.test', inReplyTo: ['root0@x.test'] }
    const before = Date.now() - 60_000
    await store.call('conversations.snooze', { ids: [one], until: Date.now() + hour })
    // Read from the server late: whoever put it to sleep may have seen it.
    await store.put(inbox, { ...answer, date: before - 2_000 }, { live: true, at: before })
    expect(await ids()).toEqual([])
    await store.put(inbox, { ...answer, date: before }, { live: true, at: Date.now() + 1_000 })
    expect(await ids()).toEqual([one])
  })

  test('a customer who writes ends it, an absence note does not', async () => {
    await some(1)
    const [one = 0] = await ids()
    await store.call('conversations.snooze', { ids: [one], until: Date.now() + hour })
    await store.put(
      inbox,
      { from: 'c0@x.test', inReplyTo: ['root0@x.test'], auto: 'auto-reply', date: Date.now() + 1000 },
      { live: true },
    )
    expect(await ids()).toEqual([])
    await store.put(inbox, { from: 'c0@x.test', inReplyTo: ['root0@x.test'], date: Date.now() + 2000 }, { live: true })
    expect(await ids()).toEqual([one])
    expect((await store.call('conversations.get', { id: one })).snoozedUntil).toBeNull()
  })

  test('a snooze that was told to hold outlasts the customer', async () => {
    await some(1)
    const [one = 0] = await ids()
    await store.call('conversations.snooze', { ids: [one], until: Date.now() + hour, unlessReply: false })
    await store.put(inbox, { from: 'c0@x.test', inReplyTo: ['root0@x.test'], date: Date.now() + 2000 }, { live: true })
    expect(await ids()).toEqual([])
  })

  test('a time that is over is refused, and undo ends what a snooze began', async () => {
    await some(1)
    const [one = 0] = await ids()
    expect(await codeOf(store.call('conversations.snooze', { ids: [one], until: Date.now() - 1 }))).toBe(
      'invalid-input',
    )
    const { undo } = await store.call('conversations.snooze', { ids: [one], until: Date.now() + hour })
    await store.call('acts.undo', { undo })
    expect(await ids()).toEqual([one])
  })

  test('a restart after the time has come does not let it sleep on', async () => {
    await some(1)
    const [one = 0] = await ids()
    const until = Date.now() + 1500
    await store.call('conversations.snooze', { ids: [one], until })
    store.service.closeStore()
    await expect.poll(() => Date.now()).toBeGreaterThan(until)
    await store.start()
    expect(await ids()).toEqual([one])
  })
})

test('mail of a first sync and machines are not told as new', async () => {
  const arrived = () => store.events.flatMap((event) => (event.topic === 'arrived' ? event.ids : []))
  await store.put(inbox, { from: 'old@x.test' })
  await store.put(inbox, { from: 'news@x.test', auto: 'newsletter' }, { live: true })
  await store.put(inbox, { from: 'support@acme.test' }, { live: true })
  await store.put(inbox, { from: 'fresh@x.test', subject: 'Fresh' }, { live: true })
  const fresh = (await store.list()).find(({ subject }) => subject === 'Fresh')?.id
  await expect.poll(arrived).toEqual([fresh])
})

test('a note is told to the team once, and taking it away leaves no word of it in the thread', async () => {
  const [one = 0] = await some(1)
  const notes = async () => (await store.call('conversations.get', { id: one })).notes.map(({ text }) => text)
  const { noteId } = await store.call('notes.add', { conversationId: one, text: 'Same batch as the recall' })
  expect(await notes()).toEqual(['Same batch as the recall'])
  const { undo } = await store.call('notes.remove', { noteId })
  expect(await notes()).toEqual([])
  await store.call('acts.undo', { undo })
  expect(await notes()).toEqual(['Same batch as the recall'])
  expect(kinds()).toEqual(['note', 'note-delete', 'note-delete'])
  // What the events amount to is what the thread shows, made anew too.
  store.db.write((tx) => {
    tx.run('DELETE FROM notes')
    tx.run('DELETE FROM team_state')
    const entity = tx.get<{ entity: string }>('SELECT entity FROM team_events LIMIT 1')?.entity ?? ''
    store.service.open.workspace.team.refresh(tx, entity)
  })
  expect(await notes()).toEqual(['Same batch as the recall'])
})
