import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCertificates, makeStaple, trust } from '../servers/tls.mjs'
import type { ServerSettings } from '../../src-preload/contract/mailboxes'
import { lookAtCertificate, openPort } from '../../src-main/mail/accounts/server-probe'
import { webRequest } from '../../src-main/mail/accounts/web-request'
import { isRevoked, refuseRevoked } from '../../src-main/mail/revocation'
import { SmtpSession } from '../../src-main/mail/send/smtp-session'
import { ImapSession } from '../../src-main/mail/sync/imap-session'

const certificates = makeCertificates()
const der = (file: string): Buffer => new X509Certificate(readFileSync(file)).raw
const [shown, issuer] = [der(certificates.good.cert), der(certificates.ca)]
const says = (about: Parameters<typeof makeStaple>[1]): Buffer => makeStaple(certificates, about)
const staples = {
  good: says({ revoked: false }),
  revoked: says({ revoked: true }),
  'revoked, by whom the issuer named for it': says({ revoked: true, signer: certificates.responder }),
  'revoked, signed by a stranger': says({ revoked: true, signer: certificates.otherAuthority }),
  'revoked, signed by another server of the issuer': says({ revoked: true, signer: certificates.good }),
  'revoked, about another certificate': says({ revoked: true, of: certificates.wrongHost }),
  garbage: Buffer.from('no answer at all'),
}
afterAll(() => rmSync(certificates.dir, { recursive: true, force: true }))

describe('an answer about a certificate (R29)', () => {
  test.each([
    ['good', false],
    ['revoked', true],
    ['revoked, by whom the issuer named for it', true],
    ['revoked, signed by a stranger', false],
    ['revoked, signed by another server of the issuer', false],
    ['revoked, about another certificate', false],
    ['garbage', false],
  ] as const)('%s: refused is %s', (name, refused) => {
    expect(isRevoked(staples[name], shown, issuer)).toBe(refused)
  })

  test('one that is stale, or of a time to come, counts as none', () => {
    const hours = (n: number): number => Date.now() + n * 3_600_000
    expect(isRevoked(staples.revoked, shown, issuer, hours(0.5))).toBe(true)
    expect(isRevoked(staples.revoked, shown, issuer, hours(3))).toBe(false)
    expect(isRevoked(staples.revoked, shown, issuer, hours(-1))).toBe(false)
  })

  test('no other byte, and no end in the midst of it, makes "good" or a part of "revoked" say revoked', () => {
    for (let at = 0; at < staples.good.length; at++)
      for (const change of [0x01, 0x21]) {
        const altered = Buffer.from(staples.good)
        altered.writeUInt8(altered.readUInt8(at) ^ change, at)
        expect(isRevoked(altered, shown, issuer), `${at} ${change}`).toBe(false)
      }
    for (let length = 0; length < staples.revoked.length; length++)
      expect(isRevoked(staples.revoked.subarray(0, length), shown, issuer), String(length)).toBe(false)
  })
})

/** What a server answers to a line; `$1` stands for its first word. */
type Script = readonly (readonly [line: RegExp, answer: string])[]
const scripts = {
  imap: {
    greeting: '* OK here\r\n',
    plain: [
      [/^(\S+) CAPABILITY/i, '* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n$1 OK done\r\n'],
      [/^(\S+) STARTTLS/i, '$1 OK go\r\n'],
    ],
    secure: [
      [/^(\S+) CAPABILITY/i, '* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n$1 OK done\r\n'],
      [/^(\S+) (?:AUTHENTICATE|LOGIN)/i, '$1 NO [AUTHENTICATIONFAILED] no\r\n'],
      [/^(\S+) /, '$1 OK done\r\n'],
    ],
  },
  smtp: {
    greeting: '220 here\r\n',
    plain: [
      [/^EHLO/i, '250-here\r\n250 STARTTLS\r\n'],
      [/^STARTTLS/i, '220 go\r\n'],
    ],
    secure: [
      [/^EHLO/i, '250-here\r\n250 AUTH PLAIN\r\n'],
      [/^AUTH/i, '535 no\r\n'],
      [/^/, '250 done\r\n'],
    ],
  },
  http: {
    greeting: '',
    plain: [],
    secure: [[/^$/, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n']],
  },
} satisfies Record<string, { greeting: string; plain: Script; secure: Script }>
type Protocol = keyof typeof scripts

describe('a server that brings an answer along (R29)', () => {
  let staple: Buffer = staples.good
  /** Every byte that came, once decrypted. */
  let heard = ''
  const sockets = new Set<net.Socket>()
  const servers: net.Server[] = []

  function speak(socket: net.Socket, greeting: string, script: Script, upgrade?: () => void): void {
    sockets.add(socket.on('error', () => undefined))
    socket.write(greeting)
    let text = ''
    const hear = (chunk: Buffer): void => {
      heard += chunk.toString('latin1')
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        const [asked, answer = ''] = script.find(([one]) => one.test(line)) ?? []
        socket.write(answer.replace('$1', asked?.exec(line)?.[1] ?? ''))
        if (!upgrade || !/STARTTLS/i.test(line)) continue
        socket.off('data', hear)
        upgrade()
      }
    }
    socket.on('data', hear)
  }
  const stapling = (speaks: (socket: net.Socket) => void): tls.Server =>
    tls
      .createServer({ cert: readFileSync(certificates.good.cert), key: readFileSync(certificates.good.key) }, speaks)
      .on('OCSPRequest', (_certificate, _issuer, done) => done(null, staple))
  async function listening(server: net.Server): Promise<number> {
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    return address !== null && typeof address === 'object' ? address.port : 0
  }
  const ports: Record<string, number> = {}
  beforeAll(async () => {
    trust(certificates)
    refuseRevoked()
    for (const protocol of ['imap', 'smtp', 'http'] as const) {
      const { greeting, plain, secure } = scripts[protocol]
      ports[`${protocol} tls`] = await listening(stapling((socket) => speak(socket, greeting, secure)))
      const upgraded = stapling((socket) => speak(socket, '', secure))
      ports[`${protocol} starttls`] = await listening(
        net.createServer((socket) => speak(socket, greeting, plain, () => void upgraded.emit('connection', socket))),
      )
    }
  })
  afterAll(async () => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))))
  })

  const auth = { user: 'support', password: 'the-secret' }
  const at = (protocol: Protocol, security: 'tls' | 'starttls'): ServerSettings => ({
    host: 'localhost',
    port: ports[`${protocol} ${security}`] ?? 0,
    security,
    user: auth.user,
  })
  const ways: Record<string, () => Promise<unknown>> = {
    'IMAP over TLS': () => ImapSession.open(at('imap', 'tls'), auth),
    'IMAP after STARTTLS': () => ImapSession.open(at('imap', 'starttls'), auth),
    'SMTP over TLS': async () => (await SmtpSession.connect(at('smtp', 'tls'))).login(auth),
    'SMTP after STARTTLS': async () => (await SmtpSession.connect(at('smtp', 'starttls'))).login(auth),
    'a request for a token': () =>
      webRequest(`https://localhost:${ports['http tls']}/the-secret`, { use: 'sign-in', limit: 1000, ms: 20_000 }),
  }
  const failure = async (way: () => Promise<unknown>): Promise<unknown> => {
    heard = ''
    try {
      return await way()
    } catch (error) {
      return error
    }
  }

  test.each(Object.entries(ways))('%s: ends before the secret when it says revoked', async (_name, way) => {
    staple = staples.revoked
    expect(await failure(way)).toMatchObject({ code: 'certificate-revoked', detail: { host: 'localhost' } })
    expect(heard).not.toContain('secret')
    expect(heard).not.toMatch(/AUTH|LOGIN/)
  })

  test.each(Object.entries(ways))('%s: goes on with an answer that is good, or counts as none', async (_name, way) => {
    for (const name of ['good', 'garbage', 'revoked, signed by a stranger'] as const) {
      staple = staples[name]
      const end = await failure(way)
      expect(end, name).toSatisfy(
        (one) =>
          (one instanceof Error && 'code' in one && one.code === 'auth-refused') ||
          Reflect.get(Object(one), 'status') === 200,
      )
      expect(heard, name).toMatch(/secret|AUTH/)
    }
  })

  test('the connection test shows such a certificate as revoked, with what a person may want to know of it', async () => {
    staple = staples.revoked
    const server = at('imap', 'tls')
    const socket = await openPort(server.host, server.port)
    const { facts, failure: verdict } = await lookAtCertificate(socket, 'imap', server)
    expect(verdict).toMatchObject({ code: 'certificate-revoked' })
    expect(facts).toMatchObject({ issuedTo: 'good' })
  })

  test('nor does a person who accepted that very certificate get through', async () => {
    staple = staples.revoked
    const pin = {
      host: 'localhost',
      sha256: new X509Certificate(shown).fingerprint256,
      certificate: readFileSync(certificates.good.cert, 'utf8'),
      at: 0,
    }
    expect(await failure(() => ImapSession.open({ ...at('imap', 'tls'), pin }, auth))).toMatchObject({
      code: 'certificate-revoked',
    })
  })
})
