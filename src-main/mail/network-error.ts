import { PosternError, type ErrorCode, type ErrorDetail } from '../../src-preload/contract/errors'

/** The server that a failure is about; its host and port are the facts of the sentence that a person reads. */
export interface Endpoint {
  readonly host: string
  readonly port: number
  /** The certificate that was accepted for a host. */ readonly pin?: { readonly host: string } | undefined
}

const byCode: Readonly<Record<string, ErrorCode>> = {
  ENOTFOUND: 'host-not-found',
  EAI_NONAME: 'host-not-found',
  EDNS: 'host-not-found',
  EAI_AGAIN: 'offline',
  ENETUNREACH: 'offline',
  EHOSTUNREACH: 'offline',
  ENETDOWN: 'offline',
  EADDRNOTAVAIL: 'offline',
  ECONNREFUSED: 'connection-refused',
  ETIMEDOUT: 'timeout',
  CONNECT_TIMEOUT: 'timeout',
  GREETING_TIMEOUT: 'timeout',
  UPGRADE_TIMEOUT: 'timeout',
  ETIMEOUT: 'timeout',
  LockTimeout: 'timeout',
  ECONNRESET: 'connection-lost',
  EPIPE: 'connection-lost',
  ECONNABORTED: 'connection-lost',
  ECONNECTION: 'connection-lost',
  ESOCKET: 'connection-lost',
  NoConnection: 'connection-lost',
  EConnectionClosed: 'connection-lost',
  StateLogout: 'connection-lost',
  ClosedAfterConnectText: 'connection-lost',
  ClosedAfterConnectTLS: 'connection-lost',
  'certificate-changed': 'certificate-changed',
  CERT_HAS_EXPIRED: 'certificate-expired',
  CERT_NOT_YET_VALID: 'certificate-expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate-wrong-host',
  HOSTNAME_MISMATCH: 'certificate-wrong-host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate-not-trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate-not-trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate-not-trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate-not-trusted',
  CERT_UNTRUSTED: 'certificate-not-trusted',
  CERT_REVOKED: 'certificate-revoked',
  CERT_SIGNATURE_FAILURE: 'certificate-not-trusted',
  CERT_REJECTED: 'certificate-not-trusted',
  INVALID_CA: 'certificate-not-trusted',
  INVALID_PURPOSE: 'certificate-not-trusted',
  CERT_CHAIN_TOO_LONG: 'certificate-not-trusted',
  PATH_LENGTH_EXCEEDED: 'certificate-not-trusted',
  PERMITTED_SUBTREE_VIOLATION: 'certificate-not-trusted',
  EXCLUDED_SUBTREE_VIOLATION: 'certificate-not-trusted',
  // What Node has no name for, such as a name that the authority may not sign for.
  UNSPECIFIED: 'certificate-not-trusted',
  EPROTO: 'not-tls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'not-tls',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'not-tls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'not-tls',
  STARTTLS_INJECTION: 'server-broken',
  UnexpectedTag: 'server-broken',
  MissingTag: 'server-broken',
  InvalidResponse: 'server-broken',
  ResponseProcessingFailed: 'server-broken',
  MAX_IMAP_NESTING_REACHED: 'server-broken',
  LineTooLarge: 'server-broken',
  LiteralTooLarge: 'server-broken',
  ResponseTooLarge: 'server-broken',
  TooManyTokens: 'server-broken',
  TooManyResponses: 'server-broken',
}

/** A text of the server as one plain line, at most 300 characters: shown as untrusted text only (R30). */
export function serverLine(text: unknown): string {
  return typeof text === 'string'
    ? text
        .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, ' ')
        .trim()
        .slice(0, 300)
    : ''
}

/** A property of a foreign error, without trusting its type. */
export function errorField(thrown: unknown, key: string): unknown {
  return typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, key) : undefined
}

/** Turns whatever a socket, TLS or a mail library threw into one of the closed codes. */
export function networkError(thrown: unknown, at: Endpoint, more: ErrorDetail = {}): PosternError {
  if (thrown instanceof PosternError) return thrown
  const detail: ErrorDetail = { host: at.host, port: at.port, ...more }
  const original = errorField(thrown, 'originalCode')
  const code = errorField(thrown, 'code')
  for (const candidate of [original, code]) {
    if (typeof candidate !== 'string') continue
    const known =
      byCode[candidate] ??
      (candidate.startsWith('ParserError') ? 'server-broken' : candidate.startsWith('ERR_SSL_') ? 'not-tls' : undefined)
    // Where exactly one certificate counts, any other is a changed one, however it fails.
    const changed =
      at.pin?.host === at.host && (known === 'certificate-not-trusted' || known === 'certificate-wrong-host')
    if (known) return new PosternError(changed ? 'certificate-changed' : known, `network: ${candidate}`, detail)
  }
  return new PosternError(
    'connection-lost',
    `network: ${typeof code === 'string' ? code.slice(0, 60) : 'unknown failure'}`,
    detail,
  )
}
