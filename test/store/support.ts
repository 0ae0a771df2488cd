import { DeviceKeys } from '../../src-main/crypto/device-keys'
import { unwrapKey } from '../../src-main/crypto/keys'
import { newSupportIdentity, type KeyFile } from '../../src-main/crypto/support-identity'
import * as z from 'zod'
import type { CallInput, CallName, CallOutput } from '../../src-preload/contract/calls'
import type { GrantWish } from '../../src-preload/contract/support'
import { pair, type Harness } from './helpers'

export const passphrase = 'a staff passphrase'
/** Argon2id takes its time on purpose: one identity serves a whole file of tests. */
export const staff = newSupportIdentity('Idris Vaughan', 'Postern support', passphrase)

const keys = new Map<KeyFile, Promise<DeviceKeys>>()
/** As `signChallenge` does, but the passphrase is stretched once for all tests. */
function opened(file: KeyFile): Promise<DeviceKeys> {
  const known =
    keys.get(file) ?? unwrapKey(file.wrapped, passphrase, 'support identity').then((secret) => new DeviceKeys(secret))
  keys.set(file, known)
  return known
}

export async function grant(
  store: Harness,
  change: Partial<GrantWish & { replaces: number }> = {},
  file?: KeyFile,
): Promise<number> {
  const { id: identityId } = await store.call('identities.add', { card: JSON.stringify((file ?? (await staff)).card) })
  const { id } = await store.call('grants.make', {
    identityId,
    kind: 'support',
    scope: 'full',
    mailboxIds: null,
    reason: 'Search skips subjects',
    reference: 'case 51207',
    endsAt: Date.now() + 86_400_000,
    ...change,
  })
  return id
}

/** What the access log says was done, oldest first. */
export const logged = async (store: Harness): Promise<string[]> =>
  (await store.call('accessLog.list', { limit: 200 })).entries.map(({ act }) => act).toReversed()

/** Somebody who looks under a grant, with a client that sends what it likes. */
export interface Looker {
  readonly session: number
  /** @throws an object with the `code` of the refusal */
  ask<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>>
  askAnything(name: string, input: unknown): Promise<unknown>
  ended: string | null
}

/** Signs in with the key file and joins as the session's window does. */
export async function signIn(store: Harness, file?: KeyFile): Promise<Looker> {
  const key = file ?? (await staff)
  const { challenge } = await store.app.call('support.challenge', { card: JSON.stringify(key.card) })
  const { session } = await store.app.call('support.signIn', {
    challenge,
    answer: (await opened(key)).sign('support sign-in', Buffer.from(challenge)).toString('base64url'),
    key: Buffer.from(store.key),
  })
  const [forStore, mine] = pair()
  store.service.joinWindow(forStore, { kind: 'support', name: key.card.name, session })
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  let next = 1
  mine.onMessage((raw) => {
    const message = Message.parse(raw)
    if (message.t === 'event') return void (looker.ended = message.event.why ?? null)
    const waiter = waiting.get(message.id)
    waiting.delete(message.id)
    if (message.t === 'answer') waiter?.resolve(message.value)
    else waiter?.reject(Object.assign(new Error(message.error.code), { code: message.error.code }))
  })
  const askAnything = (name: string, input: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = next++
      waiting.set(id, { resolve, reject })
      mine.post({ t: 'call', id, name, input })
    })
  const looker: Looker = { session, ended: null, askAnything, ask: (name, input) => askAnything(name, input) as never }
  return looker
}

const Message = z.discriminatedUnion('t', [
  z.object({ t: z.literal('event'), event: z.object({ why: z.string().optional() }) }),
  z.object({ t: z.literal('answer'), id: z.int(), value: z.unknown() }),
  z.object({ t: z.literal('refusal'), id: z.int(), error: z.object({ code: z.string() }) }),
])
