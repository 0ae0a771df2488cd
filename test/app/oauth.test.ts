import { rmSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PosternError } from '../../src-preload/contract/errors'
import type { MailboxSettings } from '../../src-preload/contract/mailboxes'
import type { OauthService, OauthTokens } from '../../src-preload/contract/sign-in'
import { Keys } from '../../src-main/app/keys'
import { SignIns } from '../../src-main/app/oauth'
import { tempFolder } from '../servers/process.mjs'
import { keychainInMemory } from './keychain'

const service: OauthService = {
  name: 'Test',
  issuer: 'https://idp.test',
  endpoints: null,
  clientId: 'x',
  clientSecret: null,
  scope: 'mail',
  parameters: {},
}
const endpoints = { authorization: 'https://idp.test/a', token: 'https://idp.test/t' }
const server = { host: 'imap.test', port: 993, security: 'tls', user: 'help@x.test', signIn: 'oauth' } as const
const settings: MailboxSettings = {
  name: 'Help',
  address: 'help@x.test',
  imap: server,
  smtp: { ...server, host: 'smtp.test', port: 465 },
}
const hour = 3600_000

let profile: string
let keychain: ReturnType<typeof keychainInMemory>
/** What the provider was asked with, and what it does next. */
let asked: string[]
let provider: (refreshToken: string) => Promise<OauthTokens>
let opened: string[]

const tokens = (n: number, change: Partial<OauthTokens> = {}): OauthTokens => ({
  accessToken: `access-${n}`,
  accessUntil: Date.now() + hour,
  refreshToken: `refresh-${n}`,
  refreshUntil: null,
  scope: 'mail',
  address: null,
  ...change,
})

async function ready(): Promise<SignIns> {
  const keys = new Keys(profile, keychain)
  await keys.find()
  const mail = {
    call: async (name: string, input: { refreshToken?: string }) => {
      if (name === 'oauth.signIn') return { tokens: tokens(1), endpoints }
      if (name !== 'oauth.refresh') return {}
      asked.push(input.refreshToken ?? '')
      return provider(input.refreshToken ?? '')
    },
  }
  return new SignIns(
    keys,
    () => mail as never,
    async (url) => void opened.push(url),
    () => undefined,
  )
}

async function signedIn(signIns: SignIns, change: Partial<OauthTokens> = {}): Promise<string> {
  signIns.start('s', service, settings, ['imap'], 'browser')
  await new Promise((resolve) => setTimeout(resolve, 5))
  const id = await signIns.keep('s')
  if (change.accessUntil !== undefined) signIns.clear()
  return id
}

beforeEach(() => {
  profile = tempFolder('oauth')
  keychain = keychainInMemory()
  asked = []
  opened = []
  provider = async (used) => tokens(Number(used.split('-')[1]) + 1)
})
afterEach(() => rmSync(profile, { recursive: true, force: true }))

it('many who need a fresh token at once use the refresh token once, and the rotated one is kept (R33)', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  signIns.clear()
  provider = async () => {
    await new Promise((resolve) => setTimeout(resolve, 20))
    return tokens(2)
  }
  const got = await Promise.all(Array.from({ length: 20 }, () => signIns.token(id, server, false)))
  expect(new Set(got)).toEqual(new Set(['access-2']))
  expect(asked).toEqual(['refresh-1'])
  signIns.clear()
  provider = async () => tokens(3)
  expect(await signIns.token(id, server, false)).toBe('access-3')
  expect(asked).toEqual(['refresh-1', 'refresh-2'])
})

it('the rotated refresh token is in the keychain before its access token is used, so that a kill in between costs nothing (R33)', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  signIns.clear()
  const set = keychain.set
  // Killed at the very moment of keeping it: nobody ever saw the access token, and the next start asks with what is kept.
  keychain.set = async () => {
    throw new Error('killed')
  }
  await expect(signIns.token(id, server, false)).rejects.toThrow()
  keychain.set = set
  const next = await ready()
  provider = async () => {
    throw new PosternError('sign-in-needed', 'invalid_grant')
  }
  await expect(next.token(id, server, false)).rejects.toMatchObject({ code: 'sign-in-needed' })
  expect(asked).toEqual(['refresh-1', 'refresh-1'])
})

it('a refresh token that the keychain does not take at once is not lost: nobody has to sign in again for that (R33)', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  signIns.clear()
  // The provider takes each refresh token once.
  let good = 1
  provider = async (used) => {
    if (used !== `refresh-${good}`) throw new PosternError('sign-in-needed', 'invalid_grant')
    good += 1
    return tokens(good)
  }
  const { set } = keychain
  keychain.set = async () => {
    throw new PosternError('keychain-failed')
  }
  await expect(signIns.token(id, server, false)).rejects.toMatchObject({ code: 'keychain-failed' })
  await expect(signIns.token(id, server, false)).rejects.toMatchObject({ code: 'keychain-failed' })
  keychain.set = set
  expect(await signIns.token(id, server, false)).toBe(`access-${good}`)
  expect(asked).toEqual(['refresh-1', 'refresh-2', 'refresh-3'])
  // And the last one is kept; before a lock or the end too.
  keychain.set = async () => {
    throw new PosternError('keychain-failed')
  }
  await expect(signIns.token(id, server, true)).rejects.toMatchObject({ code: 'keychain-failed' })
  keychain.set = set
  await signIns.renewed()
  signIns.clear()
  expect(await (await ready()).token(id, server, false)).toBe(`access-${good}`)
  expect(asked.at(-1)).toBe('refresh-5')
})

it('invalid_grant asks the person once: the provider is not asked again, not even after a restart (R33)', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  signIns.clear()
  provider = async () => {
    throw new PosternError('sign-in-needed', 'invalid_grant')
  }
  for (let i = 0; i < 5; i++)
    await expect(signIns.token(id, server, false)).rejects.toMatchObject({ code: 'sign-in-needed' })
  await expect((await ready()).token(id, server, false)).rejects.toMatchObject({ code: 'sign-in-needed' })
  expect(asked).toEqual(['refresh-1'])
  const grant = await signIns.grant(id)
  expect(grant && signIns.stateOf(grant)).toBe('needed')
})

it('a network that is gone does not end the permission', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  signIns.clear()
  provider = async () => {
    throw new PosternError('offline')
  }
  await expect(signIns.token(id, server, false)).rejects.toMatchObject({ code: 'offline' })
  provider = async () => tokens(2)
  expect(await signIns.token(id, server, false)).toBe('access-2')
})

it('a token never goes to a host or port that it was not bound to at sign-in, kept or not yet kept (R34)', async () => {
  const signIns = await ready()
  signIns.start('t', service, settings, ['imap'], 'browser')
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(signIns.pendingToken('t', server)).toBe('access-1')
  for (const other of [{ ...server, host: 'evil.test' }, { ...server, port: 143 }, settings.smtp]) {
    expect(() => signIns.pendingToken('t', other)).toThrow(PosternError)
  }
  const id = await signIns.keep('t')
  for (const other of [{ ...server, host: 'evil.test' }, { ...server, port: 143 }, settings.smtp]) {
    await expect(signIns.token(id, other, false)).rejects.toMatchObject({ code: 'sign-in-needed' })
  }
  expect(asked).toEqual([])
})

it('no token is in a file of the profile, and access tokens are not even in the keychain (R33, R53)', async () => {
  const signIns = await ready()
  await signedIn(signIns)
  expect([...keychain.values.values()].join(' ')).toContain('refresh-1')
  expect([...keychain.values.values()].join(' ')).not.toContain('access-1')
})

it('the end of a permission is forecast a week before, and a permission that does not last is named so', async () => {
  const signIns = await ready()
  const id = await signedIn(signIns)
  const grant = await signIns.grant(id)
  if (!grant) throw new Error('no grant')
  expect(signIns.stateOf(grant)).toBe('good')
  expect(signIns.stateOf({ ...grant, endsAt: Date.now() + 6 * 24 * hour })).toBe('ends-soon')
  expect(signIns.stateOf({ ...grant, endsAt: Date.now() + 8 * 24 * hour })).toBe('good')
  expect(signIns.stateOf({ ...grant, endsAt: Date.now() - 1 })).toBe('needed')
  expect(signIns.stateOf({ ...grant, lasting: false })).toBe('not-lasting')
})

it('only an https page is opened in the browser', async () => {
  const signIns = await ready()
  signIns.start('u', service, settings, ['imap'], 'browser')
  await signIns.step('u', { kind: 'browser', url: 'https://idp.test/a?x' })
  await expect(signIns.step('u', { kind: 'browser', url: 'file:///etc/passwd' })).rejects.toMatchObject({
    code: 'not-allowed',
  })
  expect(opened).toEqual(['https://idp.test/a?x'])
})
