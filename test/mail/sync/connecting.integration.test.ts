import { X509Certificate } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import net from 'node:net'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startDovecot } from '../../servers/dovecot.mjs'
import { canRunPostfix, startPostfix } from '../../servers/postfix.mjs'
import { freePort } from '../../servers/process.mjs'
import { makeCertificates, trust } from '../../servers/tls.mjs'
import { PosternError } from '../../../src-preload/contract/errors'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import type { TestStep } from '../../../src-preload/contract/calls'
import { testConnection } from '../../../src-main/mail/accounts/connection-test'
import { ImapSession } from '../../../src-main/mail/sync/imap-session'
import { SmtpSession } from '../../../src-main/mail/send/smtp-session'
import { seed, user, type Dovecot } from '../harness'

const certificates = makeCertificates()
const servers: { stop: () => Promise<void> }[] = []
let good: Dovecot
const auth = { user: user.name, password: user.password }
const at = (port: number, security: ServerSettings['security'], host = 'localhost'): ServerSettings => ({
  host,
  port,
  security,
  user: user.name,
})

async function dovecotWith(certificate: { cert: string; key: string }): Promise<Dovecot> {
  const server = await startDovecot({ users: [user], tls: certificate })
  servers.push(server)
  return server
}

beforeAll(async () => {
  trust(certificates)
  good = await dovecotWith(certificates.good)
  seed(good, 7)
})
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()))
  rmSync(certificates.dir, { recursive: true, force: true })
})

/** A server that says what the script tells it, line by line of the client. */
async function scripted(
  greeting: string,
  answer: (line: string) => string,
): Promise<{ port: number; heard: string[]; stop: () => Promise<void> }> {
  const heard: string[] = []
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.write(greeting)
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      for (let end = text.indexOf('\r\n'); end !== -1; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end)
        text = text.slice(end + 2)
        heard.push(line)
        const said = answer(line)
        if (said.includes('BYE')) socket.end(said)
        else socket.write(said)
      }
    })
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    heard,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * An attacker on the line (RFC 3501 section 11, CVE-2011-0411): behind the answer to STARTTLS, before the handshake, he
 * says something of his own; from there on he passes the real server's words through TLS.
 */
async function injecting(to: number, said: string): Promise<{ port: number; stop: () => Promise<void> }> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    const real = net.connect(to, '127.0.0.1')
    for (const end of [socket, real]) sockets.add(end.on('error', () => undefined))
    let client: net.Socket = socket
    const fromServer = (chunk: Buffer): void => {
      if (asked !== '' && /(OK|220)/.test(chunk.toString('latin1'))) {
        asked = ''
        socket.off('data', fromClient)
        socket.write(Buffer.concat([chunk, Buffer.from(said)]))
        real.off('data', fromServer)
        const secure = tls.connect({ socket: real, host: 'localhost' })
        client = new tls.TLSSocket(socket, {
          isServer: true,
          cert: readFileSync(certificates.good.cert),
          key: readFileSync(certificates.good.key),
        })
        for (const end of [client, secure]) sockets.add(end.on('error', () => undefined))
        client.pipe(secure).pipe(client)
        return
      }
      client.write(chunk)
    }
    let asked = ''
    const fromClient = (chunk: Buffer): void => {
      if (/STARTTLS/i.test(chunk.toString('latin1'))) asked = chunk.toString('latin1')
      real.write(chunk)
    }
    socket.on('data', fromClient)
    real.on('data', fromServer)
  })
  const port = await freePort()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

describe('IMAP', () => {
  test('a line spoken into STARTTLS before the handshake ends the connection before the password (R30)', async () => {
    const line = await injecting(
      good.port,
      '* LIST () "/" "Injected"\r\n* CAPABILITY IMAP4rev1 AUTH=PLAIN XINJECTED\r\n1 OK [CAPABILITY IMAP4rev1 XINJECTED] hello\r\n2 OK [CAPABILITY IMAP4rev1 XINJECTED] hello\r\n3 OK hello\r\nA1 OK hello\r\nA2 OK hello\r\nA3 OK hello\r\n',
    )
    await expect(ImapSession.open(at(line.port, 'starttls'), auth)).rejects.toMatchObject({ code: 'server-broken' })
    await line.stop()
  })

  test('implicit TLS and STARTTLS both end encrypted', async () => {
    for (const server of [at(good.tlsPort ?? 0, 'tls'), at(good.port, 'starttls')]) {
      const session = await ImapSession.open(server, auth)
      expect(session.encrypted).toBe(true)
      await session.close()
    }
  })

  test('TLS older than 1.2 is refused (R28)', async () => {
    const old = tls.createServer(
      {
        cert: readFileSync(certificates.good.cert),
        key: readFileSync(certificates.good.key),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
      },
      (socket) => socket.write('* OK ready\r\n'),
    )
    old.on('tlsClientError', () => undefined)
    const port = await freePort()
    await new Promise<void>((resolve) => old.listen(port, '127.0.0.1', resolve))
    await expect(ImapSession.open(at(port, 'tls'), auth)).rejects.toMatchObject({ code: 'not-tls' })
    old.close()
  })

  test('a wrong password is not taken for anything else', async () => {
    await expect(ImapSession.open(at(good.tlsPort ?? 0, 'tls'), { ...auth, password: 'wrong' })).rejects.toMatchObject({
      code: 'auth-refused',
      detail: { host: 'localhost' },
    })
  })

  test('expired, wrong host, unknown, self-signed and name-constrained certificates are refused before the password leaves (R29)', async () => {
    for (const [certificate, code] of [
      [certificates.expired, 'certificate-expired'],
      [certificates.wrongHost, 'certificate-wrong-host'],
      [certificates.unknownCa, 'certificate-not-trusted'],
      [certificates.selfSigned, 'certificate-not-trusted'],
      [certificates.constrained, 'certificate-not-trusted'],
    ] as const) {
      const server = await dovecotWith(certificate)
      for (const settings of [at(server.tlsPort ?? 0, 'tls'), at(server.port, 'starttls')]) {
        await expect(ImapSession.open(settings, auth), `${code} ${settings.security}`).rejects.toMatchObject({
          code,
          detail: { port: settings.port },
        })
      }
    }
  })

  test('names that do not exist and ports nobody listens on are told apart', async () => {
    await expect(ImapSession.open(at(993, 'tls', 'no-such-host.invalid'), auth)).rejects.toMatchObject({
      code: expect.stringMatching(/^(host-not-found|offline)$/),
    })
    await expect(ImapSession.open(at(await freePort(), 'tls', '127.0.0.1'), auth)).rejects.toMatchObject({
      code: 'connection-refused',
    })
    await expect(ImapSession.open(at(good.port, 'tls'), auth)).rejects.toMatchObject({ code: 'not-tls' })
  })

  test('stripped STARTTLS, LOGINDISABLED, PREAUTH and no encryption at all never get the password (R28)', async () => {
    const stripped = await scripted('* OK ready\r\n', (line) => {
      const tag = line.split(' ')[0] ?? ''
      return /CAPABILITY/i.test(line) ? `* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n${tag} OK\r\n` : `${tag} OK\r\n`
    })
    const preauth = await scripted(
      '* PREAUTH [CAPABILITY IMAP4rev1] hello\r\n',
      (line) => `${line.split(' ')[0] ?? ''} OK\r\n`,
    )
    const refusing = await scripted(
      '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n',
      (line) => `${line.split(' ')[0] ?? ''} ${/STARTTLS/i.test(line) ? 'NO not now' : 'OK'}\r\n`,
    )
    const disabled = await scripted('* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n', (line) => {
      const tag = line.split(' ')[0] ?? ''
      return /CAPABILITY/i.test(line)
        ? `* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n${tag} OK\r\n`
        : `${tag} ${/STARTTLS/i.test(line) ? 'BAD what' : 'OK'}\r\n`
    })
    for (const server of [stripped, preauth, refusing, disabled]) {
      await expect(ImapSession.open(at(server.port, 'starttls', '127.0.0.1'), auth)).rejects.toMatchObject({
        code: 'plaintext-refused',
      })
      expect(server.heard.join('\n')).not.toMatch(/LOGIN|AUTHENTICATE/i)
      await server.stop()
    }
    await expect(ImapSession.open(at(143, 'none', 'mail.example.com'), auth)).rejects.toMatchObject({
      code: 'plaintext-refused',
    })
  })

  test('endless lines, huge literals and garbage end the connection, not the process (R36)', async () => {
    const tag = (line: string): string => line.split(' ')[0] ?? ''
    const hostile: ((line: string) => string)[] = [
      (line) => (/LIST/i.test(line) ? `* LIST () "/" {${2 ** 40}}\r\n` : ''),
      (line) => (/LIST/i.test(line) ? `* LIST () "/" ${'('.repeat(200_000)}\r\n${tag(line)} OK\r\n` : ''),
      (line) =>
        /LIST/i.test(line)
          ? `\0\u00ff\u00fe garbage )))((( \r\n* \r\n+\r\n* 99999999999999 EXISTS\r\n* -1 FETCH (UID -5)\r\n${tag(line)} BAD\r\n`
          : '',
      (line) => (/LIST/i.test(line) ? '* BYE going down\r\n' : ''),
    ]
    for (const bad of hostile) {
      const server = await scripted(
        '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n',
        (line) => bad(line) || `${tag(line)} OK done\r\n`,
      )
      const before = process.memoryUsage().rss
      const use = async (): Promise<unknown> => {
        const session = await ImapSession.open(at(server.port, 'none', '127.0.0.1'), auth)
        for (let round = 0; round < 3; round += 1) await session.listFolders()
        return session.close()
      }
      const end = await use().then(
        () => 'survived',
        (error: unknown) => (error instanceof PosternError ? error.code : 'not ours'),
      )
      expect(end).toMatch(/^(survived|server-broken|connection-lost|server-refused)$/)
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024)
      await server.stop()
    }
  })
})

describe.skipIf(!canRunPostfix())('SMTP and the connection test', () => {
  let postfix: Awaited<ReturnType<typeof startPostfix>>
  beforeAll(async () => {
    postfix = await startPostfix({ sasl: { dovecotAuthSocket: good.authSocket }, tls: certificates.good })
    servers.unshift(postfix)
  })
  const settings = (imap: ServerSettings, smtp: ServerSettings) => ({ name: 'Support', address: user.name, imap, smtp })
  async function steps(
    imap: ServerSettings,
    smtp: ServerSettings,
    password = user.password,
  ): Promise<{ ok: boolean; by: Record<string, TestStep>; told: number }> {
    let last: TestStep[] = []
    let told = 0
    const ok = await testConnection(
      { settings: settings(imap, smtp), imap: { password }, smtp: { password } },
      (now) => {
        last = now
        told += 1
      },
    )
    return { ok, by: Object.fromEntries(last.map((step) => [step.name, step])), told }
  }

  test('good settings pass every step, with counts and the certificate', async () => {
    const { ok, by, told } = await steps(at(good.tlsPort ?? 0, 'tls'), at(postfix.port, 'starttls'))
    expect(ok).toBe(true)
    expect(Object.values(by).map((step) => step.state)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', 'ok'])
    expect(by['imap-login']?.detail).toMatchObject({
      messages: 7,
      folders: 6,
      capabilities: expect.stringContaining('IDLE'),
    })
    expect(by['imap-certificate']?.detail).toMatchObject({ issuedTo: 'good', protocol: expect.stringMatching(/TLS/) })
    expect(told).toBeGreaterThan(9)
  })

  test("what failed is named, and one server's failure does not hide the other", async () => {
    const wrong = await steps(at(good.tlsPort ?? 0, 'tls'), at(postfix.tlsPort ?? 0, 'tls'), 'wrong')
    expect(wrong.ok).toBe(false)
    expect([wrong.by['imap-login'], wrong.by['smtp-login']]).toMatchObject([
      { state: 'failed', code: 'auth-refused' },
      { state: 'failed', code: 'auth-refused' },
    ])
    const expired = await dovecotWith(certificates.expired)
    const mixed = await steps(at(expired.tlsPort ?? 0, 'tls'), at(postfix.port, 'starttls'))
    expect(mixed.by).toMatchObject({
      'imap-connect': { state: 'ok' },
      'imap-certificate': { state: 'failed', code: 'certificate-expired', detail: { issuedTo: 'expired' } },
      'imap-login': { state: 'skipped' },
      'smtp-login': { state: 'ok' },
    })
    const refused = await steps(at(await freePort(), 'tls'), at(good.port, 'starttls'))
    expect(refused.by['imap-connect']).toMatchObject({ state: 'failed', code: 'connection-refused' })
    expect(refused.by['smtp-login']?.state).not.toBe('ok')
  })

  test('stripped STARTTLS of SMTP never gets the password (R28)', async () => {
    const stripped = await scripted('220 hello ESMTP\r\n', (line) =>
      /^EHLO/i.test(line)
        ? '250-hello\r\n250 AUTH PLAIN LOGIN\r\n'
        : /^STARTTLS/i.test(line)
          ? '502 no\r\n'
          : '235 ok\r\n',
    )
    await expect(SmtpSession.connect(at(stripped.port, 'starttls', '127.0.0.1'))).rejects.toMatchObject({
      code: 'plaintext-refused',
    })
    expect(stripped.heard.join('\n')).not.toMatch(/AUTH/i)
    const tested = await steps(at(good.port, 'starttls'), at(stripped.port, 'starttls', '127.0.0.1'))
    expect(tested.by['smtp-certificate']).toMatchObject({ state: 'failed', code: 'plaintext-refused' })
    await stripped.stop()
  })

  test('what comes before TLS is never taken for an answer of the SMTP server inside it (R30)', async () => {
    const line = await injecting(
      postfix.port,
      '250-localhost\r\n250 SIZE 1\r\n235 welcome\r\n250 fine\r\n250 fine\r\n354 go on\r\n250 stolen\r\n',
    )
    const session = await SmtpSession.connect(at(line.port, 'starttls'))
    await expect(session.login({ user: user.name, password: 'wrong' })).rejects.toMatchObject({ code: 'auth-refused' })
    await line.stop()
  })

  test('bad certificates of SMTP are refused too (R29)', async () => {
    for (const [certificate, code] of [
      [certificates.expired, 'certificate-expired'],
      [certificates.wrongHost, 'certificate-wrong-host'],
      [certificates.selfSigned, 'certificate-not-trusted'],
    ] as const) {
      const server = await startPostfix({ tls: certificate })
      for (const smtp of [at(server.port, 'starttls'), at(server.tlsPort ?? 0, 'tls')])
        await expect(SmtpSession.connect(smtp), `${code} ${smtp.security}`).rejects.toMatchObject({ code })
      await server.stop()
    }
  })
})

describe('a certificate that a person accepted (R29)', () => {
  const pinOf = (file: string, host: string): NonNullable<ServerSettings['pin']> => {
    const certificate = readFileSync(file, 'utf8')
    return { host, sha256: new X509Certificate(certificate).fingerprint256, certificate, at: 0 }
  }
  const open = async (server: ServerSettings): Promise<string> => {
    const session = await ImapSession.open(server, { user: user.name, password: user.password })
    await session.close()
    return 'open'
  }

  test.each(['selfSigned', 'unknownCa', 'wrongHost'] as const)(
    '%s: only it and only for its host, never another one',
    async (kind) => {
      const bad = await startDovecot({ users: [user], tls: { ...certificates[kind] } })
      const other = await startDovecot({ users: [user], tls: { ...certificates.good } })
      const at = (port: number | undefined, pin?: ServerSettings['pin']): ServerSettings => ({
        host: 'localhost',
        port: port ?? 0,
        security: 'tls',
        user: user.name,
        ...(pin && { pin }),
      })
      const pin = pinOf(certificates[kind].cert, 'localhost')
      await expect(open(at(bad.tlsPort))).rejects.toMatchObject({ code: expect.stringMatching(/^certificate-/) })
      expect(await open(at(bad.tlsPort, pin))).toBe('open')
      // STARTTLS too.
      expect(await open({ ...at(bad.port, pin), security: 'starttls' })).toBe('open')
      // Another certificate at the same host is refused, even one that would be good without the exception.
      await expect(open(at(other.tlsPort, pin))).rejects.toMatchObject({ code: expect.stringMatching(/^certificate-/) })
      // The same certificate at another host is judged as ever.
      await expect(open(at(bad.tlsPort, { ...pin, host: 'other.example' }))).rejects.toMatchObject({
        code: expect.stringMatching(/^certificate-/),
      })
      if (canRunPostfix()) {
        const out = await startPostfix({ tls: { ...certificates[kind] } })
        const session = await SmtpSession.connect(at(out.tlsPort, pin))
        session.quit()
        await expect(SmtpSession.connect(at(out.tlsPort))).rejects.toMatchObject({
          code: expect.stringMatching(/^certificate-/),
        })
        await out.stop()
      }
      await bad.stop()
      await other.stop()
    },
  )

  test('an expired one is refused all the same', async () => {
    const expired = await startDovecot({ users: [user], tls: { ...certificates.expired } })
    await expect(
      open({
        host: 'localhost',
        port: expired.tlsPort ?? 0,
        security: 'tls',
        user: user.name,
        pin: pinOf(certificates.expired.cert, 'localhost'),
      }),
    ).rejects.toMatchObject({ code: 'certificate-expired' })
    await expired.stop()
  })
})
