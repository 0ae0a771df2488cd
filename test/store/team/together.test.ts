import { afterEach, expect, test } from 'vitest'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

const only = async (one: Harness): Promise<number> => (await one.list())[0]?.id ?? 0
const get = async (one: Harness) => one.call('conversations.get', { id: await only(one) })
const pair = async (): Promise<[Harness, Harness]> => {
  team = await PumpedTeam.make('Ana', 'Ben')
  await team.put({ from: 'c@x.test', id: 'one@x.test' })
  return team.two
}
const told = (one: Harness, topic: 'mentioned' | 'given' | 'given-group'): number =>
  one.events.filter((event) => event.topic === topic).length

test('a view is the same on every console, one of one’s own is nobody else’s, and undo brings both back', async () => {
  const [ana, ben] = await pair()
  const shared = await ana.call('views.save', { name: null, label: 'Unread', conditions: [{ on: 'unread' }] })
  await ana.call('views.save', { name: null, label: 'Secret', conditions: [], own: true })
  await team.pump()
  expect((await ben.call('views.list', {})).views).toMatchObject([{ label: 'Unread', mine: false }])
  await ben.call('views.save', { name: shared.name, label: 'Not read', conditions: [{ on: 'unread' }] })
  const { undo } = await ana.call('views.remove', { name: shared.name })
  await ana.call('acts.undo', { undo })
  await team.pump()
  const labels = async (one: Harness) => (await one.call('views.list', {})).views.map(({ label }) => label)
  expect(await labels(ben)).toHaveLength(1)
  expect(await labels(ana)).toContain('Secret')
  expect((await labels(ana)).filter((label) => label !== 'Secret')).toEqual(await labels(ben))
})

test('two who set one field, or the status, at the same time are told so in words, and a choice settles it everywhere', async () => {
  const [ana, ben] = await pair()
  const { name } = await ana.call('fields.save', { name: null, label: 'Order', kind: 'text' })
  await team.pump()
  await ana.call('conversations.setField', { ids: [await only(ana)], field: name, value: 'NW-1' })
  await ben.call('conversations.setField', { ids: [await only(ben)], field: name, value: 'NW-2' })
  await ana.call('conversations.setStatus', { ids: [await only(ana)], status: 'pending' })
  await ben.call('conversations.setStatus', { ids: [await only(ben)], status: 'closed' })
  const id = 1
  await team.pump()
  const conflicts = async (one: Harness) => (await one.call('conversations.get', { id })).conflicts
  for (const one of [ana, ben]) {
    expect((await conflicts(one)).find(({ field }) => field === 'field')).toMatchObject({ name, writes: [{}, {}] })
    expect(
      (await conflicts(one))
        .find(({ field }) => field === 'status')
        ?.writes.map(({ value }) => value)
        .toSorted(),
    ).toEqual(['closed', 'pending'])
  }
  expect((await conflicts(ana)).map(({ writes }) => writes.map(({ by, value }) => [by, value]))).toEqual(
    (await conflicts(ben)).map(({ writes }) => writes.map(({ by, value }) => [by, value])),
  )
  await ben.call('conversations.setField', { ids: [id], field: name, value: 'NW-1' })
  await ben.call('conversations.setStatus', { ids: [id], status: 'pending' })
  await team.pump()
  for (const one of [ana, ben]) {
    expect(await conflicts(one)).toEqual([])
    expect(await one.call('conversations.get', { id })).toMatchObject({
      status: 'pending',
      fields: [{ value: 'NW-1' }],
    })
  }
  expect(
    (await ana.call('conversations.get', { id })).history.some(({ kind, by }) => kind === 'field-set' && by === 'Ben'),
  ).toBe(true)
})

test('a note is changed without losing a word: its history has all texts, two at the same time are both kept', async () => {
  const [ana, ben] = await pair()
  const { noteId } = await ana.call('notes.add', { conversationId: await only(ana), text: 'first' })
  await team.pump()
  const { undo } = await ana.call('notes.edit', { noteId, text: 'second' })
  await ana.call('acts.undo', { undo })
  await ana.call('notes.edit', { noteId, text: 'from Ana' })
  const ours = (await get(ben)).notes[0]?.noteId ?? 0
  await ben.call('notes.edit', { noteId: ours, text: 'from Ben' })
  await team.pump()
  for (const one of [ana, ben]) {
    const [note] = (await get(one)).notes
    expect(note).toMatchObject({ edited: true, twoVersions: true })
    const { versions } = await one.call('notes.history', { noteId: note?.noteId ?? 0 })
    expect(versions.map(({ text }) => text).toSorted()).toEqual(['first', 'first', 'from Ana', 'from Ben', 'second'])
    expect(versions.find(({ text }) => text === 'from Ben')?.by).toBe('Ben')
  }
  expect((await get(ana)).notes[0]?.text).toBe((await get(ben)).notes[0]?.text)
})

test('who is named in a note, or given a conversation, hears of it once; who does it hears nothing', async () => {
  const [ana, ben] = await pair()
  const people = (await ana.call('people.list', {})).people
  const him = people.find(({ name }) => name === 'Ben')?.id ?? ''
  await ana.call('notes.add', { conversationId: await only(ana), text: 'Look at this, @Ben', assign: him })
  await team.pump()
  await expect
    .poll(() => [told(ben, 'mentioned'), told(ben, 'given'), told(ana, 'mentioned'), told(ana, 'given')])
    .toEqual([1, 1, 0, 0])
  expect((await ben.call('counts.get', {})).views).toMatchObject({ mentions: 1, mine: 1 })
  expect(await get(ben)).toMatchObject({ mentioned: true, assignee: { name: 'Ben' } })
  await ana.call('conversations.follow', { ids: [await only(ana)], on: true })
  await team.pump()
  expect((await get(ben)).followers).toMatchObject([{ name: 'Ana' }])
})

test('a group is the same everywhere, and an answer gives a conversation to it in the same act, taken back with it', async () => {
  const [ana, ben] = await pair()
  const people = (await ana.call('people.list', {})).people.map(({ id }) => id)
  const { name } = await ana.call('groups.save', { name: null, label: 'Workshop', members: people })
  await ana.call('groups.save', { name, label: 'Workshop', members: people.slice(1) })
  await team.pump()
  expect((await ben.call('groups.list', {})).groups).toMatchObject([{ label: 'Workshop', members: [{ name: 'Ben' }] }])
  const draft = await ana.call('drafts.start', { kind: 'reply', conversationId: await only(ana), messageId: null })
  const { outboxId } = await ana.call('outbox.send', { draftId: draft.id, thenStatus: 'open', assign: `g:${name}` })
  await team.pump()
  expect((await get(ben)).assignee).toMatchObject({ id: `g:${name}`, name: 'Workshop' })
  await ana.call('outbox.undo', { id: outboxId })
  await team.pump()
  for (const one of [ana, ben]) expect((await get(one)).assignee).toBeNull()
})

test('what is given to a group, or names it, its members hear of and find together; others do not', async () => {
  const [ana, ben] = await pair()
  const [, him] = (await ana.call('people.list', {})).people.map(({ id }) => id)
  const { name } = await ana.call('groups.save', { name: null, label: 'Workshop', members: [him ?? ''] })
  await team.pump()
  expect((await ben.call('people.list', {})).ofSelf).toEqual([`g:${name}`])
  expect((await ana.call('people.list', {})).ofSelf).toEqual([])
  await ana.call('conversations.assign', { ids: [await only(ana)], to: `g:${name}` })
  await ana.call('notes.add', { conversationId: await only(ana), text: 'For the @workshop' })
  await team.pump()
  await expect
    .poll(() => [told(ben, 'given-group'), told(ben, 'given'), told(ben, 'mentioned'), told(ana, 'given-group')])
    .toEqual([1, 0, 1, 0])
  expect((await ben.call('counts.get', {})).views).toMatchObject({ groups: 1, mine: 0 })
  expect((await ana.call('counts.get', {})).views).toMatchObject({ groups: 0 })
  expect(await ben.list('groups')).toHaveLength(1)
  expect(await ana.list('groups')).toEqual([])
  const count = async (one: Harness) =>
    one.call('views.try', { label: 'Ours', conditions: [{ on: 'assignee', any: ['me', 'my-groups'] }] })
  expect([await count(ben), await count(ana)]).toMatchObject([{ count: 1 }, { count: 0 }])
  // A group that is gone leaves no conversation that nobody sees.
  await ana.call('groups.remove', { name })
  await team.pump()
  expect(await ben.list('groups')).toHaveLength(1)
})

test('a first name in a note tells its person on their console, and the note says the whole name', async () => {
  const [ana, ben] = await pair()
  await ben.call('settings.set', { agentName: 'Ben' })
  await ana.call('notes.add', { conversationId: await only(ana), text: '@ben please' })
  await team.pump()
  await expect.poll(() => told(ben, 'mentioned')).toBe(1)
  expect((await get(ben)).notes).toMatchObject([{ text: '@Ben please' }])
})

test('half a note is there again after a kill, and gone once it was added', async () => {
  const [ana] = await pair()
  const id = await only(ana)
  await ana.call('notes.keepDraft', { conversationId: id, text: 'half a' })
  await ana.restart()
  expect(await ana.call('notes.draft', { conversationId: id })).toEqual({ text: 'half a' })
  await ana.call('notes.add', { conversationId: id, text: 'half a note' })
  expect(await ana.call('notes.draft', { conversationId: id })).toEqual({ text: '' })
})

test('a conversation that one moves to another mailbox is in it for everybody, and back by undo', async () => {
  const [ana, ben] = await pair()
  for (const one of [ana, ben]) await one.mailbox('warranty@acme.test')
  const id = await only(ana)
  const theirs = await only(ben)
  const { undo } = await ana.call('conversations.move', { ids: [id], mailboxId: 2 })
  await team.pump()
  expect((await ben.list('inbox', 2)).map((row) => row.id)).toEqual([theirs])
  expect(await ben.list('inbox', 1)).toEqual([])
  expect((await ben.call('conversations.get', { id: theirs })).history).toMatchObject([
    { kind: 'moved', by: 'Ana', detail: 'warranty' },
  ])
  // Only who moved it puts the mail there.
  expect((await ben.mail.call('moves.next', { mailboxId: 2 })).move).toBeNull()
  await ana.call('acts.undo', { undo })
  await team.pump()
  expect((await ben.list('inbox', 1)).map((row) => row.id)).toEqual([theirs])
})

test('mail that another program read is told in a team too; what a colleague’s Postern read is not', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  const [mine = 0, theirs = 0] = team.inboxes
  for (const id of ['one', 'two', 'three']) {
    await ana.put(mine, { from: 'c@x.test', id: `${id}@x.test`, subject: id })
    await ben.put(theirs, { from: 'c@x.test', id: `${id}@x.test`, subject: id })
  }
  const [three, , one] = await ana.list()
  // What Ana reads goes to the server with the mark of a Postern, and is taken back with it.
  const sent = async () =>
    (await ana.mail.call('ops.next', { mailboxId: 1, limit: 9 })).ops.map(({ kind, flags }) => [kind, ...flags])
  await ana.call('conversations.setRead', { ids: [one?.id ?? 0], read: true })
  expect(await sent()).toEqual([['add-flags', '\\Seen', '$PosternRead']])
  const apply = (uid: number, keywords: boolean, ...flags: string[]) =>
    ben.mail.call('flags.apply', {
      folderId: theirs,
      uidValidity: '1',
      changes: [{ uid, flags }],
      modSeq: null,
      keywords,
    })
  await apply(1, true, '\\Seen', '$posternread')
  await apply(2, true, '\\Seen')
  // A server that keeps no keyword tells nothing of who it was.
  await apply(3, false, '\\Seen')
  const told = async (id: number) => (await ben.call('conversations.get', { id })).history.map(({ kind }) => kind)
  const ids = (await ben.list()).map(({ id }) => id).toReversed()
  expect(await Promise.all(ids.map(told))).toEqual([[], ['read-elsewhere'], []])
  expect(three?.unread).toBe(true)
})

test('what a colleague does with a message that has no Message-ID is not lost on the others', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  const [mine = 0, theirs = 0] = team.inboxes
  const alarm = (text: string) => ({ from: 'nas@x.test', id: null, date: 1_700_000_000_000, text })
  await ana.put(mine, alarm('disk full'))
  await ana.put(mine, alarm('fan broken'))
  await ben.put(theirs, alarm('disk full'))
  await ana.call('conversations.setStatus', { ids: (await ana.list()).map(({ id }) => id), status: 'pending' })
  await team.pump()
  // The mail that it was about comes later than the act.
  await ben.put(theirs, alarm('fan broken'))
  for (const id of [1, 2])
    expect(await ben.call('conversations.get', { id })).toMatchObject({ status: 'pending', history: [{ by: 'Ana' }] })
})
