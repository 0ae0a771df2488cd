import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OauthService, SignInStep } from '../../../src-preload/contract/sign-in'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { refresh, revoke, signIn, type Granted } from '../../../src-main/mail/accounts/oauth'
import { browserMs, openLoopback } from '../../../src-main/mail/accounts/oauth-loopback'
import { SmtpSession } from '../../../src-main/mail/send/smtp-session'
import { startDovecot } from '../../servers/dovecot.mjs'
import { startOauth } from '../../servers/oauth.mjs'
import { visit } from '../../servers/oauth-visit.mjs'
import { canRunPostfix, startPostfix } from '../../servers/postfix.mjs'
import { makeCertificates, trust } from '../../servers/tls.mjs'

const account = 'help@northwindbikes.example'
const certificates = makeCertificates()
let server: Awaited<ReturnType<typeof startOauth>>
let dovecot: Awaited<ReturnType<typeof startDovecot>>

const service = (change: Partial<OauthService> = {}): OauthService => ({
  name: 'Test',
  issuer: server.issuer,
  endpoints: null,
  clientId: server.clientId,
  clientSecret: null,
  scope: 'openid email offline_access mail',
  parameters: { prompt: 'consent' },
  ...change,
})
const imapAt = (): { host: string; port: number; security: 'none'; user: string } => ({
  host: '127.0.0.1',
  port: dovecot.port,
  security: 'none',
  user: account,
})

/** Signs in; `browser` is what the person's browser does with the address. */
async function run(
  browser: (url: string) => Promise<unknown>,
  change: Partial<OauthService> = {},
  signal = new AbortController().signal,
): Promise<Granted> {
  let went: Promise<unknown> = Promise.resolve()
  const done = signIn(
    service(change),
    account,
    'browser',
    (step) => {
      went = browser(step.url)
    },
    signal,
  )
  const [granted] = await Promise.all([done, done.then(() => went)])
  return granted
}

beforeAll(async () => {
  trust(certificates)
  server = await startOauth({ tls: certificates.good })
  dovecot = await startDovecot({ users: [{ name: account, password: 'right-password' }], config: server.dovecotConfig })
})
afterAll(async () => {
  await dovecot.stop()
  await server.stop()
})

describe('the browser', () => {
  test('a sign-in sends PKCE S256 and a state, comes back to 127.0.0.1, and its token opens IMAP and SMTP (R32)', async () => {
    let asked = new URL('https://none.test')
    const { tokens, endpoints } = await run((url) => {
      asked = new URL(url)
      return visit(url, account)
    })
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      login_hint: account,
    })
    expect(asked.searchParams.get('redirect_uri')).toMatch(/^http:\/\/127\.0\.0\.1:\d{4,5}\/$/)
    expect(asked.searchParams.get('state')).toMatch(/^[\w-]{43}$/)
    expect(tokens).toMatchObject({ address: account, scope: expect.stringContaining('mail') })
    expect(endpoints.token).toBe(`${server.issuer}/token`)
    const session = await ImapSession.open(imapAt(), { user: account, accessToken: tokens.accessToken })
    expect(await session.status('INBOX')).toMatchObject({ exists: 0 })
    await session.close()
    await expect(ImapSession.open(imapAt(), { user: account, accessToken: 'made-up' })).rejects.toMatchObject({
      code: 'auth-refused',
    })
    if (!canRunPostfix()) return
    const postfix = await startPostfix({
      sasl: { dovecotAuthSocket: dovecot.authSocket },
      tls: { ...certificates.good },
    })
    const smtp = { host: 'localhost', port: postfix.tlsPort ?? 0, security: 'tls', user: account } as const
    const good = await SmtpSession.connect(smtp)
    await good.login({ user: account, accessToken: tokens.accessToken })
    expect(
      (
        await good.send(
          { from: account, to: ['priya@harbourcycle.example'] },
          Buffer.from(`From: ${account}\r\nSubject: x\r\n\r\nHello\r\n`),
          async () => undefined,
        )
      ).state,
    ).toBe('accepted')
    good.quit()
    const bad = await SmtpSession.connect(smtp)
    await expect(bad.login({ user: account, accessToken: 'made-up' })).rejects.toMatchObject({ code: 'auth-refused' })
    bad.quit()
    await postfix.stop()
  })

  test('a wrong state, another path, another host name or another method neither ends nor feeds the sign-in (R32)', async () => {
    const seen: number[] = []
    await run(async (url) => {
      const back = new URL(new URL(url).searchParams.get('redirect_uri') ?? '')
      const state = new URL(url).searchParams.get('state') ?? ''
      for (const [path, init] of [
        ['/?code=stolen&state=wrong', {}],
        ['/?code=stolen', {}],
        [`/else?code=stolen&state=${state}`, {}],
        [`/?code=stolen&state=${state}`, { method: 'POST' }],
        [`/?error=access_denied&state=wrong`, {}],
      ] as const)
        seen.push((await fetch(new URL(path, back), init)).status)
      await visit(url, account)
    })
    expect(seen).toEqual([404, 404, 404, 404, 404])
  })

  test('a code comes through once: the listener is gone afterwards, and the provider takes no code twice (R32)', async () => {
    let back = ''
    await run(async (url) => {
      const end = await visit(url, account, { until: (at) => at.startsWith('http://127.0.0.1') })
      back = end.url
      await fetch(back)
    })
    await new Promise((resolve) => setTimeout(resolve, 700))
    await expect(fetch(back)).rejects.toThrow()
  })

  test('a code that another listener came by is worth nothing: its port is taken, and the secret of this sign-in is missing (R32)', async () => {
    const redeemed: number[] = []
    const taken: string[] = []
    await run(async (url) => {
      const { url: back } = await visit(url, account, { until: (at) => at.startsWith('http://127.0.0.1') })
      const { port, origin } = new URL(back)
      const second = net.createServer()
      second.listen({ port: Number(port), host: '127.0.0.1' })
      const [error] = await once(second, 'error')
      taken.push(error.code)
      for (const verifier of [null, 'a'.repeat(43)]) {
        const form = new URLSearchParams({
          grant_type: 'authorization_code',
          code: new URL(back).searchParams.get('code') ?? '',
          redirect_uri: `${origin}/`,
          client_id: server.clientId,
          ...(verifier !== null && { code_verifier: verifier }),
        })
        redeemed.push((await fetch(`${server.issuer}/token`, { method: 'POST', body: form })).status)
      }
      await fetch(back)
    }).catch(() => undefined)
    expect(taken).toEqual(['EADDRINUSE'])
    expect(redeemed).toEqual([400, 400])
  })

  test('the way back closes by itself, after five minutes at most (R32)', async () => {
    expect(browserMs).toBeLessThanOrEqual(5 * 60_000)
    const { redirectUri, parameters } = await openLoopback('state', new AbortController().signal, 100)
    await expect(parameters).rejects.toMatchObject({ code: 'timeout' })
    await expect(fetch(redirectUri)).rejects.toThrow()
  })

  test('an answer of another issuer is refused though its state is right (RFC 9207)', async () => {
    await expect(
      run(async (url) => {
        const { url: back } = await visit(url, account, { until: (at) => at.startsWith('http://127.0.0.1') })
        const forged = new URL(back)
        forged.searchParams.set('iss', 'https://evil.example')
        await fetch(forged)
      }),
    ).rejects.toMatchObject({ code: 'server-broken' })
  })

  test('a person who refuses, cancels or has a client that nobody knows gets told which', async () => {
    await expect(
      run(async (url) => {
        const { redirect_uri: back = '', state = '' } = Object.fromEntries(new URL(url).searchParams)
        await fetch(`${back}?error=access_denied&state=${state}&iss=${encodeURIComponent(server.issuer)}`)
      }),
    ).rejects.toMatchObject({ code: 'cancelled' })
    const cancel = new AbortController()
    await expect(run(async () => cancel.abort(), {}, cancel.signal)).rejects.toMatchObject({ code: 'cancelled' })
    await expect(run(async () => undefined, { clientId: '' })).rejects.toMatchObject({ code: 'oauth-client-missing' })
  })

  test('a provider behind a bad certificate or without https is never asked, whatever was pinned elsewhere (R29)', async () => {
    const fake = await startOauth({ tls: certificates.unknownCa })
    await expect(run(async () => undefined, { issuer: fake.issuer })).rejects.toMatchObject({
      code: 'certificate-not-trusted',
    })
    await fake.stop()
    await expect(
      run(async () => undefined, { endpoints: { authorization: 'http://localhost/a', token: 'http://localhost/t' } }),
    ).rejects.toMatchObject({ code: 'plaintext-refused' })
  })
})

test('the code of the device flow is shown, waits for the person, and gives a token', async () => {
  const steps: SignInStep[] = []
  const done = signIn(
    service(),
    account,
    'device',
    (step) => {
      steps.push(step)
      if (step.kind === 'device') void visit(`${step.url}?user_code=${step.userCode}`, account)
    },
    new AbortController().signal,
  )
  const { tokens } = await done
  expect(steps).toMatchObject([{ kind: 'device', userCode: expect.stringMatching(/^[\w-]+$/) }])
  const session = await ImapSession.open(imapAt(), { user: account, accessToken: tokens.accessToken })
  await session.close()
})

test('a poll that is lost, or finds the provider out of order, does not end a sign-in by code: it is asked again, less often (RFC 8628)', async () => {
  const polls: number[] = []
  const provider = https.createServer(
    { cert: readFileSync(certificates.good.cert), key: readFileSync(certificates.good.key) },
    (request, response) => {
      const says = (status: number, value: object) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
      if (request.url === '/device') {
        const verification_uri = 'https://localhost/go'
        says(200, { device_code: 'd', user_code: 'U', verification_uri, expires_in: 60, interval: 1 })
        return
      }
      polls.push(Date.now())
      if (polls.length === 1) request.socket.destroy()
      else if (polls.length === 2) says(503, {})
      else says(200, { access_token: 'given', token_type: 'bearer' })
    },
  )
  provider.listen(0)
  await once(provider, 'listening')
  const address = provider.address()
  const at = `https://localhost:${typeof address === 'object' ? address?.port : ''}`
  const endpoints = { authorization: `${at}/a`, token: `${at}/token`, device: `${at}/device` }
  const change = { issuer: at, endpoints }
  const { tokens } = await signIn(service(change), account, 'device', () => undefined, new AbortController().signal)
  provider.close()
  expect(tokens.accessToken).toBe('given')
  expect((polls[2] ?? 0) - (polls[1] ?? 0)).toBeGreaterThan((polls[1] ?? 0) - (polls[0] ?? 0))
}, 30_000)

test('a refresh gives a new token and a new refresh token; a used-up or revoked one asks for the person (R33)', async () => {
  const { tokens, endpoints } = await run((url) => visit(url, account))
  const grant = { service: service(), endpoints, refreshToken: tokens.refreshToken ?? '' }
  const second = await refresh(grant)
  expect(second.refreshToken).not.toBe(tokens.refreshToken)
  expect(second.accessToken).not.toBe(tokens.accessToken)
  expect(await revoke({ ...grant, refreshToken: second.refreshToken ?? '' })).toBe(true)
  await expect(refresh({ ...grant, refreshToken: second.refreshToken ?? '' })).rejects.toMatchObject({
    code: 'sign-in-needed',
  })
  await expect(refresh(grant)).rejects.toMatchObject({ code: 'sign-in-needed' })
})

test('a token endpoint that redirects gets nothing after it (R34)', async () => {
  const { tokens, endpoints } = await run((url) => visit(url, account))
  const before = server.asked.length
  await expect(
    refresh({
      service: service(),
      endpoints: { ...endpoints, token: `${server.issuer}/auth?client_id=x` },
      refreshToken: tokens.refreshToken ?? '',
    }),
  ).rejects.toMatchObject({ code: expect.stringMatching(/^(server-broken|sign-in-refused)$/) })
  expect(server.asked.length).toBe(before)
})
