import { describe, expect, test } from 'vitest'
import { limitsOf } from '../../src-main/shared/provider-limits'

const at = (host: string, user = 'help@acme.test') =>
  limitsOf({ smtp: { host, port: 465, security: 'tls', user, pin: undefined } })

describe('a provider that locks accounts is not sent more than it takes', () => {
  test.each([
    ['smtp.mail.yahoo.com', 100, 500],
    ['smtp.mail.me.com', 500, 1_000],
    ['smtp.zoho.eu', 100, 500],
    ['smtppro.zoho.com', 100, 500],
    ['smtp.fastmail.com', 1_000, 4_000],
    ['smtp.gmail.com', 100, 2_000],
    ['smtp.office365.com', 500, 10_000],
  ])('%s', (host, recipients, aDay) => {
    const limits = at(host)
    expect(limits.recipients).toBeLessThanOrEqual(recipients)
    expect(limits.recipientsPerDay).toBeLessThanOrEqual(aDay)
  })

  test('a host that only ends like one is not taken for it', () => {
    expect(at('smtp.evilzoho.com')).toEqual(at('mail.acme.test'))
    expect(at('smtp.zoho.com.evil.test')).toEqual(at('mail.acme.test'))
  })
})
