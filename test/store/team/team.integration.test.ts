import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { TeamCarrier } from '../../../src-preload/contract/team-link'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startNats } from '../../servers/nats.mjs'
import { codeOf } from '../helpers'
import { shared, TeamConsole } from './consoles'

let dovecot: Awaited<ReturnType<typeof startDovecot>>
let nats: Awaited<ReturnType<typeof startNats>>
beforeAll(async () => {
  ;[dovecot, nats] = await Promise.all([
    startDovecot({ users: [shared], config: 'mail_max_userip_connections = 100\n' }),
    startNats(),
  ])
})
afterAll(() => Promise.all([dovecot.stop(), nats.stop()]))

const consoles: TeamConsole[] = []
const make = async (name: string): Promise<TeamConsole> => {
  const one = await TeamConsole.make(name, dovecot.port)
  consoles.push(one)
  return one
}
const folders = (): string => dovecot.doveadm('mailbox', 'list', '-u', shared.name)
afterEach(async () => {
  await Promise.all(consoles.splice(0).map((one) => one.stop()))
  if (folders().includes('Postern')) dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
})

const wait = { interval: 50 }
const folderPlaces = (): string[] =>
  dovecot.doveadm('fetch', '-u', shared.name, 'uid', 'mailbox', 'Postern', 'all').match(/\d+/g) ?? []
const messages = (): number =>
  Number(
    /messages=(\d+)/.exec(dovecot.doveadm('mailbox', 'status', '-u', shared.name, 'messages', 'Postern'))?.[1] ?? 0,
  )

/** Joins by invitation as people do it. @param member as another computer of this one */
async function join(
  owner: TeamConsole,
  name: string,
  member: string | null = null,
  carrier: TeamCarrier = { kind: 'mailbox' },
): Promise<TeamConsole> {
  const { id, code } = await owner.store.call('team.invite', { name, role: 'agent', member })
  const joiner = await make(name)
  await joiner.store.call('team.join', { code: code.toLowerCase(), mailboxId: joiner.mailboxId, carrier })
  await expect.poll(async () => (await owner.state()).invites.find((one) => one.id === id)?.state, wait).toBe('asked')
  const asked = (await owner.state()).invites.find((one) => one.id === id)
  await expect.poll(async () => (await joiner.state()).words, wait).toEqual(asked?.asks?.words)
  await owner.store.call('team.approve', { id })
  await expect.poll(async () => (await joiner.state()).membership, wait).toBe('member')
  return joiner
}

/** An owner and the others, who join by invitation as people do it. */
const makeTeam = (...names: string[]): Promise<TeamConsole[]> => makeTeamOver({ kind: 'mailbox' }, ...names)
async function makeTeamOver(carrier: TeamCarrier, ...names: string[]): Promise<TeamConsole[]> {
  const [first = 'Ana', ...rest] = names
  const owner = await make(first)
  await owner.store.call('team.create', { mailboxId: owner.mailboxId, carrier })
  const others: TeamConsole[] = []
  for (const name of rest) others.push(await join(owner, name, null, carrier))
  return [owner, ...others]
}

const conversation = 'c:AAAAAAAAAAAAAAAAAAAAAA'

describe('a team on a real mail server', () => {
  test('an agent alone costs nothing: no folder, no connection, no message', async () => {
    const alone = await make('Ana')
    alone.tag(conversation, 'tagtagtag')
    await new Promise((resolve) => setTimeout(resolve, 1500))
    expect(folders()).not.toContain('Postern')
    expect((await alone.state()).link).toBe('off')
  })

  test.each(['mailbox', 'nats'] as const)(
    'three consoles, each cut off in turn, come to the same state; conflicts are kept (R60): over %s',
    { timeout: 120_000 },
    async (kind) => {
      const team = await makeTeamOver(
        kind === 'mailbox' ? { kind } : { kind, url: nats.url, token: nats.token },
        'Ana',
        'Ben',
        'Cy',
      )
      for (const [index, away] of team.entries()) {
        await away.disconnect()
        for (const [who, one] of team.entries()) {
          one.assign(conversation, `member00${index}${who}`)
          one.tag(conversation, `tagtagtag${index}${who}`)
          one.note(conversation, `note0000${index}${who}`, `from ${who} in round ${index}`)
        }
        await new Promise((resolve) => setTimeout(resolve, 1200))
        away.connect()
        await expect.poll(() => new Set(team.map((one) => one.digest())).size, wait).toBe(1)
        await expect
          .poll(
            () =>
              team[0]?.store.db.read.get<{ n: number }>("SELECT count(*) AS n FROM team_state WHERE field = 'notes'")
                ?.n,
            wait,
          )
          .toBe((index + 1) * 3)
        await expect.poll(() => new Set(team.map((one) => one.digest())).size, wait).toBe(1)
      }
      // All three assigned it without knowing of each other: one stands, the others are shown.
      expect(
        team[0]?.store.db.read.all("SELECT rank FROM team_state WHERE field = 'assignee' ORDER BY rank").length,
      ).toBeGreaterThan(1)
      for (const one of team) expect(await one.trouble()).toEqual([])
    },
  )

  test(
    'a folder that is deleted is put back whole, under another UIDVALIDITY (R60)',
    { timeout: 120_000 },
    async () => {
      const [ana, ben] = await makeTeam('Ana', 'Ben')
      if (!ana || !ben) throw new Error('no team')
      ana.note(conversation, 'note00001', 'before')
      await expect.poll(() => ben.digest() === ana.digest() && ben.digest().includes('before'), wait).toBe(true)
      dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
      await ben.disconnect()
      ana.note(conversation, 'note00002', 'after')
      ben.connect()
      await expect
        .poll(() => ben.digest() === ana.digest() && ben.digest().includes('after'), { interval: 50 })
        .toBe(true)
      // Dovecot's IDLE may sleep on a folder that was made anew; a console asks every 20 s, or when it connects.
      await ana.disconnect()
      const cy = await make('Cy')
      const { code, id } = await ana.store.call('team.invite', { name: 'Cy', role: 'light' })
      const before = messages()
      await cy.store.call('team.join', { code, mailboxId: cy.mailboxId })
      await expect.poll(messages, wait).toBeGreaterThan(before)
      ana.connect()
      await expect.poll(async () => (await ana.state()).invites.find((one) => one.id === id)?.state, wait).toBe('asked')
      await ana.store.call('team.approve', { id })
      // Everything of before is there for the one who comes now.
      await expect
        .poll(() => cy.digest() === ana.digest() && cy.digest().includes('before'), { interval: 50 })
        .toBe(true)
      expect(await codeOf(cy.store.call('conversations.setStatus', { ids: [1], status: 'closed' }))).toBe('not-allowed')
      expect(await codeOf(ben.store.call('team.invite', { name: 'X', role: 'agent' }))).toBe('not-allowed')
    },
  )

  test(
    'a new console reads the summary and what came after it, not every message; one that missed what was removed heals (P7)',
    { timeout: 120_000 },
    async () => {
      const [ana, ben, cy] = await makeTeam('Ana', 'Ben', 'Cy')
      if (!ana || !ben || !cy) throw new Error('no team')
      await cy.disconnect()
      const before = messages()
      for (let n = 0; n < 30; n++) {
        ana.note(conversation, `note1${String(n).padStart(4, '0')}`, `words ${n}`)
        ana.closeBatch()
        await ana.sendNow()
      }
      await expect.poll(() => messages() >= before + 25 && ben.digest() === ana.digest(), wait).toBe(true)
      ana.sumUp(folderPlaces())
      await ana.sendNow()
      ben.note(conversation, 'note20000', 'after the summary')
      await expect.poll(() => ana.digest().includes('after the summary'), wait).toBe(true)

      const dan = await make('Dan')
      const { code, id } = await ana.store.call('team.invite', { name: 'Dan', role: 'agent' })
      await dan.store.call('team.join', { code, mailboxId: dan.mailboxId })
      await expect.poll(async () => (await ana.state()).invites.find((one) => one.id === id)?.state, wait).toBe('asked')
      await ana.store.call('team.approve', { id })
      await expect
        .poll(() => dan.digest() === ana.digest() && dan.digest().includes('after the summary'), wait)
        .toBe(true)
      expect(dan.logBlobs()).toBeLessThan(10)
      expect(ana.logBlobs()).toBeGreaterThan(25)

      // Everything that the summary says is gone from the server before Cy, who was away for all of it, comes back.
      dovecot.doveadm('expunge', '-u', shared.name, 'mailbox', 'Postern', 'uid', `1:${ana.coveredUpTo()}`)
      for (const one of [ana, ben, dan]) await one.disconnect()
      cy.connect()
      await expect
        .poll(() => cy.digest() === ana.digest() && cy.digest().includes('after the summary'), wait)
        .toBe(true)
      cy.note(conversation, 'note30000', 'back again')
      ana.connect()
      await expect.poll(() => ana.digest() === cy.digest() && ana.digest().includes('back again'), wait).toBe(true)
      expect(await cy.trouble()).toEqual([])
    },
  )

  test(
    'the owner’s computer is lost: with the recovery code a new one takes over, nothing is lost, and the lost one counts no more',
    { timeout: 120_000 },
    async () => {
      const ana = await make('Ana')
      const { recoveryCode } = await ana.store.call('team.create', { mailboxId: ana.mailboxId })
      const ben = await join(ana, 'Ben')
      ana.note(conversation, 'note00001', 'of before')
      await expect.poll(() => ben.digest().includes('of before'), wait).toBe(true)
      await ana.disconnect()

      const fresh = await make('Ana')
      const { mailboxId } = fresh
      for (const code of ['K7QPM', `${recoveryCode.slice(0, -1)}${recoveryCode.endsWith('0') ? '1' : '0'}`])
        expect(await codeOf(fresh.store.call('team.startRecovery', { code, mailboxId }))).toBe('wrong-passphrase')
      await fresh.store.call('team.startRecovery', { code: recoveryCode.toLowerCase(), mailboxId })
      await expect.poll(async () => (await fresh.state()).membership, wait).toBe('owner')
      await expect.poll(() => fresh.digest() === ben.digest() && fresh.digest().includes('of before'), wait).toBe(true)
      expect((await fresh.trouble()).map(({ kind }) => kind)).toEqual(['lost'])
      expect((await fresh.state()).members.map(({ name, role }) => [name, role])).toEqual([
        ['Ana', 'owner'],
        ['Ben', 'agent'],
      ])
      expect(fresh.store.db.read.get("SELECT 1 FROM team_info WHERE key = 'recovery'")).toBeUndefined()
      await expect
        .poll(async () => (await ben.state()).devices.filter(({ gone }) => gone).map(({ id }) => id), wait)
        .toEqual([ana.device])

      // Whoever has the lost one connects it: what it writes counts nowhere, and it reads nothing new.
      ana.note(conversation, 'note00002', 'by a thief')
      ben.note(conversation, 'note00003', 'after the loss')
      await expect.poll(() => fresh.digest().includes('after the loss'), wait).toBe(true)
      ana.connect()
      await expect.poll(() => codeOf(ana.state()), wait).toBe('erased')
      expect(ana.digest()).not.toContain('after the loss')
      // It closed at once, and was erased once it had said so.
      await expect.poll(() => ana.store.toApp, wait).toContainEqual({ topic: 'taken-out', erase: true })
      expect(ana.store.toApp).toContainEqual({ topic: 'taken-out', erase: false })
      await expect
        .poll(async () => (await fresh.state()).devices.find(({ id }) => id === ana.device)?.erase?.at ?? null, wait)
        .not.toBe(null)
      expect(fresh.digest()).not.toContain('by a thief')

      // The new one signs: another computer of Ben's is his, with his role.
      const member = (await fresh.state()).members.find(({ name }) => name === 'Ben')?.id ?? ''
      const second = await join(fresh, 'Ben', member)
      await expect.poll(() => second.digest() === fresh.digest(), wait).toBe(true)
      expect((await second.state()).you).toBe(member)
      expect((await fresh.state()).members.filter(({ name }) => name === 'Ben')).toHaveLength(1)
      const lost = (await fresh.trouble()).find(({ kind }) => kind === 'lost')
      await fresh.store.call('team.accessRevoked', { whose: lost?.kind === 'lost' ? lost.device : '' })
      // What the lost one had not sent was handed over, and is the owner's to judge.
      expect(await fresh.trouble()).toMatchObject([{ kind: 'held', notes: 1 }])
      const held = (await fresh.trouble())[0]
      await fresh.store.call('team.settleHeld', { member: held?.kind === 'held' ? held.member : '', take: false })
      expect(await fresh.trouble()).toEqual([])
      expect(fresh.digest()).not.toContain('by a thief')
    },
  )

  test(
    'a folder that began anew under the same UIDVALIDITY hides no word and is put back whole (R60, P9)',
    { timeout: 120_000 },
    async () => {
      const status = (what: string): string =>
        new RegExp(`${what}=(\\d+)`).exec(
          dovecot.doveadm('mailbox', 'status', '-u', shared.name, what, 'Postern'),
        )?.[1] ?? ''
      const [ana, ben] = await makeTeam('Ana', 'Ben')
      if (!ana || !ben) throw new Error('no team')
      for (const [n, one] of [ana, ben, ana, ben].entries()) {
        one.note(conversation, `note0000${n}`, 'from before')
        await one.sendNow()
      }
      await expect.poll(() => new Set([ana, ben].map((one) => one.digest())).size, wait).toBe(1)
      for (const one of [ana, ben]) await one.disconnect()
      const generation = status('uidvalidity')
      dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
      dovecot.doveadm('mailbox', 'create', '-u', shared.name, 'Postern')
      dovecot.doveadm('mailbox', 'update', '-u', shared.name, '--uid-validity', generation, 'Postern')
      expect(status('uidvalidity')).toBe(generation)
      ben.note(conversation, 'note00009', 'his last word')
      ben.connect()
      // What is Ana's he would put back only in a while.
      await expect
        .poll(
          async () =>
            (await ben.state()).waiting === 0 &&
            !ben.store.db.read.get('SELECT 1 FROM team_blobs WHERE send_at IS NOT NULL AND device = ?', ben.device),
          wait,
        )
        .toBe(true)
      await ben.disconnect()
      ana.connect()
      await expect
        .poll(() => ana.store.db.read.get("SELECT 1 FROM team_state WHERE field = 'notes' AND element = 'note00009'"), {
          ...wait,
          timeout: 10_000,
        })
        .toBeDefined()
      // Whoever joins now finds all of it there.
      const cy = await join(ana, 'Cy')
      await expect.poll(() => cy.digest(), { ...wait, timeout: 60_000 }).toBe(ana.digest())
    },
  )

  test('a recovery code of another team finds nothing and says so', { timeout: 60_000 }, async () => {
    const [ana, other] = [await make('Ana'), await make('Eve')]
    await ana.store.call('team.create', { mailboxId: ana.mailboxId })
    await join(ana, 'Ben')
    const { recoveryCode } = await other.store.call('team.create', { mailboxId: other.mailboxId })
    await other.stop()
    consoles.splice(consoles.indexOf(other), 1)
    dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
    const fresh = await make('Eve')
    await fresh.store.call('team.startRecovery', { code: recoveryCode, mailboxId: fresh.mailboxId })
    await expect.poll(async () => (await fresh.state()).recovering, wait).toBe('nothing')
    await fresh.store.call('team.leave', {})
    expect((await fresh.state()).membership).toBe('none')
  })

  test(
    'a recovery code of another team is not looked for without end where a long log with a summary lies',
    { timeout: 60_000 },
    async () => {
      const [ana, other] = [await make('Ana'), await make('Eve')]
      const { recoveryCode } = await other.store.call('team.create', { mailboxId: other.mailboxId })
      await other.stop()
      consoles.splice(consoles.indexOf(other), 1)
      if (folders().includes('Postern')) dovecot.doveadm('mailbox', 'delete', '-u', shared.name, 'Postern')
      await ana.store.call('team.create', { mailboxId: ana.mailboxId })
      for (let n = 0; n < 25; n++) {
        ana.note(conversation, `note1${String(n).padStart(4, '0')}`, `words ${n}`)
        ana.closeBatch()
        await ana.sendNow()
      }
      ana.sumUp(folderPlaces())
      await ana.sendNow()
      const fresh = await make('Eve')
      await fresh.store.call('team.startRecovery', { code: recoveryCode, mailboxId: fresh.mailboxId })
      await expect.poll(async () => (await fresh.state()).recovering, { ...wait, timeout: 20_000 }).toBe('nothing')
    },
  )

  test(
    'who is taken out reads nothing new, and what they write afterwards is held for the owner (R60)',
    { timeout: 90_000 },
    async () => {
      const [ana, ben] = await makeTeam('Ana', 'Ben')
      if (!ana || !ben) throw new Error('no team')
      ben.note(conversation, 'note00001', 'while a member')
      await expect.poll(() => ana.digest().includes('while a member'), wait).toBe(true)
      const member = (await ana.state()).members.find(({ name }) => name === 'Ben')?.id ?? ''
      await ana.disconnect()
      await ana.store.call('team.remove', { member })
      ana.note(conversation, 'note00002', 'secret for those who stay')
      // His laptop has not heard of it yet and sends what it has.
      const before = messages()
      ben.note(conversation, 'note00003', 'written after removal')
      await expect.poll(messages, wait).toBeGreaterThan(before)
      ana.connect()
      await expect
        .poll(async () => (await ana.trouble()).map(({ kind }) => kind).toSorted(), wait)
        .toEqual(['held', 'removal'])
      await expect.poll(async () => (await ben.state()).membership, wait).toBe('removed')
      expect(ana.digest()).not.toContain('written after removal')
      expect(ben.digest()).not.toContain('secret for those who stay')
      expect(ben.store.db.read.all('SELECT epoch FROM team_keys')).toHaveLength(1)
      await ana.store.call('team.settleHeld', { member, take: true })
      expect(ana.digest()).toContain('written after removal')
      await ana.store.call('team.accessRevoked', { whose: member })
      expect(await ana.trouble()).toEqual([])
      expect(await codeOf(ben.store.call('team.invite', { name: 'X', role: 'agent' }))).toBe('not-allowed')
    },
  )

  test(
    'a forged, a mistyped and an ended invitation let nobody in; junk in the folder is named and harmless (R60)',
    { timeout: 60_000 },
    async () => {
      const [ana] = await makeTeam('Ana')
      if (!ana) throw new Error('no team')
      const eve = await make('Eve')
      const { code, id } = await ana.store.call('team.invite', { name: 'Ben', role: 'agent' })
      expect(
        await codeOf(
          eve.store.call('team.join', {
            code: `${code.slice(0, -1)}${code.endsWith('0') ? '1' : '0'}`,
            mailboxId: eve.mailboxId,
          }),
        ),
      ).toBe('invalid-input')
      const other = await make('Mallory')
      await other.store.call('team.create', { mailboxId: other.mailboxId })
      const foreign = await other.store.call('team.invite', { name: 'Ben', role: 'agent' })
      await eve.store.call('team.join', { code: foreign.code, mailboxId: eve.mailboxId })
      await ana.store.call('team.withdraw', { id })
      await expect.poll(messages, wait).toBeGreaterThan(2)
      await expect.poll(async () => (await ana.state()).link, wait).toBe('live')
      expect((await ana.state()).invites).toEqual([])
      expect((await eve.state()).membership).toBe('joining')
      expect((await ana.state()).members).toHaveLength(1)
    },
  )
})
