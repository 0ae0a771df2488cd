import { expect, it } from 'vitest'
import type { Keys } from '../../src-main/app/keys'
import type { Mailboxes } from '../../src-main/app/mailboxes'
import { Managed } from '../../src-main/app/managed'
import type { Provision } from '../../src-main/app/provision'
import { Provisioning } from '../../src-main/app/provisioning'
import { PosternError } from '../../src-preload/contract/errors'
import { policyInMemory } from './policy-in-memory'

const server = { host: 'mail.example', port: 993, security: 'tls' as const, user: 'team' }
const mailbox = { name: 'Team', address: 'Team@mail.example', imap: server, smtp: server }

/** A policy that can be written anew, and what was asked of the mailboxes because of it. */
async function managedBy(policy: object, keyIn: 'keychain' | 'passphrase' = 'keychain') {
  const { watch, write } = policyInMemory(JSON.stringify(policy))
  await watch.start()
  const kept: Record<string, unknown> = {}
  const call = async (name: string, values: object) => {
    if (name === 'mailbox.all') return { mailboxes: [{ ...mailbox, id: 1 }] }
    if (name === 'settings.set') Object.assign(kept, values)
    return kept
  }
  const asked: Provision['mailboxes'][] = []
  const mailboxes = { provision: async (file: Provision) => void asked.push(file.mailboxes) }
  const managed = new Managed(
    watch,
    { keyIn } as unknown as Keys,
    mailboxes as unknown as Mailboxes,
    () => ({ call }) as never,
  )
  const says = async (next: object): Promise<void> => {
    await new Promise<void>((heard) => {
      watch.onChange(() => heard())
      write(JSON.stringify(next))
    })
  }
  return { managed, says, asked }
}

it('what the team made of a managed mailbox is not undone at each start, only when policy says something else', async () => {
  const identity = { displayName: 'Northwind help', shows: 'both' as const }
  const { managed, says, asked } = await managedBy({ mailboxes: [{ ...mailbox, identity }] })
  const given = async () => {
    await managed.provision()
    return asked.at(-1)?.[0]?.identity
  }
  expect(await given()).toEqual(identity)
  expect(await given()).toBeUndefined()
  await says({ mailboxes: [{ ...mailbox, identity: { ...identity, shows: 'mailbox' } }] })
  expect(await given()).toMatchObject({ shows: 'mailbox' })
  await says({})
  await managed.provision()
  await says({ mailboxes: [{ ...mailbox, identity }] })
  expect(await given()).toEqual(identity)
})

it('a key in the keychain is not used while policy wants a passphrase, from the moment that it says so', async () => {
  const { managed, says } = await managedBy({ appLock: 'optional' })
  const found = { is: 'ready', key: Buffer.alloc(32), keyIn: 'keychain' } as const
  expect(managed.objection(found)).toBeNull()
  await says({ appLock: 'required' })
  expect(managed.wantsPassphrase).toBe(true)
  expect(managed.objection(found)).toMatchObject({ phase: 'set-passphrase' })
  expect(() => managed.refuseWithoutPassphrase()).toThrow(expect.objectContaining({ code: 'not-allowed' }))
  expect((await managedBy({ appLock: 'required' }, 'passphrase')).managed.wantsPassphrase).toBe(false)
})

it('a managed mailbox is not changed or removed, however its address is written', async () => {
  const { managed } = await managedBy({ mailboxes: [{ ...mailbox, address: 'team@MAIL.example' }] })
  const named = { ...mailbox, address: 'team@MAIL.example' }
  await managed.refuseChange(1, named)
  for (const change of [null, { ...named, name: 'Ours' }, { ...named, imap: { ...server, host: 'elsewhere.example' } }])
    await expect(managed.refuseChange(1, change)).rejects.toMatchObject({ detail: { managed: true } })
})

it('a policy that could not be followed is not complained of once it can, nor because the store went away meanwhile', async () => {
  const answers: (PosternError | null)[] = [
    new PosternError('conflict', 'taken', { what: 'the address is taken' }),
    new PosternError('service-restarting'),
    null,
  ]
  let told = 0
  const managed = {
    provision: async () => {
      const fault = answers.shift()
      if (fault) throw fault
    },
  }
  const provisioning = new Provisioning(null, {} as Mailboxes, managed as unknown as Managed, () => (told += 1))
  await provisioning.opened()
  expect(provisioning.failure).toBe('the address is taken')
  await provisioning.policyChanged()
  expect(provisioning.failure).toBe('the address is taken')
  await provisioning.policyChanged()
  expect(provisioning.failure).toBeNull()
  expect(told).toBe(2)
})
