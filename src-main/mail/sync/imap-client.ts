import type { ImapFlowOptions } from 'imapflow'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError, type ErrorDetail } from '../../../src-preload/contract/errors'
import { errorField, networkError, serverLine } from '../network-error'
import { isMicrosoft, tlsOptions } from './server-rules'

/** A message larger than this is not taken in one piece; the server's announcement alone must not fill memory (R36). */
export const largestMessage = 160 * 1024 * 1024

/** A password, or an access token for OAUTHBEARER (RFC 7628) or XOAUTH2, whichever the server offers. */
export interface Credentials {
  readonly user: string
  readonly password?: string | undefined
  readonly accessToken?: string | undefined
}

/** How the library is set up for a server. */
export function clientOptions(server: ServerSettings, auth: Credentials, idle: boolean): ImapFlowOptions {
  return {
    host: server.host,
    port: server.port,
    secure: server.security === 'tls',
    ...(server.security === 'tls' ? {} : { doSTARTTLS: server.security === 'starttls' }),
    tls: tlsOptions(server),
    auth:
      auth.accessToken === undefined
        ? { user: auth.user, pass: auth.password }
        : { user: auth.user, accessToken: auth.accessToken },
    // Nothing about this machine is told (R42).
    clientInfo: { name: 'Postern', version: false, os: false, vendor: false, 'support-url': false },
    // Its lines hold folder names and server text; failures come as errors anyway, and building the lines costs time.
    logger: false,
    qresync: true,
    disableAutoIdle: !idle,
    ...(idle ? { autoIdleDelay: 100 } : {}),
    maxIdleTime: 9 * 60_000,
    // Outlook's IMAP4rev2 mode is known to misbehave.
    ...(isMicrosoft(server.host) ? { disableIMAP4rev2: true } : {}),
    connectionTimeout: 20_000,
    greetingTimeout: 15_000,
    socketTimeout: 10 * 60_000,
    maxLineLength: 64 * 1024 * 1024,
    maxLiteralSize: largestMessage,
    maxResponseSize: largestMessage + 1024 * 1024,
    maxResponseTokens: 300_000,
  }
}

/** What went wrong, as a PosternError with host, port and the server's line. */
export function imapFailure(error: unknown, server: ServerSettings): PosternError {
  if (error instanceof PosternError) return error
  const line = serverLine(errorField(error, 'responseText') ?? errorField(error, 'response'))
  const facts: ErrorDetail = { ...factsOf(server), ...(line === '' ? {} : { serverLine: line }) }
  if (errorField(error, 'authenticationFailed') === true) return authFailure(error, facts)
  // The library's own word is that of a STATUS.
  if (
    errorField(error, 'mailboxMissing') === true ||
    errorField(error, 'serverResponseCode') === 'NONEXISTENT' ||
    errorField(error, 'code') === 'NotFound'
  )
    return new PosternError('not-found', 'no such folder', facts)
  const status = errorField(error, 'responseStatus')
  const response = errorField(error, 'serverResponseCode')
  // Exchange lets in whom it cannot serve at the moment; only a new connection helps.
  if (/authenticated but not connected/i.test(line))
    return new PosternError('server-busy', 'not connected to the mailbox', facts)
  if (status === 'NO' || status === 'BAD') {
    const passes = status === 'NO' && (passing.has(String(response)) || notNow.test(line))
    return new PosternError('server-refused', 'refused', passes ? { ...facts, passing: true } : facts)
  }
  const message = errorField(error, 'message')
  if (
    server.security === 'starttls' &&
    typeof message === 'string' &&
    /STARTTLS/i.test(message) &&
    errorField(error, 'code') !== 'STARTTLS_INJECTION'
  ) {
    return new PosternError('plaintext-refused', 'no STARTTLS', facts)
  }
  return networkError(error, server, line === '' ? {} : { serverLine: line })
}

/** What a server says that cannot do something at the moment (RFC 5530). */
const passing: ReadonlySet<string> = new Set([
  'UNAVAILABLE',
  'INUSE',
  'SERVERBUG',
  'LIMIT',
  'OVERQUOTA',
  'EXPUNGEISSUED',
])

/** true: the server refused it for the moment only, and it is worth trying again. */
export function isPassing(failure: PosternError): boolean {
  return failure.code === 'server-refused' && failure.detail['passing'] === true
}

/** A refused login, told apart from a server that cannot check at the moment. */
function authFailure(error: unknown, facts: ErrorDetail): PosternError {
  const code = errorField(error, 'serverResponseCode')
  const line = facts['serverLine']
  // Gmail and Exchange say in words only that it is not about the password.
  if (passing.has(String(code)) || (typeof line === 'string' && notNow.test(line)))
    return new PosternError('server-busy', 'login not possible now', facts)
  const message = errorField(error, 'message')
  if (message === 'Login is disabled') return new PosternError('plaintext-refused', 'login disabled', facts)
  return new PosternError('auth-refused', 'login refused', facts)
}

const notNow =
  /too many|simultaneous|maximum number of|connection limit|try again later|temporar|throttl|exceeded|not connected|server unavailable|internal (server )?error/i

export function factsOf(server: ServerSettings): ErrorDetail {
  return { host: server.host, port: server.port }
}
