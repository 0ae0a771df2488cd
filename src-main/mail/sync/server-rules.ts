import net from 'node:net'
import tls, { type ConnectionOptions } from 'node:tls'
import type { ServerSettings } from '../../../src-preload/contract/mailboxes'
import { PosternError } from '../../../src-preload/contract/errors'

/** What holds for every connection to a mail server, IMAP or SMTP. */

/** Hosts that never leave this machine: the only ones that may be spoken to without TLS. */
function isLoopbackHost(host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
  if (name === 'localhost') return true
  if (net.isIPv4(name)) return name.startsWith('127.')
  return name === '::1' || name === '0:0:0:0:0:0:0:1'
}

/** Refuses `none` for anything but loopback (R28). Throws `plaintext-refused`. */
export function refusePlaintext(server: Pick<ServerSettings, 'host' | 'port' | 'security'>): void {
  if (server.security !== 'none' || isLoopbackHost(server.host)) return
  throw new PosternError('plaintext-refused', 'no encryption is for loopback only', {
    host: server.host,
    port: server.port,
  })
}

/**
 * TLS of at least 1.2, certificate and name checked (R28, R29). A certificate that a person pinned for this host stands in
 * for the known authorities: exactly it is accepted, and nothing else any more. An expired one is never accepted.
 */
export function tlsOptions(server?: Pick<ServerSettings, 'host' | 'port' | 'pin'>): ConnectionOptions {
  const strict = { minVersion: 'TLSv1.2', rejectUnauthorized: true } as const
  const pin = server?.pin
  if (!server || !pin || pin.host !== server.host) return strict
  return {
    ...strict,
    ca: pin.certificate,
    allowPartialTrustChain: true,
    checkServerIdentity: (_name, certificate) =>
      certificate.fingerprint256 === pin.sha256
        ? undefined
        : new PosternError('certificate-changed', 'not the pinned one', { host: server.host, port: server.port }),
  }
}

/** Trusts what the system trusts besides the list that comes with the runtime: companies have authorities of their own. */
export function trustSystemAuthorities(): void {
  const system = tls.getCACertificates('system')
  if (system.length > 0) tls.setDefaultCACertificates([...new Set([...tls.getCACertificates('default'), ...system])])
}

/** Microsoft 365 and Outlook.com, whose IMAP has quirks of its own. */
export function isMicrosoft(host: string): boolean {
  return /(^|\.)(outlook|office365|hotmail|live)\.(com|office\.com)$/i.test(host)
}
