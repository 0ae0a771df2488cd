import net from 'node:net'
import tls from 'node:tls'
import type SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { SMTPConnectionCustomAuthContext } from 'nodemailer/lib/smtp-connection'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { withDeadline } from '../sync/backoff'
import type { Credentials } from '../sync/imap-session'
import { unlessGivenUp } from '../sync/openings'
import { errorField, networkError, serverLine } from '../network-error'
import { openPort } from '../accounts/server-probe'
import { refusePlaintext, tlsOptions } from '../sync/server-rules'
import { handOver, type Envelope, type SendResult } from './smtp-transaction'
import { SmtpWire } from './smtp-wire'

const connectMs = 20_000

/** The open connection, with TLS from the first byte where the settings say so. Throws the code of what failed. */
async function openServer(server: ServerSettings): Promise<net.Socket> {
  const { host, port } = server
  if (server.security !== 'tls') return await openPort(host, port, connectMs)
  return await new Promise<net.Socket>((resolve, reject) => {
    const socket = tls.connect({
      ...tlsOptions(server),
      host,
      port,
      ...(net.isIP(host) === 0 ? { servername: host } : {}),
    })
    const fail = (error: unknown): void => {
      clearTimeout(timer)
      socket.destroy()
      reject(networkError(error, server))
    }
    const timer = setTimeout(() => fail(new PosternError('timeout', 'connect', { host, port })), connectMs)
    socket.once('error', fail)
    socket.once('secureConnect', () => {
      clearTimeout(timer)
      socket.off('error', fail)
      // What comes before the library listens must not end the process.
      socket.on('error', () => undefined)
      resolve(socket)
    })
  })
}

/** One SMTP connection, logged in. Says hello with a neutral name (R42). */
export class SmtpSession {
  private failure: Error | null = null
  /** What the server said to EHLO, under TLS where there is one. */
  private hello = ''

  private constructor(
    private readonly server: ServerSettings,
    private readonly connection: SMTPConnection,
  ) {
    // Failures between commands come as events only.
    connection.on('error', (error: Error) => {
      this.failure ??= error
    })
  }

  /** Connects without logging in. Throws the code of what failed, with host, port and the server's line, or why it was given up. */
  static async connect(server: ServerSettings, givenUp?: AbortSignal): Promise<SmtpSession> {
    refusePlaintext(server)
    // By name and by us: the library would connect to a bare address, which nobody announced.
    // The library is loaded when mail leaves: reading it at each start costs time and memory before anybody writes.
    const { default: Connection } = await import('nodemailer/lib/smtp-connection')
    const opening = openServer(server)
    const socket = await unlessGivenUp(opening, givenUp).catch((error: unknown) => {
      void opening.then(
        (late) => late.destroy(),
        () => undefined,
      )
      throw error
    })
    const connection = new Connection({
      host: server.host,
      port: server.port,
      connection: socket,
      secure: server.security === 'tls',
      secured: server.security === 'tls',
      requireTLS: server.security === 'starttls',
      ignoreTLS: server.security === 'none',
      opportunisticTLS: false,
      customAuth: { [tokenMethod]: (context) => tokenLogin(server, String(connection.lastServerResponse), context) },
      tls: tlsOptions(server),
      name: '[127.0.0.1]',
      logger: false,
      greetingTimeout: 30_000,
      socketTimeout: 120_000,
      maxResponseSize: 64 * 1024,
    })
    const session = new SmtpSession(server, connection)
    try {
      await withDeadline(
        unlessGivenUp(
          new Promise<void>((resolve, reject) => {
            connection.once('error', reject)
            connection.once('end', () =>
              reject(session.failure ?? new PosternError('connection-lost', 'closed', session.facts())),
            )
            connection.connect((error) => (error ? reject(error) : resolve()))
          }),
          givenUp,
        ),
        60_000,
        () => new PosternError('timeout', 'connect', session.facts()),
      )
    } catch (error) {
      connection.close()
      throw session.connectFailure(error)
    }
    session.hello = String(connection.lastServerResponse)
    return session
  }

  /** Throws `auth-refused` for a wrong password. A server that asks for no login gets none. */
  async login({ user, password, accessToken }: Credentials): Promise<void> {
    if (!this.connection.allowsAuth) return
    const auth =
      accessToken === undefined
        ? { user, pass: password ?? '', credentials: { user, pass: password ?? '' } }
        : { user, pass: accessToken, method: tokenMethod, credentials: { user, pass: accessToken } }
    try {
      await withDeadline(
        new Promise<void>((resolve, reject) => {
          this.connection.once('error', reject)
          this.connection.login(auth, (error) => (error ? reject(error) : resolve()))
        }),
        60_000,
        () => new PosternError('timeout', 'login', this.facts()),
      )
    } catch (error) {
      throw this.loginFailure(error)
    }
  }

  /** Hands one message over, the only one of this connection; never throws. `ending`: see `handOver`. */
  async send(envelope: Envelope, raw: Uint8Array, ending: () => Promise<unknown>): Promise<SendResult> {
    const socket = this.connection._socket
    if (!socket)
      return {
        state: 'not-sent',
        final: false,
        error: new PosternError('connection-lost', 'closed', this.facts()),
        refused: [],
        line: '',
      }
    const wire = new SmtpWire(socket, this.facts())
    return await handOver(wire, this.server, this.hello, envelope, raw, ending)
  }

  /** Says goodbye and closes. */
  quit(): void {
    this.connection.quit()
    setTimeout(() => this.connection.close(), 2_000).unref()
  }

  private connectFailure(error: unknown): PosternError {
    if (error instanceof PosternError) return error
    const line = serverLine(errorField(error, 'response'))
    const message = errorField(error, 'message')
    const original = errorField(error, 'originalCode')
    if (
      this.server.security === 'starttls' &&
      typeof original !== 'string' &&
      typeof message === 'string' &&
      /STARTTLS/i.test(message)
    ) {
      return new PosternError('plaintext-refused', 'no STARTTLS', {
        ...this.facts(),
        ...(line === '' ? {} : { serverLine: line }),
      })
    }
    const code = errorField(error, 'responseCode')
    if (typeof code === 'number' && code >= 400)
      return new PosternError('server-refused', 'refused', { ...this.facts(), serverLine: line })
    return networkError(error, this.server)
  }

  private loginFailure(error: unknown): PosternError {
    if (error instanceof PosternError) return error
    const line = serverLine(errorField(error, 'response'))
    const code = errorField(error, 'responseCode')
    const facts = { ...this.facts(), ...(line === '' ? {} : { serverLine: line }) }
    if (typeof code === 'number') {
      // 530, 534, 535: refused; 4xx: cannot check at the moment (RFC 4954).
      return new PosternError(code >= 500 ? 'auth-refused' : 'server-refused', 'login', facts)
    }
    return networkError(error, this.server)
  }

  private facts(): ErrorDetail {
    return { host: this.server.host, port: this.server.port }
  }
}

/** Name under which our own handler does the login with a token: the library knows XOAUTH2 only and asks the provider itself. */
const tokenMethod = 'POSTERN-TOKEN'

/** OAUTHBEARER (RFC 7628) where the server has it, else XOAUTH2; a refusal's challenge is answered so that its reason comes. */
async function tokenLogin(
  server: ServerSettings,
  hello: string,
  { auth, sendCommand, resolve, reject }: SMTPConnectionCustomAuthContext,
): Promise<void> {
  const { user, pass } = auth.credentials
  const bearer = /^\d{3}[ -]AUTH[ =].*\bOAUTHBEARER\b/im.test(hello)
  const text = bearer
    ? `n,a=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},\u0001host=${server.host}\u0001port=${server.port}\u0001auth=Bearer ${pass}\u0001\u0001`
    : `user=${user}\u0001auth=Bearer ${pass}\u0001\u0001`
  let answer = await sendCommand(`AUTH ${bearer ? 'OAUTHBEARER' : 'XOAUTH2'} ${Buffer.from(text).toString('base64')}`)
  if (answer.status === 334) answer = await sendCommand(bearer ? 'AQ==' : '')
  if (answer.status === 235) resolve()
  else reject(Object.assign(new Error('refused'), { response: answer.response, responseCode: answer.status }))
}
