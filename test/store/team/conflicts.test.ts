import { afterEach, expect, test } from 'vitest'
import type { WorkConflict } from '../../../src-preload/contract/work'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

const id = 1
const get = async (one: Harness) => one.call('conversations.get', { id })
const conflicts = async (one: Harness): Promise<WorkConflict[]> => (await get(one)).conflicts
const pair = async (): Promise<[Harness, Harness]> => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  for (const one of [ana, ben]) for (const address of ['warranty', 'sales']) await one.mailbox(`${address}@acme.test`)
  await team.put({ from: 'c@x.test', id: 'one@x.test' })
  return [ana, ben]
}

type Act = (one: Harness, mine: boolean) => Promise<unknown>
const later = Date.now() + 86_400_000
/** What two do at the same time, and what the register then holds. */
const acts: Record<
  string,
  {
    act: Act
    reset: (one: Harness) => Promise<unknown>
    settle: (one: Harness, conflict: WorkConflict, which: number) => Promise<unknown>
  }
> = {
  assignee: {
    reset: (one) => one.call('conversations.assign', { ids: [id], to: null }),
    act: async (one, mine) => {
      const { people, self } = await one.call('people.list', {})
      return one.call('conversations.assign', { ids: [id], to: mine ? self : (people[1]?.id ?? null) })
    },
    settle: (one, { writes }, which) =>
      one.call('conversations.assign', { ids: [id], to: writes[which]?.to?.id ?? null }),
  },
  snooze: {
    reset: (one) => one.call('conversations.snooze', { ids: [id], until: null }),
    act: (one, mine) => one.call('conversations.snooze', { ids: [id], until: mine ? later : later + 3_600_000 }),
    settle: (one, { writes }, which) =>
      one.call('conversations.snooze', { ids: [id], until: writes[which]?.until ?? null }),
  },
  status: {
    reset: (one) => one.call('conversations.setStatus', { ids: [id], status: 'open' }),
    act: (one, mine) => one.call('conversations.setStatus', { ids: [id], status: mine ? 'closed' : 'pending' }),
    settle: (one, { writes }, which) =>
      one.call('conversations.setStatus', {
        ids: [id],
        status: writes[which]?.value === 'closed' ? 'closed' : 'pending',
      }),
  },
  mailbox: {
    reset: (one) => one.call('conversations.move', { ids: [id], mailboxId: 1 }),
    act: (one, mine) => one.call('conversations.move', { ids: [id], mailboxId: mine ? 2 : 3 }),
    settle: (one, { writes }, which) =>
      one.call('conversations.move', { ids: [id], mailboxId: writes[which]?.value === 'warranty@acme.test' ? 2 : 3 }),
  },
}

test.each(['assignee', 'snooze', 'status', 'mailbox'])(
  'two who change the %s at the same time are both named on both consoles, and either choice settles it for good',
  async (field) => {
    const [ana, ben] = await pair()
    const found = acts[field]
    if (!found) throw new Error(field)
    const { act, reset, settle } = found
    for (const which of [0, 1]) {
      await reset(ana)
      await team.pump()
      await act(ana, true)
      await act(ben, field === 'assignee')
      await team.pump()
      for (const one of [ana, ben]) {
        const [conflict, ...more] = await conflicts(one)
        expect(more).toEqual([])
        expect(conflict?.field).toBe(field)
        expect(conflict?.writes.map(({ by }) => by).toSorted()).toEqual(['Ana', 'Ben'])
      }
      expect(await conflicts(ana)).toEqual(await conflicts(ben))
      const [conflict] = await conflicts(ben)
      if (!conflict) throw new Error('no conflict')
      await settle(ben, conflict, which)
      await team.pump()
      for (const one of [ana, ben]) expect(await conflicts(one)).toEqual([])
      const { to, value, until } = conflict.writes[which] ?? { to: null, value: null, until: null }
      for (const one of [ana, ben]) {
        const now = await get(one)
        if (field === 'assignee') expect(now.assignee).toEqual(to)
        if (field === 'snooze') expect(now.snoozedUntil).toBe(until)
        if (field === 'status') expect(now.status).toBe(value)
      }
    }
  },
)

test('a tag that one gives while another takes it stays, both are told in the thread and asked, and either choice settles it', async () => {
  const [ana, ben] = await pair()
  const { name } = await ana.call('tags.create', { label: 'Urgent' })
  await team.pump()
  const tag = (one: Harness, on: boolean) => one.call('conversations.tag', { ids: [id], tag: name, on })
  for (const keep of [true, false]) {
    await tag(ana, true)
    await tag(ben, true)
    await tag(ben, false)
    await team.pump()
    for (const one of [ana, ben]) {
      expect(await conflicts(one)).toMatchObject([
        { field: 'tag', name, writes: [{ by: 'Ana', value: 'Urgent' }, { by: 'Ben' }] },
      ])
      expect((await get(one)).tags).toMatchObject([{ name }])
    }
    await tag(ana, keep)
    await team.pump()
    for (const one of [ana, ben]) {
      expect(await conflicts(one)).toEqual([])
      expect((await get(one)).tags).toHaveLength(keep ? 1 : 0)
    }
    await tag(ana, false)
    await team.pump()
  }
  // Each is told once, whoever did it and however often the events were met.
  const lines = async (one: Harness) =>
    (await get(one)).history.filter(({ kind }) => kind === 'tagged' || kind === 'untagged')
  const kinds = async (one: Harness) => (await lines(one)).map(({ kind }) => kind).toSorted()
  expect(await kinds(ana)).toEqual(await kinds(ben))
  expect((await lines(ana)).filter(({ kind, by }) => kind === 'untagged' && by === 'Ben')).toHaveLength(2)
})

test('the thread tells the same on every console, also of what was followed or lost before it came (P1)', async () => {
  const [ana, ben] = await pair()
  const { name } = await ana.call('fields.save', { name: null, label: 'Order', kind: 'text' })
  await team.pump()
  const lines = async (one: Harness) =>
    (await get(one)).history
      // Who asks here is called otherwise than the team's member.
      .map(({ kind, detail, takenBack }) => `${kind} ${detail}${takenBack ? ' back' : ''}`)
      .toSorted()
  const [first, second] = (await ana.call('people.list', {})).people.map((person) => person.id)
  // Each does it without knowing of the other, and Ana twice before anything of it leaves.
  for (const one of [ana, ben]) await one.call('conversations.assign', { ids: [id], to: first ?? '' })
  await ana.call('conversations.assign', { ids: [id], to: second ?? '' })
  await ben.call('conversations.setStatus', { ids: [id], status: 'pending' })
  await ana.call('conversations.setStatus', { ids: [id], status: 'closed' })
  await ana.call('conversations.setStatus', { ids: [id], status: 'open' })
  await ben.call('conversations.setField', { ids: [id], field: name, value: 'A1' })
  await ana.call('conversations.setField', { ids: [id], field: name, value: 'B2' })
  await team.pump()
  expect(await lines(ana)).toHaveLength(8)
  expect(await lines(ben)).toEqual(await lines(ana))
  // What is taken back is told as that, whether the others have heard of it before or hear of both at once.
  const { name: tag } = await ana.call('tags.create', { label: 'Urgent' })
  for (const late of [true, false]) {
    const acts = [
      await ana.call('conversations.assign', { ids: [id], to: null }),
      await ana.call('conversations.setStatus', { ids: [id], status: 'pending' }),
      await ana.call('conversations.snooze', { ids: [id], until: later }),
      await ana.call('conversations.setField', { ids: [id], field: name, value: 'C3' }),
      await ana.call('conversations.tag', { ids: [id], tag, on: true }),
      await ana.call('conversations.move', { ids: [id], mailboxId: 2 }),
    ]
    if (late) await team.pump()
    for (const { undo } of acts.toReversed()) expect(await ana.call('acts.undo', { undo })).toEqual({ left: 0 })
    await team.pump()
    expect((await lines(ana)).filter((line) => line.endsWith(' back'))).toHaveLength(late ? 6 : 12)
    expect(await lines(ana)).toHaveLength(late ? 14 : 20)
    expect(await lines(ben)).toEqual(await lines(ana))
  }
})

test('a tag that is made and given in one breath is told in the thread of others, by its name', async () => {
  const [ana, ben] = await pair()
  const { name } = await ana.call('tags.create', { label: 'Urgent' })
  await ana.call('conversations.tag', { ids: [id], tag: name, on: true })
  await team.pump()
  expect((await get(ben)).history).toMatchObject([{ kind: 'tagged', by: 'Ana', detail: 'Urgent' }])
})

test('an undo never takes back what a colleague has decided since', async () => {
  const [ana, ben] = await pair()
  const { name } = await ana.call('fields.save', { name: null, label: 'Order', kind: 'text' })
  const { name: tag } = await ana.call('tags.create', { label: 'Urgent' })
  await team.pump()
  const [, him] = (await ana.call('people.list', {})).people.map((one) => one.id)
  const both: ((one: Harness, mine: boolean) => Promise<{ undo: string }>)[] = [
    (one, mine) => one.call('conversations.assign', { ids: [id], to: mine ? (him ?? null) : null }),
    (one, mine) => one.call('conversations.setStatus', { ids: [id], status: mine ? 'pending' : 'closed' }),
    (one, mine) => one.call('conversations.snooze', { ids: [id], until: mine ? later : later + 3_600_000 }),
    (one, mine) => one.call('conversations.setField', { ids: [id], field: name, value: mine ? 'A' : 'B' }),
    (one, mine) => one.call('conversations.tag', { ids: [id], tag, on: mine }),
    (one, mine) => one.call('conversations.move', { ids: [id], mailboxId: mine ? 2 : 3 }),
  ]
  for (const act of both) {
    const { undo } = await act(ana, true)
    await team.pump()
    await act(ben, false)
    await team.pump()
    const before = await get(ana)
    expect(await ana.call('acts.undo', { undo })).toEqual({ left: 1 })
    await team.pump()
    const { history: _, version: __, ...now } = await get(ana)
    expect(before).toMatchObject(now)
    // Without anybody between, it is taken back for both.
    const again = await act(ana, true)
    await team.pump()
    expect(await ana.call('acts.undo', { undo: again.undo })).toEqual({ left: 0 })
    await team.pump()
    for (const one of [ana, ben]) expect(await conflicts(one)).toEqual([])
    for (const key of ['assignee', 'status', 'snoozedUntil', 'fields', 'tags', 'mailboxIds'] as const)
      expect((await get(ben))[key], key).toEqual(before[key])
  }
})

test('a note that is taken back gives its words and the assignment back, and is gone for everybody', async () => {
  const [ana, ben] = await pair()
  const [, him] = (await ana.call('people.list', {})).people.map((one) => one.id)
  const { undo } = await ana.call('notes.add', { conversationId: id, text: 'For Ben', assign: him ?? null })
  await team.pump()
  expect((await get(ben)).notes).toHaveLength(1)
  await ana.call('acts.undo', { undo: undo ?? '' })
  await team.pump()
  expect(await get(ben)).toMatchObject({ notes: [], assignee: null })
  expect(await ana.call('notes.draft', { conversationId: id })).toEqual({ text: 'For Ben' })
})

test('a send that is taken back opens the conversation for the whole team again', async () => {
  const [ana, ben] = await pair()
  const draft = await ana.call('drafts.start', { kind: 'reply', conversationId: id, messageId: null })
  const { outboxId } = await ana.call('outbox.send', { draftId: draft.id, thenStatus: 'closed' })
  await team.pump()
  expect((await get(ben)).status).toBe('closed')
  await ana.call('outbox.undo', { id: outboxId })
  await team.pump()
  for (const one of [ana, ben]) {
    const { status, history } = await get(one)
    expect(status).toBe('open')
    expect(history).toMatchObject([{ kind: 'closed', takenBack: true }])
  }
})
