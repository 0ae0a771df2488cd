import { afterEach, expect, test } from 'vitest'
import { packItems, unpackItems } from '../../../src-main/store/team/items'
import { fadesMs, Presence } from '../../../src-main/store/team/presence'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

const here = (one: Harness) => one.call('presence.list', {})
const only = async (one: Harness): Promise<number> => (await one.list())[0]?.id ?? 0
const pair = async (): Promise<[Harness, Harness]> => {
  team = await PumpedTeam.make('Ana', 'Ben')
  await team.put({ from: 'c@x.test', id: 'one@x.test' })
  return team.two
}

test('a colleague who answers is seen, and neither the own mark nor one of who has gone stays', async () => {
  const [ana, ben] = await pair()
  await ana.call('presence.set', { conversationId: await only(ana), doing: 'replying' })
  await team.pump()
  expect((await here(ben)).marks).toMatchObject([
    { conversationId: await only(ben), person: { name: 'Ana' }, doing: 'replying' },
  ])
  expect((await here(ana)).marks).toEqual([])
  await ana.call('presence.set', { conversationId: null, doing: 'viewing' })
  await expect
    .poll(
      async () => {
        await team.pump()
        return (await here(ben)).marks
      },
      { timeout: 10_000 },
    )
    .toEqual([])
})

test('a mark of a laptop that died fades, leaves nothing in the database, and an old one is never shown', async () => {
  const [ana, ben] = await pair()
  const rows = (): unknown =>
    ben.db.read.all(
      'SELECT (SELECT count(*) FROM team_blobs) AS blobs, (SELECT count(*) FROM team_events) AS events, (SELECT count(*) FROM team_state) AS state',
    )
  const before = rows()
  await ana.call('presence.set', { conversationId: await only(ana), doing: 'replying' })
  const { pack } = await ana.mail.call('team.outgoing', {})
  let now = ben.service.open.workspace.clock.stamp()
  const presence = new Presence(ben.service.open.workspace, () => now)
  const bytes = unpackItems(pack ?? new Uint8Array())[0]?.bytes ?? new Uint8Array()
  expect(presence.receive(ben.db.read, bytes, '1')).toBe(true)
  expect(presence.marks(ben.db.read)).toHaveLength(1)
  now += fadesMs
  expect(presence.marks(ben.db.read)).toEqual([])
  const late = new Presence(ben.service.open.workspace, () => now)
  late.receive(ben.db.read, bytes, '1')
  expect(late.marks(ben.db.read)).toEqual([])
  expect(rows()).toEqual(before)
})

test('a mark that was bent, or is of another team, shows nobody and is named (R60)', async () => {
  const [ana, ben] = await pair()
  await ana.call('presence.set', { conversationId: await only(ana), doing: 'replying' })
  const { pack } = await ana.mail.call('team.outgoing', {})
  const bytes = Buffer.from(unpackItems(pack ?? new Uint8Array())[0]?.bytes ?? new Uint8Array())
  bytes[bytes.byteLength - 20] = (bytes[bytes.byteLength - 20] ?? 0) ^ 1
  await ben.mail.call('team.arrived', {
    generation: 'g',
    messages: [{ place: '900', pack: packItems([{ kind: 'mark', bytes }]) }],
  })
  expect((await here(ben)).marks).toEqual([])
  expect((await ben.call('team.state', {})).trouble).toMatchObject([
    { kind: 'refused', reason: 'false-signature', count: 1 },
  ])
})

test('who walks through the list tells nobody, and alone nothing is ever sent', async () => {
  const [ana, ben] = await pair()
  await ana.call('presence.set', { conversationId: await only(ana), doing: 'viewing' })
  await team.pump()
  expect((await here(ben)).marks).toEqual([])
  await team.stop()
  team = await PumpedTeam.make('Ana')
  await team.put({ from: 'c@x.test', id: 'one@x.test' })
  const [alone] = team.consoles
  await team.pump()
  await alone?.call('presence.set', { conversationId: 1, doing: 'replying' })
  expect(alone && (await alone.mail.call('team.outgoing', {})).pack).toBeNull()
})

test('a begun answer is known to colleagues without a word of it, until it is sent or thrown away', async () => {
  const [ana, ben] = await pair()
  const draft = await ana.call('drafts.start', { kind: 'reply', conversationId: await only(ana), messageId: null })
  await ana.call('drafts.save', {
    id: draft.id,
    mailboxId: 1,
    to: draft.to,
    cc: [],
    bcc: [],
    subject: draft.subject,
    html: '<p>secret words</p>',
    text: 'secret words',
    quote: null,
  })
  await team.pump()
  expect((await here(ben)).drafts).toMatchObject([{ conversationId: await only(ben), person: { name: 'Ana' } }])
  expect((await here(ana)).drafts).toEqual([])
  expect(JSON.stringify(ben.db.read.all('SELECT payload FROM team_events'))).not.toContain('secret words')
  const { undo } = await ana.call('drafts.discard', { id: draft.id })
  await team.pump()
  expect((await here(ben)).drafts).toEqual([])
  await ana.call('acts.undo', { undo })
  await team.pump()
  expect((await here(ben)).drafts).toHaveLength(1)
  await ana.call('outbox.send', { draftId: draft.id, thenStatus: 'open' })
  await team.pump()
  expect((await here(ben)).drafts).toEqual([])
})

test('a clock that is set back does not keep a colleague from being seen, nor the program from resting', async () => {
  const [ana] = await pair()
  const { workspace } = ana.service.open
  let now = Date.now() + 40 * 86_400_000
  let woken = 0
  const presence = new Presence(workspace, () => now)
  presence.listen(
    () => {
      woken++
      presence.outgoing()
    },
    () => undefined,
  )
  const id = await only(ana)
  presence.set(id, 'viewing')
  now += 5000
  expect(presence.outgoing()).not.toBeNull()
  now -= 40 * 86_400_000
  expect(presence.outgoing()).toBeNull()
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(woken).toBeLessThan(3)
  presence.set(id, 'replying')
  now += 5000
  expect(presence.outgoing()).not.toBeNull()
  presence.stop()
})
