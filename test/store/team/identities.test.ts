import { afterEach, expect, test } from 'vitest'
import type { MailboxIdentity } from '../../../src-preload/contract/identity'
import { plainSignature } from '../../../src-preload/contract/identity'
import { turnOwnMail } from '../../../src-main/store/mail/own-mail'
import type { Harness } from '../helpers'
import { PumpedTeam } from './pumped'

let team: PumpedTeam
afterEach(() => team.stop())

const main = 'support@acme.test'
const alias = (address: string, name = '') => ({ address, name, signature: null })
/** Two who may both set up mailboxes. */
async function pair(): Promise<[Harness, Harness]> {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  await team.setRole(ben, 'agent', ['manage-mailboxes'])
  return [ana, ben]
}
async function identityOf(one: Harness, address = main): Promise<MailboxIdentity> {
  const { mailboxes } = await one.call('mailboxes.list', {})
  const found = mailboxes.find((mailbox) => mailbox.address === address)
  if (!found) throw new Error(`no mailbox ${address}`)
  return found.identity
}
const conflicts = async (one: Harness) =>
  (await one.call('mailboxes.conflicts', {})).conflicts.toSorted((a, b) => (a.field > b.field ? -1 : 1))
const shared = ({ agentName: _, signature: _own, ...rest }: MailboxIdentity) => rest

test('what one sets about a mailbox is on every console, and what each decides alone is on none but their own', async () => {
  const [ana, ben] = await pair()
  const sign = plainSignature('The team')
  await ben.call('mailboxes.setPersonal', { id: 1, agentName: 'Benjamin' })
  await ana.call('mailboxes.setPersonal', { id: 1, agentName: 'Ann', signature: plainSignature('Ann') })
  await ana.call('mailboxes.setIdentity', {
    id: 1,
    displayName: 'Acme Help',
    shows: 'both',
    aliases: [{ address: 'Hilfe@acme.test', name: 'Acme Hilfe', signature: sign }],
    limits: { perMinute: 5, recipients: 50, recipientsPerDay: 500 },
  })
  await team.pump()
  expect(await identityOf(ben)).toMatchObject({
    displayName: 'Acme Help',
    shows: 'both',
    agentName: 'Benjamin',
    signature: null,
    aliases: [{ address: 'Hilfe@acme.test', name: 'Acme Hilfe', signature: sign }],
    limits: { perMinute: 5 },
  })
  expect((await identityOf(ana)).agentName).toBe('Ann')
  // What only one of them wrote later stands on both, and nothing else is touched.
  await ben.call('mailboxes.setIdentity', { id: 1, displayName: 'Acme Support' })
  await team.pump()
  expect(shared(await identityOf(ana))).toEqual(shared(await identityOf(ben)))
  expect(await identityOf(ana)).toMatchObject({ displayName: 'Acme Support', shows: 'both' })
  expect([await conflicts(ana), await conflicts(ben)]).toEqual([[], []])
  await ben.restart()
  expect(shared(await identityOf(ana))).toEqual(shared(await identityOf(ben)))
})

test('two who change one thing at the same time are both named, and either choice settles it for everybody', async () => {
  const [ana, ben] = await pair()
  for (const which of [0, 1]) {
    await ana.call('mailboxes.setIdentity', {
      id: 1,
      displayName: `Ana's ${which}`,
      aliases: [alias('a@acme.test', 'A')],
    })
    await ben.call('mailboxes.setIdentity', {
      id: 1,
      displayName: `Ben's ${which}`,
      aliases: [alias('a@acme.test', 'B')],
    })
    await team.pump()
    for (const one of [ana, ben])
      expect(await conflicts(one)).toMatchObject([
        { field: 'displayName', address: '', writes: [{}, {}] },
        { field: 'alias', address: 'a@acme.test', writes: [{}, {}] },
      ])
    const open = await conflicts(ben)
    expect(open).toEqual(await conflicts(ana))
    expect(open[0]?.writes.map(({ by }) => by).toSorted()).toEqual(['Ana', 'Ben'])
    for (const { writes } of open) await ben.call('mailboxes.choose', { id: 1, choice: writes[which]?.choice ?? '' })
    await team.pump()
    for (const one of [ana, ben]) {
      expect(await conflicts(one)).toEqual([])
      expect((await identityOf(one)).displayName).toBe(open[0]?.writes[which]?.definition.displayName)
      expect((await identityOf(one)).aliases[0]?.name).toBe(open[1]?.writes[which]?.alias?.name)
    }
    // Settled is settled: the other choice is not taken from a window that still shows it.
    await expect(
      ana.call('mailboxes.choose', { id: 1, choice: open[0]?.writes[1 - which]?.choice ?? '' }),
    ).rejects.toMatchObject({ code: 'conflict' })
    await ana.call('mailboxes.setIdentity', { id: 1, displayName: '', aliases: [] })
    await team.pump()
  }
})

test("an undo takes back one's own change and leaves what a colleague changed since", async () => {
  const [ana, ben] = await pair()
  const mine = await ana.call('mailboxes.setIdentity', { id: 1, displayName: 'Ana', shows: 'both' })
  const alone = await ana.call('mailboxes.setPersonal', { id: 1, agentName: 'Ann' })
  await team.pump()
  await ben.call('mailboxes.setIdentity', { id: 1, displayName: 'Ben' })
  await team.pump()
  expect(await ana.call('acts.undo', { undo: alone.undo })).toEqual({ left: 0 })
  expect(await identityOf(ana)).toMatchObject({ displayName: 'Ben', agentName: '' })
  await ana.call('acts.undo', { undo: mine.undo })
  await team.pump()
  for (const one of [ana, ben]) expect(await identityOf(one)).toMatchObject({ displayName: 'Ben', shows: 'agent' })
  const last = await ana.call('mailboxes.setIdentity', { id: 1, displayName: 'Ana' })
  await ben.call('mailboxes.setIdentity', { id: 1, displayName: 'Ben again' })
  await team.pump()
  const [open] = await conflicts(ana)
  const { undo } = await ana.call('mailboxes.choose', { id: 1, choice: open?.writes[1]?.choice ?? '' })
  expect((await identityOf(ana)).displayName).toBe(open?.writes[1]?.definition.displayName)
  expect(await ana.call('acts.undo', { undo })).toEqual({ left: 0 })
  await team.pump()
  for (const one of [ana, ben])
    expect((await identityOf(one)).displayName).toBe(open?.writes[0]?.definition.displayName)
  await ben.call('mailboxes.setIdentity', { id: 1, displayName: 'Last' })
  await team.pump()
  expect(await ana.call('acts.undo', { undo: last.undo })).toEqual({ left: 1 })
})

test('an address that was added by mistake and taken back leaves nobody else taking mail from it for our own', async () => {
  const [ana, ben] = await pair()
  await team.put({ from: 'hannah@x.test', to: [main], id: 'one@x.test' })
  const ours = (one: Harness) =>
    one.db.read.get<{ n: number }>('SELECT count(*) AS n FROM messages WHERE direction = 1')
  const settle = async () => {
    await team.pump()
    for (const one of [ana, ben]) await turnOwnMail(one.service.open.workspace, () => false)
  }
  const { undo } = await ana.call('mailboxes.setIdentity', {
    id: 1,
    aliases: [alias('hannah@x.test'), alias('b@acme.test')],
  })
  await settle()
  expect([ours(ana), ours(ben)]).toEqual([{ n: 1 }, { n: 1 }])
  await ana.call('acts.undo', { undo })
  await settle()
  expect([ours(ana), ours(ben)]).toEqual([{ n: 0 }, { n: 0 }])
  expect([(await identityOf(ana)).aliases, (await identityOf(ben)).aliases]).toEqual([[], []])
})

test('of two mailboxes that are given one address at the same time the same one has it on every console', async () => {
  const [ana, ben] = await pair()
  for (const one of [ana, ben]) await one.mailbox('sales@acme.test')
  await ana.call('mailboxes.setIdentity', { id: 1, aliases: [alias('shop@acme.test')] })
  await ben.call('mailboxes.setIdentity', { id: 2, aliases: [alias('shop@acme.test')] })
  await team.pump()
  for (const address of [main, 'sales@acme.test'])
    expect((await identityOf(ana, address)).aliases).toEqual((await identityOf(ben, address)).aliases)
  const all = [...(await identityOf(ana)).aliases, ...(await identityOf(ana, 'sales@acme.test')).aliases]
  expect(all).toHaveLength(1)
})

test('a mailbox that is added later has what the team set about it, and the account it leaves through once that is here', async () => {
  const [ana, ben] = await pair()
  const { id: sales } = await ana.mailbox('sales@acme.test')
  await ana.call('mailboxes.setIdentity', { id: sales, displayName: 'Acme Shop', sendThrough: 1 })
  const { id: relay } = await ana.mailbox('relay@acme.test')
  await ana.call('mailboxes.setIdentity', { id: 1, sendThrough: relay })
  await team.pump()
  await ben.mailbox('sales@acme.test')
  expect(await identityOf(ben, 'sales@acme.test')).toMatchObject({ displayName: 'Acme Shop', sendThrough: 1 })
  expect((await identityOf(ben)).sendThrough).toBeNull()
  const { id } = await ben.mailbox('relay@acme.test')
  expect((await identityOf(ben)).sendThrough).toBe(id)
})

test('who may not set up mailboxes changes none for anybody, and what a set-up file says stays on its computer', async () => {
  const [ana, ben] = await pair()
  await team.setRole(ben, 'agent')
  await expect(ben.call('mailboxes.setIdentity', { id: 1, displayName: 'Mine' })).rejects.toMatchObject({
    code: 'not-allowed',
  })
  await ben.app.call('mailbox.identity', { id: 1, identity: { displayName: 'By file', shows: 'both' } })
  await team.pump()
  expect((await identityOf(ana)).displayName).toBe('')
  expect((await identityOf(ben)).displayName).toBe('By file')
  // What the team decides goes before it.
  await ana.call('mailboxes.setIdentity', { id: 1, displayName: 'Acme Help' })
  await team.pump()
  await ben.app.call('mailbox.identity', { id: 1, identity: { displayName: 'By file', shows: 'both' } })
  expect(await identityOf(ben)).toMatchObject({ displayName: 'Acme Help', shows: 'both' })
})

test('more further addresses than a mailbox can have, added on two consoles at the same time, keep nothing from arriving', async () => {
  const [ana, ben] = await pair()
  const some = (word: string) => Array.from({ length: 60 }, (_, n) => alias(`${word}${n}@acme.test`))
  await ana.call('mailboxes.setIdentity', { id: 1, aliases: some('one') })
  await ben.call('mailboxes.setIdentity', { id: 1, aliases: some('two') })
  await team.pump()
  await ana.call('mailboxes.setIdentity', { id: 1, displayName: 'Acme Help' })
  await team.pump()
  expect(await identityOf(ben)).toMatchObject({ displayName: 'Acme Help' })
  expect(shared(await identityOf(ana))).toEqual(shared(await identityOf(ben)))
  expect((await identityOf(ana)).aliases).toHaveLength(100)
})
