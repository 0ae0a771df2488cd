import { beforeEach, expect, test } from 'vitest'
import { FormerAccess } from '../../src-main/app/former-access'
import type { Keys } from '../../src-main/app/keys'
import { Mailboxes } from '../../src-main/app/mailboxes'
import type { SignIns } from '../../src-main/app/oauth'
import { PosternError } from '../../src-preload/contract/errors'

const server = (host: string) => ({ host, port: 993, security: 'tls' as const, user: 'help' })
const settings = {
  name: 'Help',
  address: 'help@mail.example',
  imap: server('imap.mail.example'),
  smtp: server('smtp.mail.example'),
}
const now = { at: 100 }
const people: { whose: string; since: number; certain: boolean; open: boolean }[] = []
const secrets = new Map<string, string>()
/** What each server lets in; `broken`: it cannot be reached. */
const lets: Record<string, string> = {}
let broken = false
const asked: string[] = []

const store = {
  call: async (name: string, input: { whose?: string; tried?: { came: string } }) => {
    if (name === 'team.former') return { mailboxId: 1, people: [...people], now: now.at }
    if (name === 'mailbox.all') return { mailboxes: [{ ...settings, id: 1 }] }
    const person = people.find(({ whose }) => whose === input.whose)
    if (name === 'team.tried' && person) person.open = input.tried?.came !== 'refused'
    return {}
  },
}
const mail = {
  call: async (name: string, { server: to, password }: { server: { host: string }; password: string }) => {
    if (name !== 'login.try') return {}
    asked.push(`${to.host} ${password}`)
    if (broken) throw new PosternError('timeout', 'no answer', { host: to.host })
    return { opens: lets[to.host] === password }
  },
}
const keys = {
  secret: async (name: string) => secrets.get(name) ?? null,
  setSecret: async (name: string, value: string) => void secrets.set(name, value),
  setSecrets: async (some: ReadonlyMap<string, string>) => some.forEach((value, name) => secrets.set(name, value)),
  removeSecret: async (name: string) => void secrets.delete(name),
}
const mailboxes = new Mailboxes(
  keys as unknown as Keys,
  {} as SignIns,
  () => store as never,
  () => mail as never,
  () => undefined,
)
const access = new FormerAccess(
  mailboxes,
  () => store as never,
  () => mail as never,
)
const kept = async (): Promise<string[]> =>
  (await mailboxes.passwords({ ...settings, id: 1 } as never)).map(({ password }) => password)
const leave = (whose: string): void => void people.push({ whose, since: (now.at += 10), certain: true, open: true })
const change = async (given: { password?: string; smtpPassword?: string }): Promise<void> => {
  now.at += 10
  await mailboxes.update(1, settings, given)
}

beforeEach(async () => {
  people.length = 0
  asked.length = 0
  secrets.clear()
  broken = false
  Object.assign(lets, { 'imap.mail.example': 'first', 'smtp.mail.example': 'first' })
  await change({ password: 'first' })
})

test('a password that still opens is not told as changed, and the new one is not kept', async () => {
  leave('bo')
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'opens', host: 'imap.mail.example' })
  expect(await kept()).toEqual(['first', 'first'])
  lets['imap.mail.example'] = 'second'
  // The outgoing server may lag behind.
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'opens', host: 'smtp.mail.example' })
  lets['smtp.mail.example'] = 'second'
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'refused', host: 'imap.mail.example' })
  expect(await kept()).toEqual(['second', 'second'])
})

test('what somebody knew is tried, not what took its place, however often that was since', async () => {
  leave('bo')
  await change({ password: 'mistyped' })
  await change({ password: 'second' })
  leave('cleo')
  expect(await access.facts('bo')).toEqual({
    address: 'help@mail.example',
    password: true,
    replaced: true,
    certain: true,
  })
  expect(await access.facts('cleo')).toMatchObject({ replaced: false })
  Object.assign(lets, { 'imap.mail.example': 'second', 'smtp.mail.example': 'second' })
  expect(await access.try('bo', null)).toMatchObject({ came: 'refused' })
  expect(asked).toEqual(['imap.mail.example first', 'smtp.mail.example first', 'imap.mail.example second'])
  expect(await access.try('cleo', null)).toMatchObject({ came: 'opens' })
  await change({ password: 'third' })
  Object.assign(lets, { 'imap.mail.example': 'third', 'smtp.mail.example': 'third' })
  expect(await access.try('cleo', null)).toMatchObject({ came: 'refused' })
  // Nobody is left who could know them.
  expect([...secrets.keys()].toSorted()).toEqual(['mailbox:1:imap', 'mailbox:1:smtp'])
})

test('a server that refuses everything, or cannot be reached, proves nothing', async () => {
  leave('bo')
  Object.assign(lets, { 'imap.mail.example': '-', 'smtp.mail.example': '-' })
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'neither' })
  broken = true
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'failed', error: { code: 'timeout' } })
  expect(await kept()).toEqual(['first', 'first'])
  expect(people).toMatchObject([{ open: true }])
})

test('an outgoing server with a password of its own keeps it, and replaced passwords are kept for nobody when nobody left', async () => {
  await change({ password: 'first', smtpPassword: 'own' })
  expect(secrets.has('mailbox:1:former')).toBe(false)
  leave('bo')
  Object.assign(lets, { 'imap.mail.example': 'second', 'smtp.mail.example': '-' })
  expect(await access.try('bo', 'second')).toMatchObject({ came: 'refused' })
  expect(await kept()).toEqual(['second', 'own'])
})

test('who signs in by browser is known by no password that could be tried', async () => {
  secrets.clear()
  leave('bo')
  expect(await access.facts('bo')).toMatchObject({ password: false })
  await expect(access.try('bo', 'second')).rejects.toMatchObject({ code: 'not-found' })
  await expect(access.facts('who')).rejects.toMatchObject({ code: 'not-found' })
  expect(asked).toEqual([])
})
