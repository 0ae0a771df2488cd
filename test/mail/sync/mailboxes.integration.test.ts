import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  storeForMail,
  mailForStore,
  type Handlers,
  type MailForStore,
  type StoreForMail,
} from '../../../src-preload/contract/internal'
import { Mailboxes } from '../../../src-main/mail/mailboxes'
import { joinPort, type Port, type Rpc } from '../../../src-main/shared/port-rpc'
import { startDovecot } from '../../servers/dovecot.mjs'
import {
  inlineParser,
  mailboxAt,
  seed,
  serverAt,
  serverDigest,
  untilIdle,
  user,
  waitFor,
  type Dovecot,
} from '../harness'
import { MemoryStore } from '../memory-store'

let dovecot: Dovecot
beforeAll(async () => {
  dovecot = await startDovecot({ users: [user] })
  seed(dovecot, 60)
})
afterAll(() => dovecot.stop())

/** A pair of ports in one process, as a MessageChannel would be. */
function pair(): [Port & { close: () => void }, Port] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []]
  const closed: (() => void)[] = []
  const side = (mine: 0 | 1): Port => ({
    post: (message) => {
      for (const listener of listeners[mine === 0 ? 1 : 0]) setImmediate(() => listener(structuredClone(message)))
    },
    onMessage: (listener) => void listeners[mine].push(listener),
    onClose: (listener) => void closed.push(listener),
  })
  return [
    {
      ...side(0),
      close: () => {
        for (const listener of closed) listener()
      },
    },
    side(1),
  ]
}

function connect(store: MemoryStore): { rpc: Rpc<StoreForMail>; die: () => void } {
  const [storeSide, mailSide] = pair()
  const handlers = Object.fromEntries(
    Object.keys(storeForMail).map((name) => [
      name,
      (input: never) => store.port.call(name as keyof StoreForMail, input),
    ]),
  ) as unknown as Handlers<StoreForMail>
  joinPort(storeSide, storeForMail, handlers, mailForStore)
  const nothing: Handlers<MailForStore> = {
    'part.extract': () => ({ type: '', bytes: new Uint8Array() }),
    'image.fetch': () => ({ type: '', bytes: new Uint8Array() }),
    'outbox.wake': () => ({}),
    'ops.wake': () => ({}),
    'sync.now': () => ({}),
    'team.wake': () => ({}),
    'team.tryNats': () => ({}),
    'network.rules': () => ({}),
    'imports.wake': () => ({}),
    'message.fetch': () => {
      throw new Error('not asked')
    },
  }
  return { rpc: joinPort(mailSide, mailForStore, nothing, storeForMail), die: storeSide.close }
}

test('a store that ends and comes back neither stops the sync nor loses mail', async () => {
  const mailbox = mailboxAt(serverAt(dovecot.port))
  const app = { call: async () => ({ user: user.name, password: user.password }) as never }
  const mailboxes = new Mailboxes({ app, parser: inlineParser })
  mailboxes.start()
  const first = new MemoryStore([mailbox])
  let pages = 0
  first.beforePage = () => {
    pages += 1
  }
  const one = connect(first)
  mailboxes.connectStore(one.rpc)
  await waitFor(() => pages > 0)
  one.die()
  await new Promise((resolve) => setTimeout(resolve, 200))
  const second = new MemoryStore([mailbox])
  second.folders.push(...structuredClone(first.folders))
  mailboxes.connectStore(connect(second).rpc)
  await untilIdle(second)
  expect(second.digest()).toMatchObject(serverDigest(dovecot, ['INBOX']))
  await mailboxes.stop()
})

test('a paused mailbox does not connect; a removed one stops', async () => {
  const mailbox = { ...mailboxAt(serverAt(dovecot.port)), paused: true }
  let asked = 0
  const app = {
    call: async () => {
      asked += 1
      return { user: user.name, password: user.password } as never
    },
  }
  const mailboxes = new Mailboxes({ app, parser: inlineParser })
  const store = new MemoryStore([mailbox])
  mailboxes.connectStore(connect(store).rpc)
  mailboxes.start()
  await waitFor(() => store.progress?.state === 'paused')
  expect(asked).toBe(0)
  store.mailboxes[0] = { ...mailbox, paused: false }
  mailboxes.changed(1)
  await untilIdle(store)
  mailboxes.removed(1)
  await new Promise((resolve) => setTimeout(resolve, 300))
  const before = store.pages
  seed(dovecot, 1, 'INBOX', 60)
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(store.pages).toBe(before)
  await mailboxes.stop()
})

test('the team’s link does not go on over a mailbox that was removed from this computer', async () => {
  const app = { call: async () => ({ user: user.name, password: user.password }) as never }
  const mailboxes = new Mailboxes({ app, parser: inlineParser })
  const store = new MemoryStore([mailboxAt(serverAt(dovecot.port))])
  store.team = { mailboxId: 1, team: '', device: 'a'.repeat(16), carrier: { kind: 'mailbox' } }
  mailboxes.connectStore(connect(store).rpc)
  mailboxes.start()
  await waitFor(() => store.teamStates.at(-1) === 'live')
  mailboxes.removed(1)
  // The store hears of it a moment later.
  await new Promise((resolve) => setTimeout(resolve, 300))
  store.mailboxes.length = 0
  await waitFor(() => store.teamStates.at(-1) === 'offline')
  expect(dovecot.doveadm('who', '-1', user.name)).not.toContain('imap')
  await mailboxes.stop()
})

test('the team’s link goes on over a mailbox that the store could not remove', async () => {
  const app = { call: async () => ({ user: user.name, password: user.password }) as never }
  const mailboxes = new Mailboxes({ app, parser: inlineParser })
  const store = new MemoryStore([mailboxAt(serverAt(dovecot.port))])
  store.team = { mailboxId: 1, team: '', device: 'a'.repeat(16), carrier: { kind: 'mailbox' } }
  mailboxes.connectStore(connect(store).rpc)
  mailboxes.start()
  await waitFor(() => store.teamStates.at(-1) === 'live')
  mailboxes.removed(1)
  await waitFor(() => store.teamStates.at(-1) === 'offline')
  mailboxes.changed(1)
  await waitFor(() => store.teamStates.at(-1) === 'live')
  await mailboxes.stop()
})

test('a wrong password is not tried again until something changes', async () => {
  const mailbox = mailboxAt(serverAt(dovecot.port))
  let asked = 0
  let password = 'wrong'
  const app = {
    call: async () => {
      asked += 1
      return { user: user.name, password } as never
    },
  }
  const mailboxes = new Mailboxes({ app, parser: inlineParser })
  const store = new MemoryStore([mailbox])
  mailboxes.connectStore(connect(store).rpc)
  mailboxes.start()
  await waitFor(() => store.progress?.state === 'auth-failed')
  const tries = asked
  await new Promise((resolve) => setTimeout(resolve, 2_500))
  expect(asked).toBe(tries)
  password = user.password
  mailboxes.changed(1)
  await untilIdle(store)
  await mailboxes.stop()
})
