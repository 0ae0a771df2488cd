import { afterEach, expect, test } from 'vitest'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

/** Conversations as sets of subjects of their messages, whatever their ids here. */
async function shape(one: Harness): Promise<string[]> {
  const rows = [...(await one.list()), ...(await one.list('closed')), ...(await one.list('pending'))]
  const all = await Promise.all(rows.map(({ id }) => one.call('conversations.get', { id })))
  return all
    .map(({ messages, notes }) =>
      [...messages.map(({ from }) => from.address), ...notes.map(({ text }) => `(${text})`)].toSorted().join(' '),
    )
    .toSorted()
}
const idOf = async (one: Harness, address: string): Promise<number> => {
  for (const { id } of await one.list())
    if ((await one.call('conversations.get', { id })).messages.some(({ from }) => from.address === address)) return id
  return 0
}
const messageOf = async (one: Harness, address: string): Promise<number> =>
  (await one.call('conversations.get', { id: await idOf(one, address) })).messages.find(
    ({ from }) => from.address === address,
  )?.id ?? 0

async function three(): Promise<[Harness, Harness, Harness]> {
  team = await PumpedTeam.make('Ana', 'Ben', 'Cy')
  for (const name of ['a', 'b', 'c'])
    await team.put({ from: `${name}@x.test`, subject: `From ${name}`, id: `root-${name}@x.test` })
  await team.put({ from: 'a2@x.test', subject: 'Re: From a', id: 'a2@x.test', inReplyTo: ['root-a@x.test'] })
  const [ana, ben, cy] = team.consoles
  if (!ana || !ben || !cy) throw new Error('no team')
  return [ana, ben, cy]
}

test('what one puts together is together on every console, with what was noted about it, and apart again by undo of anybody', async () => {
  const [ana, ben, cy] = await three()
  await ana.call('notes.add', { conversationId: await idOf(ana, 'b@x.test'), text: 'about b' })
  await ana.call('conversations.assign', {
    ids: [await idOf(ana, 'b@x.test')],
    to: (await ana.call('people.list', {})).self,
  })
  await team.pump()
  const { undo } = await ana.call('threads.merge', {
    ids: [await idOf(ana, 'a@x.test'), await idOf(ana, 'b@x.test')],
    into: await idOf(ana, 'a@x.test'),
  })
  await team.pump()
  for (const one of [ana, ben, cy])
    expect(await shape(one)).toEqual(['(about b) a2@x.test a@x.test b@x.test', 'c@x.test'])
  // What was told of it came along once.
  for (const one of [ana, ben, cy])
    expect(
      (await one.call('conversations.get', { id: await idOf(one, 'b@x.test') })).history.map(({ kind }) => kind),
    ).toEqual(['assigned', 'merged'])
  // A second one into the same does not stand in the way of the first.
  await ben.call('threads.merge', {
    ids: [await idOf(ben, 'a@x.test'), await idOf(ben, 'c@x.test')],
    into: await idOf(ben, 'a@x.test'),
  })
  await team.pump()
  for (const one of [ana, ben, cy]) expect(await shape(one)).toEqual(['(about b) a2@x.test a@x.test b@x.test c@x.test'])
  expect(
    (await cy.call('conversations.get', { id: await idOf(cy, 'a@x.test') })).history.map(({ kind, by }) => [kind, by]),
  ).toEqual([
    ['assigned', 'Ana'],
    ['merged', 'Ana'],
    ['merged', 'Ben'],
  ])
  await ana.call('acts.undo', { undo })
  await team.pump()
  for (const one of [ana, ben, cy])
    expect(await shape(one)).toEqual(['(about b) b@x.test', 'a2@x.test a@x.test c@x.test'])
  // By its line in the thread, on a console that did not do it.
  const line = (await cy.call('conversations.get', { id: await idOf(cy, 'a@x.test') })).history.find(
    ({ act }) => act !== null,
  )
  await cy.call('threads.undo', { actId: line?.act?.id ?? 0 })
  await team.pump()
  for (const one of [ana, ben, cy])
    expect(await shape(one)).toEqual(['(about b) b@x.test', 'a2@x.test a@x.test', 'c@x.test'])
})

test('what one takes apart is apart on every console, and whole again by undo', async () => {
  const [ana, ben, cy] = await three()
  const { undo } = await ben.call('threads.split', { messageId: await messageOf(ben, 'a2@x.test'), which: 'one' })
  await team.pump()
  for (const one of [ana, ben, cy]) expect(await shape(one)).toEqual(['a2@x.test', 'a@x.test', 'b@x.test', 'c@x.test'])
  // An answer to what was taken out goes with it, everywhere.
  await team.put({
    from: 'a3@x.test',
    subject: 'Re: From a',
    id: 'a3@x.test',
    inReplyTo: ['a2@x.test'],
    references: ['root-a@x.test', 'a2@x.test'],
  })
  for (const one of [ana, ben, cy])
    expect(await shape(one)).toEqual(['a2@x.test a3@x.test', 'a@x.test', 'b@x.test', 'c@x.test'])
  await ben.call('acts.undo', { undo })
  await team.pump()
  for (const one of [ana, ben, cy])
    expect(await shape(one)).toEqual(['a2@x.test a3@x.test a@x.test', 'b@x.test', 'c@x.test'])
})

test('a conversation with more messages than one event names is taken apart whole, on every console, and is whole again by undo', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  await team.put({ from: 'a@x.test', subject: 'Bell', id: 'root@x.test' })
  for (let n = 1; n <= 620; n++)
    await team.put({ from: 'a@x.test', subject: 'Re: Bell', id: `m${n}@x.test`, inReplyTo: ['root@x.test'] })
  const apart = (one: Harness): number[] =>
    one.db.read
      .all<{ n: number }>('SELECT count(*) AS n FROM messages GROUP BY conversation_id ORDER BY n')
      .map(({ n }) => n)
  const { id = 0 } = ana.db.read.get<{ id: number }>("SELECT id FROM messages WHERE message_id = 'm11@x.test'") ?? {}
  const { undo } = await ana.call('threads.split', { messageId: id, which: 'from' })
  await team.pump()
  for (const one of [ana, ben]) expect(apart(one)).toEqual([11, 610])
  await ana.call('acts.undo', { undo })
  await team.pump()
  for (const one of [ana, ben]) expect(apart(one)).toEqual([621])
}, 120_000)

test('a merge that is heard of before its mail waits for it; two at the same time end alike', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  const [inboxA = 0, inboxB = 0] = team.inboxes
  for (const name of ['a', 'b', 'c'])
    await ana.put(inboxA, { from: `${name}@x.test`, subject: `From ${name}`, id: `root-${name}@x.test` })
  await ben.put(inboxB, { from: 'b@x.test', subject: 'From b', id: 'root-b@x.test' })
  await ana.call('threads.merge', {
    ids: [await idOf(ana, 'a@x.test'), await idOf(ana, 'b@x.test')],
    into: await idOf(ana, 'a@x.test'),
  })
  await team.pump()
  expect(await shape(ben)).toEqual(['b@x.test'])
  for (const name of ['c', 'a'])
    await ben.put(inboxB, { from: `${name}@x.test`, subject: `From ${name}`, id: `root-${name}@x.test` })
  await team.pump()
  expect(await shape(ben)).toEqual(await shape(ana))
  expect(await shape(ben)).toEqual(['a@x.test b@x.test', 'c@x.test'])
  // Each puts c elsewhere without knowing of the other: one stands, on both.
  await ana.call('threads.merge', {
    ids: [await idOf(ana, 'a@x.test'), await idOf(ana, 'c@x.test')],
    into: await idOf(ana, 'a@x.test'),
  })
  await ben.call('threads.merge', {
    ids: [await idOf(ben, 'a@x.test'), await idOf(ben, 'c@x.test')],
    into: await idOf(ben, 'c@x.test'),
  })
  await team.pump()
  expect(await shape(ana)).toEqual(['a@x.test b@x.test c@x.test'])
  expect(await shape(ben)).toEqual(await shape(ana))
})
