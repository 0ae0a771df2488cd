import net from 'node:net'
import tls from 'node:tls'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { networkError, serverLine } from '../network-error'
import { tlsOptions } from '../sync/server-rules'

/** Looking at a server without logging in, for the connection test. No secret is ever sent from here. */

export type MailProtocol = 'imap' | 'smtp'

export interface Certificate {
  readonly facts: ErrorDetail
  readonly failure: PosternError | null
}

const stepMs = 10_000

/** Opens the port. Throws `host-not-found`, `connection-refused`, `timeout`, `offline` ... */
export async function openPort(host: string, port: number, ms = stepMs): Promise<net.Socket> {
  return await new Promise<net.Socket>((resolve, reject) => {
    const socket = net.connect({ host, port })
    const fail = (error: unknown): void => {
      socket.destroy()
      reject(networkError(error, { host, port }))
    }
    socket.setTimeout(ms, () => fail(new PosternError('timeout', 'connect', { host, port })))
    socket.once('error', fail)
    socket.once('connect', () => {
      socket.setTimeout(0)
      socket.off('error', fail)
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/**
 * Starts TLS on an open socket, by STARTTLS where the settings say so, and looks at the certificate whether it is
 * trusted or not. Throws `plaintext-refused` without STARTTLS, `not-tls` when the other side speaks something else.
 */
export async function lookAtCertificate(
  socket: net.Socket,
  protocol: MailProtocol,
  server: ServerSettings,
): Promise<Certificate> {
  const at = { host: server.host, port: server.port }
  if (server.security === 'starttls') await startTls(socket, protocol, server)
  const secure = await new Promise<tls.TLSSocket>((resolve, reject) => {
    // The verdict on the certificate is read below, so that its facts can be shown with it; nothing is sent on this connection.
    const upgraded = tls.connect({
      ...tlsOptions(server),
      socket,
      host: server.host,
      ...(net.isIP(server.host) === 0 ? { servername: server.host } : {}),
      rejectUnauthorized: false,
    })
    const timer = setTimeout(() => reject(new PosternError('timeout', 'handshake', at)), stepMs)
    upgraded.once('secureConnect', () => {
      clearTimeout(timer)
      resolve(upgraded)
    })
    upgraded.once('error', (error) => {
      clearTimeout(timer)
      reject(networkError(error, at))
    })
    upgraded.once('close', () => {
      clearTimeout(timer)
      reject(new PosternError('connection-lost', 'handshake', at))
    })
  })
  try {
    const certificate = secure.getPeerCertificate()
    const until = Date.parse(certificate.valid_to)
    const facts: ErrorDetail = {
      ...at,
      protocol: secure.getProtocol() ?? '',
      issuedTo: serverLine(nameOf(certificate.subject)) || serverLine(certificate.subjectaltname ?? ''),
      issuedBy: serverLine(nameOf(certificate.issuer)),
      ...(Number.isFinite(until) ? { validUntil: until } : {}),
      ...(Buffer.isBuffer(certificate.raw)
        ? { sha256: certificate.fingerprint256, certificate: pemOf(certificate.raw) }
        : {}),
    }
    const verdict: unknown = secure.authorized ? null : secure.authorizationError
    const failure =
      verdict === null ? null : networkError(verdict instanceof Error ? verdict : { code: verdict }, server, facts)
    return { facts, failure }
  } finally {
    secure.destroy()
  }
}

/** A certificate in PEM (RFC 7468): lines of 64 characters and never an empty one, at which readers would stop. */
export function pemOf(der: Buffer): string {
  return `-----BEGIN CERTIFICATE-----\n${(der.toString('base64').match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
}

function nameOf(subject: tls.Certificate | undefined): string {
  const name: unknown = subject?.CN ?? subject?.O ?? ''
  return Array.isArray(name) ? String(name[0]) : String(name)
}

/** The other usual port of the protocol that answers, when the given one does not. */
export async function otherPort(protocol: MailProtocol, server: ServerSettings): Promise<ErrorDetail> {
  const usual =
    protocol === 'imap'
      ? ([
          [993, 'tls'],
          [143, 'starttls'],
        ] as const)
      : ([
          [465, 'tls'],
          [587, 'starttls'],
        ] as const)
  for (const [port, security] of usual) {
    if (port === server.port) continue
    try {
      const socket = await openPort(server.host, port, 3_000)
      socket.destroy()
      return { tryPort: port, trySecurity: security }
    } catch {
      // Not this one either.
    }
  }
  return {}
}

async function startTls(socket: net.Socket, protocol: MailProtocol, server: ServerSettings): Promise<void> {
  const at = { host: server.host, port: server.port }
  const lines = new LineReader(socket, at)
  try {
    await lines.reply(protocol)
    if (protocol === 'smtp') {
      socket.write('EHLO [127.0.0.1]\r\n')
      await lines.reply(protocol)
      socket.write('STARTTLS\r\n')
    } else socket.write('a1 STARTTLS\r\n')
    const answer = await lines.reply(protocol)
    const accepted = protocol === 'smtp' ? answer.startsWith('220') : /^a1 OK/i.test(answer)
    if (!accepted) throw new PosternError('plaintext-refused', 'no STARTTLS', { ...at, serverLine: serverLine(answer) })
  } finally {
    lines.end()
  }
}

/** Reads the few lines before TLS; what comes after the answer to STARTTLS is not read here (R30). */
class LineReader {
  private text = ''
  private wanted: {
    test: (line: string) => boolean
    resolve: (line: string) => void
    reject: (error: PosternError) => void
  } | null = null
  private readonly listener = (chunk: Buffer): void => {
    this.text = (this.text + chunk.toString('latin1')).slice(-65_536)
    this.look()
  }
  private readonly closed = (): void => this.wanted?.reject(new PosternError('connection-lost', 'closed', this.at))

  constructor(
    private readonly socket: net.Socket,
    private readonly at: { host: string; port: number },
  ) {
    socket.on('data', this.listener)
    socket.on('close', this.closed)
  }

  /** The next complete reply: the last line of an SMTP reply, the greeting or the tagged line of IMAP. */
  async reply(protocol: MailProtocol): Promise<string> {
    const test =
      protocol === 'smtp'
        ? (line: string): boolean => /^\d{3}(?: |$)/.test(line)
        : (line: string): boolean => /^(?:a1 |\* (?:OK|PREAUTH|BYE))/i.test(line)
    return await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new PosternError('timeout', 'greeting', this.at)), stepMs)
      this.wanted = {
        test,
        resolve: (line) => {
          clearTimeout(timer)
          resolve(line)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      }
      this.look()
    })
  }

  end(): void {
    this.socket.off('data', this.listener)
    this.socket.off('close', this.closed)
  }

  private look(): void {
    while (this.wanted) {
      const end = this.text.indexOf('\n')
      if (end === -1) return
      const line = this.text.slice(0, end).replace(/\r$/, '')
      this.text = this.text.slice(end + 1)
      if (!this.wanted.test(line)) continue
      const { resolve } = this.wanted
      this.wanted = null
      resolve(line)
    }
  }
}
