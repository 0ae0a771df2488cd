import { expect, it } from 'vitest'
import type { Keys } from '../../src-main/app/keys'
import { Mailboxes } from '../../src-main/app/mailboxes'
import type { SignIns } from '../../src-main/app/oauth'
import { PosternError } from '../../src-preload/contract/errors'
import { serviceFor } from '../../src-main/shared/providers'

const gmail = 'imap.gmail.com'
function make(managed: { host: string; clientId: string }[], own: unknown): Mailboxes {
  const store = { call: async () => ({ oauthClients: own }) }
  return new Mailboxes(
    {} as Keys,
    {} as SignIns,
    () => store as never,
    () => ({}) as never,
    () => undefined,
    () => managed,
  )
}

it('a client id that IT prescribes for a server is not replaced by one that a person gave', async () => {
  const own = [{ host: gmail, clientId: 'mine' }]
  expect(
    serviceFor(gmail, ['imap'], await make([{ host: '*.gmail.com', clientId: 'ours' }], own).oauthClients(gmail))
      ?.clientId,
  ).toBe('ours')
  expect(
    serviceFor(gmail, ['imap'], await make([{ host: '*.example.com', clientId: 'ours' }], own).oauthClients(gmail))
      ?.clientId,
  ).toBe('mine')
})

it('settings that do not fit give no client, and a server without any asks for one', async () => {
  expect(serviceFor(gmail, ['imap'], await make([], [{ host: gmail }, 7]).oauthClients(gmail))?.clientId).toBe('')
  expect(
    serviceFor('imap.elsewhere.example', ['imap'], await make([], 'x').oauthClients('imap.elsewhere.example')),
  ).toBeNull()
})

it('an issuer without https, or a pattern that only looks alike, gives no client', async () => {
  const clients = await make(
    [],
    [
      { host: 'mail.example', clientId: 'x', issuer: 'http://idp.example' },
      { host: '*.gmail.com', clientId: 'y' },
    ],
  ).oauthClients('imap.notgmail.com')
  expect(clients.map((one) => one.clientId)).toEqual(['y'])
  expect(serviceFor('imap.notgmail.com', ['imap'], clients)).toBeNull()
})

it('mail that is not up keeps nobody from adding a mailbox, and no start makes it get ready for one that is there', async () => {
  const asked: string[] = []
  const call = async (name: string) => {
    asked.push(name)
    return { id: 4, existed: true }
  }
  let up = false
  const mailboxes = new Mailboxes(
    {} as Keys,
    {} as SignIns,
    () => ({ call }) as never,
    () => {
      if (!up) throw new PosternError('service-restarting')
      return { call } as never
    },
    () => undefined,
  )
  expect(() => mailboxes.comes()).not.toThrow()
  up = true
  mailboxes.comes()
  const server = { host: 'mail.example', port: 993, security: 'tls' as const, user: 'team' }
  await mailboxes.add({ name: 'Team', address: 'team@mail.example', imap: server, smtp: server }, {})
  expect(asked).toEqual(['mailbox.coming', 'mailbox.create'])
})

it('a mailbox that is set up is not begun twice, nor before its depth is known', async () => {
  const asked: [string, unknown][] = []
  const kept: object[] = []
  const rpc = (there: boolean) => ({
    call: async (name: string, input: unknown) => {
      asked.push([name, input])
      return name === 'mailbox.create' ? { id: 4, existed: there } : { mailboxes: kept }
    },
  })
  const keys = { secret: async () => null, setSecrets: async () => undefined }
  const server = { host: 'mail.example', port: 993, security: 'tls' as const, user: 'team' }
  const mailbox = { name: 'Team', address: 'team@mail.example', imap: server, smtp: server }
  const depth = { bodies: 'months' as const, months: 6, largest: null, pace: 'auto' as const }
  const provision = async (there: boolean) => {
    asked.length = 0
    const { call } = rpc(there)
    await new Mailboxes(
      keys as unknown as Keys,
      {} as SignIns,
      () => ({ call }) as never,
      () => ({ call }) as never,
      () => undefined,
    ).provision({ version: 1, mailboxes: [{ ...mailbox, depth }] })
    return asked.map(([name]) => name).filter((name) => name !== 'mailbox.all')
  }
  expect(await provision(false)).toEqual(['mailbox.create', 'mailbox.changed'])
  expect(asked[0]?.[1]).toMatchObject({ depth })
  kept.push({ ...mailbox, name: 'Ours', id: 4, depth: { ...depth, months: 12 } })
  expect(await provision(true)).toEqual(['mailbox.create', 'mailbox.depth', 'mailbox.update', 'mailbox.changed'])
  // What is as the file says is left alone: its connections go on.
  kept.splice(0, 1, { ...mailbox, id: 4, depth })
  expect(await provision(true)).toEqual(['mailbox.create'])
})

it('one mailbox that cannot be set up does not keep those behind it from being there', async () => {
  const made: string[] = []
  const server = { host: 'mail.example', port: 993, security: 'tls' as const, user: 'team' }
  const of = (name: string) => ({ name, address: `${name}@mail.example`, imap: server, smtp: server })
  let faults: Record<string, PosternError> = { first: new PosternError('conflict', 'taken', { what: 'it is taken' }) }
  const call = async (name: string, { settings }: { settings?: { name: string } }) => {
    if (name !== 'mailbox.create' || !settings) return {}
    const fault = faults[settings.name]
    if (fault) throw fault
    return { id: made.push(settings.name), existed: false }
  }
  const mailboxes = new Mailboxes(
    { secret: async () => null } as unknown as Keys,
    {} as SignIns,
    () => ({ call }) as never,
    () => ({ call }) as never,
    () => undefined,
  )
  const provision = () => mailboxes.provision({ version: 1, mailboxes: ['first', 'second', 'third'].map(of) })
  await expect(provision()).rejects.toMatchObject({ code: 'conflict', detail: { what: 'it is taken' } })
  expect(made).toEqual(['second', 'third'])
  // The store went away behind it: the rest is not given up because of the first.
  faults = { ...faults, third: new PosternError('service-restarting') }
  await expect(provision()).rejects.toMatchObject({ code: 'service-restarting' })
})

it('a mailbox whose password the keychain does not take is not left behind without one: it can be added again', async () => {
  let there: number | null = null
  let dead = true
  const call = async (name: string) => {
    if (name === 'mailbox.remove') there = null
    if (name !== 'mailbox.create') return {}
    const existed = there !== null
    return { id: (there ??= 4), existed }
  }
  const keys = {
    secret: async () => null,
    setSecrets: async () => {
      if (dead) throw new PosternError('keychain-failed')
    },
  }
  const mailboxes = new Mailboxes(
    keys as unknown as Keys,
    {} as SignIns,
    () => ({ call }) as never,
    () => ({ call }) as never,
    () => undefined,
  )
  const server = { host: 'mail.example', port: 993, security: 'tls' as const, user: 'team' }
  const add = () =>
    mailboxes.add({ name: 'Team', address: 'team@mail.example', imap: server, smtp: server }, { password: 'p' })
  await expect(add()).rejects.toMatchObject({ code: 'keychain-failed' })
  dead = false
  expect(await add()).toEqual({ id: 4, existed: false })
})

it('a mailbox that the store could not remove goes on being fetched and sent from', async () => {
  const told: string[] = []
  const mailboxes = new Mailboxes(
    { secret: async () => null } as unknown as Keys,
    {} as SignIns,
    () =>
      ({
        call: async () => {
          throw new PosternError('disk-full')
        },
      }) as never,
    () => ({ call: async (name: string) => void told.push(name) }) as never,
    () => undefined,
  )
  await expect(mailboxes.remove(4)).rejects.toMatchObject({ code: 'disk-full' })
  expect(told).toEqual(['mailbox.removed', 'mailbox.changed'])
})

it('the password and the permission of a mailbox do not outlive it because the keychain was locked: it can be removed again', async () => {
  let dead = true
  const secrets = new Map([
    ['mailbox:4:imap', JSON.stringify({ host: 'mail.example', port: 993, user: 'team', grant: 'g1' })],
    ['mailbox:4:smtp', JSON.stringify({ host: 'mail.example', port: 465, user: 'team', password: 'p' })],
  ])
  const alive = (): void => {
    if (dead) throw new PosternError('keychain-failed')
  }
  const keys = {
    secret: async (name: string) => (alive(), secrets.get(name) ?? null),
    removeSecret: async (name: string) => void (alive(), secrets.delete(name)),
  }
  const forgotten: [string, boolean][] = []
  const signIns = { forget: async (id: string, tellProvider: boolean) => void forgotten.push([id, tellProvider]) }
  const asked: string[] = []
  const call = async (name: string) => (asked.push(name), {})
  const mailboxes = new Mailboxes(
    keys as unknown as Keys,
    signIns as unknown as SignIns,
    () => ({ call }) as never,
    () => ({ call }) as never,
    () => undefined,
  )
  await expect(mailboxes.remove(4)).rejects.toMatchObject({ code: 'keychain-failed' })
  expect(asked).toEqual([])
  dead = false
  await mailboxes.remove(4)
  expect(asked).toEqual(['mailbox.removed', 'mailbox.remove'])
  expect([...secrets.keys(), ...forgotten]).toEqual([['g1', true]])
})
