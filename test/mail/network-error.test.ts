import { expect, test } from 'vitest'
import { pemOf } from '../../src-main/mail/accounts/server-probe'
import { networkError } from '../../src-main/mail/network-error'

test('another certificate than the accepted one is told as changed, not as one more that nobody vouches for (R29)', () => {
  const at = { host: 'mail.acme.test', port: 993 }
  for (const code of [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ]) {
    expect(networkError({ code }, { ...at, pin: { host: at.host } }).code).toBe('certificate-changed')
    expect(networkError({ code }, { ...at, pin: { host: 'other.acme.test' } }).code).not.toBe('certificate-changed')
    expect(networkError({ code }, at).code).not.toBe('certificate-changed')
  }
  expect(networkError({ code: 'CERT_HAS_EXPIRED' }, { ...at, pin: { host: at.host } }).code).toBe('certificate-expired')
})

test('a certificate of any length can be accepted: its PEM has no empty line, at which its readers stop', () => {
  for (let length = 1; length <= 200; length++) {
    const lines = pemOf(Buffer.alloc(length, 7)).trimEnd().split('\n')
    expect(
      lines.every((line) => line !== '' && line.length <= 64),
      `${length} bytes`,
    ).toBe(true)
    expect(Buffer.from(lines.slice(1, -1).join(''), 'base64')).toHaveLength(length)
  }
})
