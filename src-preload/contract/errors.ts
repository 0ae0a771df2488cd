import * as z from 'zod'

/** Every failure that may cross a border between processes. The sentence for people lives in the renderer's `text/`. */
export const errorCodes = [
  'invalid-input',
  'not-found',
  'not-allowed',
  'conflict',
  'too-large',
  'unreadable',
  'cancelled',
  // network
  'offline',
  'host-not-found',
  'connection-refused',
  'connection-lost',
  'timeout',
  'not-tls',
  'certificate-expired',
  'certificate-revoked',
  'certificate-not-trusted',
  'certificate-wrong-host',
  'plaintext-refused',
  'auth-refused',
  'sign-in-needed',
  'sign-in-refused',
  'oauth-client-missing',
  'certificate-changed',
  'server-refused',
  'server-broken',
  'server-busy',
  'network-intercepted',
  'blocked-address',
  'host-blocked',
  // sending
  'recipient-refused',
  'sender-refused',
  'message-refused',
  'too-many-recipients',
  'sent-uncertain',
  'no-recipient',
  'claimed',
  'catching-up',
  'moved-on',
  'looping',
  'came-back',
  'rate-limited',
  'recipients-later',
  // store and keys
  'store-failed',
  'store-locked',
  'lease-ended',
  'erasing',
  'erased',
  'erase-unfinished',
  'store-corrupt',
  'store-newer',
  'disk-full',
  'disk-error',
  'not-writable',
  'profile-in-use',
  'no-keychain',
  'keychain-failed',
  'key-missing',
  'wrong-passphrase',
  // access
  'grant-too-long',
  'grant-ended',
  'time-doubtful',
  // files given by a person or by IT
  'file-not-found',
  'file-unreadable',
  'provision-invalid',
  // processes
  'service-stopped',
  'service-restarting',
  'runtime-mismatch',
  'internal',
] as const
export const ErrorCode = z.enum(errorCodes)
export type ErrorCode = z.infer<typeof ErrorCode>

/** Facts for the sentence that a person reads: a host, a port, a count. Never mail content, never a secret. */
export const ErrorDetail = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
export type ErrorDetail = z.infer<typeof ErrorDetail>

/** What did not come about, for whoever shows it to a person. */
export const Failure = z.object({ code: ErrorCode, detail: ErrorDetail })
export type Failure = z.infer<typeof Failure>

export const WireError = z.object({ code: ErrorCode, message: z.string().max(2000), detail: ErrorDetail })
export type WireError = z.infer<typeof WireError>

/**
 * The one error type that crosses borders, as a value.
 * `message` is for the log (English, no content); people read the sentence that `text/` has for `code`.
 */
export class PosternError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string = code,
    readonly detail: ErrorDetail = {},
  ) {
    super(message)
    this.name = 'PosternError'
  }
  toWire(): WireError {
    return { code: this.code, message: this.message, detail: this.detail }
  }
  static fromWire(wire: WireError): PosternError {
    return new PosternError(wire.code, wire.message, wire.detail)
  }
  /** Anything thrown becomes a PosternError; unknown failures become `internal`, without their stack or text. */
  static from(thrown: unknown): PosternError {
    return thrown instanceof PosternError ? thrown : new PosternError('internal', 'unexpected failure')
  }
}
