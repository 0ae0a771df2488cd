import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { longestGrantMs, type SupportCard } from '../../../src-preload/contract/support'
import { DeviceKeys } from '../../../src-main/crypto/device-keys'
import { unwrapKey } from '../../../src-main/crypto/keys'
import { newSupportIdentity, signChallenge, type KeyFile } from '../../../src-main/crypto/support-identity'
import { codeOf, Harness } from '../helpers'
import { grant, logged, passphrase, signIn, staff } from '../support'

const day = 86_400_000
let store: Harness
let inbox: number
beforeEach(async () => {
  store = await Harness.make()
  inbox = (await store.mailbox()).folders['INBOX'] ?? 0
})
afterEach(() => store.stop())

const noPolicy = { source: null, managedBy: null, locked: [], faults: [], policy: {} }
/** Refused by SQLite itself, whatever code asks. */
const sqlRefuses = (sql: string): boolean => {
  try {
    store.db.write((tx) => tx.run(sql))
    return false
  } catch {
    return true
  }
}

describe('a grant', () => {
  test('is not made longer than 180 days by a crafted call, nor by SQL (R54)', async () => {
    expect(await codeOf(grant(store, { endsAt: Date.now() + longestGrantMs + 1000 }))).toBe('grant-too-long')
    expect(await codeOf(grant(store, { endsAt: Number.MAX_SAFE_INTEGER }))).toBe('grant-too-long')
    expect(await codeOf(grant(store, { endsAt: Date.now() - 1000 }))).toBe('invalid-input')
    expect(await codeOf(grant(store, { endsAt: -1 }))).toBe('invalid-input')
    expect(await codeOf(grant(store, { endsAt: Number.NaN }))).toBe('invalid-input')
    const id = await grant(store, { endsAt: Date.now() + longestGrantMs - 1000 })
    expect(sqlRefuses(`UPDATE grants SET ends_at = ends_at + 86400000 WHERE id = ${id}`)).toBe(true)
    const [columns, values] = [
      'name, identity_id, kind, scope, reason, reference, granted_by, granted_at, ends_at',
      "'x', 1, 'support', 'full', 'because', '', 'me', 0",
    ]
    expect(sqlRefuses(`INSERT INTO grants(${columns}) VALUES(${values}, ${longestGrantMs + 1})`)).toBe(true)
    expect(sqlRefuses(`INSERT INTO grants(${columns}) VALUES(${values}, ${longestGrantMs})`)).toBe(false)
  })

  test('is not used, nearly over or ended without people being told, also when nobody looked until the next start', async () => {
    const told = async (): Promise<string[]> =>
      (await store.call('grants.notices', {})).notices.map(({ what, grantId }) => `${what} ${grantId}`)
    const used = await grant(store, { endsAt: Date.now() + 22 * 3_600_000 })
    expect(await told()).toEqual([])
    await signIn(store)
    await signIn(store)
    expect(await told()).toEqual([`first-use ${used}`])
    const soon = await grant(store, { endsAt: Date.now() + 30 * 3_600_000 })
    // The mail server says that 23 hours have passed.
    store.service.open.workspace.clock.heardServer(Date.now() + 23 * 3_600_000)
    store.service.open.support.sweep()
    const all = [`first-use ${used}`, `ended ${used}`, `ends-soon ${soon}`]
    expect(await told()).toEqual(all)
    await store.restart()
    expect(await told()).toEqual(all)
    const { notices } = await store.call('grants.notices', {})
    await store.call('grants.noticesSeen', { upTo: notices[1]?.id ?? 0 })
    expect(await told()).toEqual([`ends-soon ${soon}`])
    store.service.open.support.sweep()
    expect(await told()).toEqual([`ends-soon ${soon}`])
  })

  test('is not made longer than policy allows, and one that is longer ends when policy comes (R54)', async () => {
    const long = await grant(store, { endsAt: Date.now() + 90 * day })
    await store.app.call('policy.set', { ...noPolicy, policy: { supportAccessLongestDays: 30 } })
    expect(await codeOf(grant(store, { endsAt: Date.now() + 31 * day }))).toBe('grant-too-long')
    const { grants, longestMs } = await store.call('grants.list', {})
    expect(longestMs).toBe(30 * day)
    expect(grants.find(({ id }) => id === long)?.state).not.toBe('live')
    expect(await codeOf(signIn(store))).toBe('grant-ended')
    expect(await codeOf(store.app.call('policy.set', { ...noPolicy, policy: { supportAccessLongestDays: 181 } }))).toBe(
      'invalid-input',
    )
  })

  test('is not made for a stranger when policy names the people, nor at all when it says off', async () => {
    const { card } = await staff
    await store.app.call('policy.set', { ...noPolicy, policy: { supportIdentities: [] } })
    expect(await codeOf(grant(store))).toBe('not-allowed')
    await store.app.call('policy.set', { ...noPolicy, policy: { supportIdentities: [card] } })
    const id = await grant(store)
    await store.app.call('policy.set', { ...noPolicy, policy: { supportAccess: 'off' } })
    expect((await store.call('grants.list', {})).grants.find((one) => one.id === id)?.state).not.toBe('live')
    expect(await codeOf(grant(store))).toBe('not-allowed')
  })

  test('and a lease that policy limits are limited also where a full disk kept the policy from being written down at first', async () => {
    await grant(store, { endsAt: Date.now() + 90 * day })
    const state = { ...noPolicy, policy: { supportAccessLongestDays: 30, offlineLeaseDays: 7 } }
    store.db.write((tx) =>
      tx.run("CREATE TRIGGER disk_full BEFORE INSERT ON access_log BEGIN SELECT RAISE(ABORT, 'full'); END"),
    )
    expect(await codeOf(store.app.call('policy.set', state))).toBe('internal')
    expect((await store.call('grants.list', {})).grants.map((one) => one.state)).toEqual(['forbidden'])
    expect(store.service.open.workspace.policyLeaseDays).toBe(7)
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    await expect.poll(() => logged(store)).toContain('policy-changed')
    // As app does when a person tries again.
    await store.app.call('policy.set', state)
    expect((await logged(store)).filter((act) => act === 'policy-changed')).toHaveLength(1)
  })

  test('that ended is not revived, changed or deleted, not even by SQL', async () => {
    const id = await grant(store)
    await store.call('grants.revoke', { id })
    expect(sqlRefuses(`UPDATE grants SET ended_at = NULL WHERE id = ${id}`)).toBe(true)
    expect(sqlRefuses(`UPDATE grants SET scope = 'full' WHERE id = ${id}`)).toBe(true)
    expect(sqlRefuses(`DELETE FROM grants WHERE id = ${id}`)).toBe(true)
    expect(await codeOf(signIn(store))).toBe('grant-ended')
  })

  test('that is extended is a new one, and the old one is over', async () => {
    const id = await grant(store)
    const next = await grant(store, { replaces: id, endsAt: Date.now() + 7 * day })
    const { grants } = await store.call('grants.list', {})
    expect(grants.find((one) => one.id === id)?.state).toBe('replaced')
    expect(grants.find((one) => one.id === next)?.state).toBe('live')
    expect(await logged(store)).toEqual(['identity-added', 'granted', 'grant-ended', 'extended'])
  })

  test('is not extended for another person, nor once it is over: a slip is no new access under an old name', async () => {
    const id = await grant(store)
    const other = await newSupportIdentity('Somebody else', 'Elsewhere', passphrase)
    expect(await codeOf(grant(store, { replaces: id }, other))).toBe('conflict')
    expect((await store.call('grants.list', {})).grants.map(({ state }) => state)).toEqual(['live'])
    await store.call('grants.revoke', { id })
    expect(await codeOf(grant(store, { replaces: id }))).toBe('grant-ended')
    expect((await store.call('grants.list', {})).grants.map(({ state }) => state)).toEqual(['revoked'])
    expect(await logged(store)).not.toContain('extended')
  })
})

test('policy keeps remote images out, of messages that were allowed before too, and names hosts that mail may reach', async () => {
  await store.put(inbox, { from: 'Priya <priya@cycle.test>', remoteUrls: ['https://cycle.test/a.png'] })
  const [{ id } = { id: 0 }] = (await store.call('conversations.list', { view: 'inbox', offset: 0, limit: 1 })).rows
  const message = (await store.call('conversations.get', { id })).messages[0]?.id ?? 0
  await store.call('messages.allowRemote', { id: message })
  await store.call('messages.remoteImage', { id: message, url: 'https://cycle.test/a.png' })
  await store.app.call('policy.set', {
    ...noPolicy,
    policy: { remoteContent: 'never', allowedMailHosts: ['*.acme.test'] },
  })
  expect(await codeOf(store.call('messages.remoteImage', { id: message, url: 'https://cycle.test/a.png' }))).toBe(
    'not-allowed',
  )
  expect(await codeOf(store.call('messages.allowRemote', { id: message }))).toBe('not-allowed')
  await expect.poll(() => store.networkRules).toEqual({ blockUnexpected: true, allowedHosts: ['*.acme.test'] })
})

/** A card for the same key, signed with it, that says somebody else. */
async function renamed(file: KeyFile, name: string, organisation: string): Promise<SupportCard> {
  const plain = { ...file.card, name, organisation }
  const signed = [name, organisation, plain.signKey, plain.sealKey].flatMap((field) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(field))
    return [length, Buffer.from(field)]
  })
  const keys = new DeviceKeys(await unwrapKey(file.wrapped, passphrase, 'support identity'))
  return { ...plain, signature: keys.sign('support card', Buffer.concat(signed)).toString('base64url') }
}

describe('signing in', () => {
  test('takes the key, not the card: a wrong passphrase, a foreign key and a used challenge open nothing', async () => {
    await grant(store)
    const file = await staff
    const other = await newSupportIdentity('Idris Vaughan', 'Postern support', passphrase)
    const { challenge } = await store.app.call('support.challenge', { card: JSON.stringify(file.card) })
    expect(await codeOf(signChallenge(file, 'wrong passphrase', challenge))).toBe('wrong-passphrase')
    const answer = await signChallenge(file, passphrase, challenge)
    const key = (): Buffer => Buffer.from(store.key)
    expect(
      await codeOf(
        store.app.call('support.signIn', {
          challenge,
          answer: await signChallenge(other, passphrase, challenge),
          key: key(),
        }),
      ),
    ).toBe('not-allowed')
    expect(await codeOf(store.app.call('support.signIn', { challenge, answer, key: key() })), 'good once').toBe(
      'not-allowed',
    )
    expect(await codeOf(signIn(store, other)), 'nobody knows them').toBe('not-allowed')
    expect(await logged(store)).toEqual(['identity-added', 'granted', 'sign-in-refused', 'sign-in-refused'])
  })

  test('nobody looks, or writes, under the name of another person, with a card of that name made for their own key', async () => {
    await store.put(inbox, { from: 'Priya <priya@cycle.test>' })
    const [{ id } = { id: 0 }] = await store.list()
    await grant(store, { kind: 'customer-success-manager' })
    const file = await staff
    const session = await signIn(store, { ...file, card: await renamed(file, 'Ana Owner', 'Acme') })
    expect(await session.ask('support.session', {})).toMatchObject({
      staff: 'Idris Vaughan',
      organisation: 'Postern support',
    })
    await session.ask('notes.add', { conversationId: id, text: 'hello' })
    expect((await store.call('conversations.get', { id })).notes[0]?.author).toBe('Idris Vaughan, Postern support')
    const { entries } = await store.call('accessLog.list', { limit: 200 })
    expect(new Set(entries.flatMap(({ who }) => (who.kind === 'support' ? [who.name] : [])))).toEqual(
      new Set(['Idris Vaughan']),
    )
  })

  test('a card that was changed by one letter is no card', async () => {
    const { card } = await staff
    expect(
      await codeOf(store.call('identities.add', { card: JSON.stringify({ ...card, name: 'Idris Vaugham' }) })),
    ).toBe('unreadable')
    expect(await codeOf(store.call('identities.add', { card: 'no card' }))).toBe('unreadable')
  })
})
