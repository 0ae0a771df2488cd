import { afterEach, beforeEach, expect, test } from 'vitest'
import { codeOf, type Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
let ana: Harness
let ben: Harness
let cy: Harness
beforeEach(async () => {
  team = await PumpedTeam.make('Ana', 'Ben', 'Cy')
  ;[ana, ben, cy] = team.consoles as [Harness, Harness, Harness]
  for (const id of ['m1', 'm2']) await team.put({ from: 'h@x.test', id: `${id}@x`, subject: id })
})
afterEach(() => team.stop())

const idOf = async (one: Harness, subject: string): Promise<number> =>
  (await one.list()).find((row) => row.subject === subject)?.id ?? 0
/** An answer in a conversation, or a new message, with words in it. */
async function write(one: Harness, subject: string | null, text: string): Promise<number> {
  const draft = await one.call('drafts.start', {
    kind: subject === null ? 'new' : 'reply',
    conversationId: subject === null ? null : await idOf(one, subject),
    messageId: null,
  })
  await one.call('drafts.save', {
    ...draft,
    to: draft.to.length > 0 ? draft.to : [{ name: '', address: 'new@x.test' }],
    html: `<p>${text}</p>`,
    text,
  })
  return draft.id
}
const device = async (of: string): Promise<string> =>
  (await ana.call('team.state', {})).devices.find(({ memberName }) => memberName === of)?.id ?? ''
const takenOut = (one: Harness): boolean[] =>
  one.toApp.flatMap((event) =>
    typeof event === 'object' && event !== null && 'topic' in event && event.topic === 'taken-out' && 'erase' in event
      ? [event.erase === true]
      : [],
  )
const erasure = async (one: Harness, of: string) => {
  const name = await device(of)
  return (await one.call('team.state', {})).devices.find(({ id }) => id === name)?.erase
}

test('a computer that is retired closes at once, hands over what has not left, and is erased after that and not before', async () => {
  await write(ben, 'm1', 'Half an answer')
  const queued = await write(ben, 'm2', 'A whole answer')
  await ben.call('outbox.send', { draftId: queued, thenStatus: 'closed' })
  await write(ben, null, 'To a new customer')
  await team.pump([ben])
  await ana.call('team.retireDevice', { device: await device('Ben') })
  await team.pump([ben])
  expect(await erasure(ana, 'Ben')).toEqual({ at: null, kept: 0, lost: 0 })
  expect(await ben.list()).toHaveLength(1)
  expect(takenOut(ben)).toEqual([])

  await team.pump()
  // First closed, then, once what it hands over is on the server, erased.
  await expect.poll(() => takenOut(ben)).toEqual([false, true])
  for (const asked of [
    ben.list(),
    ben.call('team.state', {}),
    ben.call('settings.get', {}),
    ben.call('team.lease', {}),
  ])
    expect(await codeOf(asked)).toBe('erased')
  expect((await ben.claim(1)).job).toBe(null)

  for (const one of [ana, cy])
    expect(await erasure(one, 'Ben')).toMatchObject({ at: expect.any(Number), kept: 2, lost: 1 })
  const held = (await ana.call('team.state', {})).trouble.find(({ kind }) => kind === 'held')
  expect(held).toMatchObject({ name: 'Ben', notes: 2 })
  expect(cy.db.read.all('SELECT text FROM notes')).toEqual([])
  await ana.call('team.settleHeld', { member: held?.kind === 'held' ? held.member : '', take: true })
  await team.pump()
  for (const one of [ana, cy])
    expect(one.db.read.all('SELECT author, text FROM notes ORDER BY text')).toEqual([
      { author: 'Ben', text: 'To: h@x.test\nSubject: Re: m1\n\nHalf an answer' },
      { author: 'Ben', text: 'To: h@x.test\nSubject: Re: m2\n\nA whole answer' },
    ])
  expect((await ana.call('team.state', {})).trouble.filter(({ kind }) => kind === 'held')).toEqual([])
})

test('a computer that is retired hands over the whole of a long answer, and a note that was not added yet', async () => {
  const words = Array.from({ length: 20_000 }, (_, n) => `word${n}`)
  await write(ben, 'm1', words.join(' '))
  await ben.call('notes.keepDraft', { conversationId: await idOf(ben, 'm2'), text: 'Half a note' })
  await ana.call('team.retireDevice', { device: await device('Ben') })
  await team.pump()
  await expect.poll(() => takenOut(ben)).toEqual([false, true])
  expect(await erasure(ana, 'Ben')).toMatchObject({ kept: 2, lost: 0 })
  const held = (await ana.call('team.state', {})).trouble.find(({ kind }) => kind === 'held')
  await ana.call('team.settleHeld', { member: held?.kind === 'held' ? held.member : '', take: true })
  const notes = ana.db.read.all<{ text: string }>('SELECT text FROM notes').map(({ text }) => text)
  expect(notes).toContain('Half a note')
  const told = new Set(notes.flatMap((text) => text.match(/word\d+/gu) ?? []))
  expect(words.filter((word) => !told.has(word))).toEqual([])
})

test('a computer that was cut off while it was to be erased goes on with it at the next start', async () => {
  await write(ben, 'm1', 'Half an answer')
  await ana.call('team.retireDevice', { device: await device('Ben') })
  const { pack } = await ana.mail.call('team.outgoing', {})
  if (!pack) throw new Error('nothing is said of it')
  await ben.mail.call('team.arrived', { generation: 'g', messages: [{ place: '1000', pack }] })
  // Closed, and ended before anything could leave.
  await expect.poll(() => takenOut(ben)).toEqual([false])
  await ben.restart()
  await expect.poll(() => takenOut(ben)).toEqual([false, false])
  expect(await codeOf(ben.list())).toBe('erased')
  expect((await ben.mail.call('team.link', {})).link).not.toBe(null)
  const handed = await ben.mail.call('team.outgoing', {})
  expect(handed.pack).not.toBe(null)
  await ben.mail.call('team.sent', { hashes: handed.hashes, generation: 'g', place: '1001' })
  expect(takenOut(ben)).not.toContain(true)
  await ben.mail.call('team.outgoing', {})
  await expect.poll(() => takenOut(ben)).toContain(true)
})

test('who is taken out without that keeps what is here, an admin erases nobody, and nobody erases the owner', async () => {
  const members = (await ana.call('team.state', {})).members
  const memberOf = (name: string): string => members.find((one) => one.name === name)?.id ?? ''
  await team.setRole(cy, 'admin')
  expect(await codeOf(cy.call('team.retireDevice', { device: await device('Ben') }))).toBe('not-allowed')
  expect(await codeOf(cy.call('team.remove', { member: memberOf('Ben'), erase: true }))).toBe('not-allowed')
  expect(await codeOf(ana.call('team.retireDevice', { device: await device('Ana') }))).toBe('not-allowed')
  await ana.call('team.remove', { member: memberOf('Ben') })
  await team.pump()
  expect(takenOut(ben)).toEqual([])
  expect(await ben.list()).toHaveLength(2)
  expect((await ben.call('team.state', {})).membership).toBe('removed')
  expect(await erasure(ana, 'Ben')).toBe(null)
  await ana.call('team.remove', { member: memberOf('Cy'), erase: true })
  await team.pump()
  await expect.poll(() => takenOut(cy)).toEqual([false, true])
  expect(takenOut(ana)).toEqual([])
})

test('the record that takes a computer out is the last that it can read: it never gets the new key', async () => {
  await ana.call('team.retireDevice', { device: await device('Ben') })
  await team.pump()
  expect(ben.db.read.all('SELECT epoch FROM team_keys')).toEqual([{ epoch: 1 }])
  expect(cy.db.read.all('SELECT epoch FROM team_keys ORDER BY epoch')).toEqual([{ epoch: 1 }, { epoch: 2 }])
})
