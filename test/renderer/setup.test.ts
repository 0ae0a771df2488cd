import { describe, expect, test } from 'vitest'
import { isMailboxAddress } from '../../src-preload/contract/address'
import {
  isLoopback,
  newForm,
  settingsOf,
  withAddress,
  withHost,
  withSecurity,
  wrongFields,
} from '../../src-renderer/setup/guess'
import { waitAfter } from '../../src-renderer/setup/wait'
import { strengthOf } from '../../src-renderer/ui/strength'

describe('the mailbox form', () => {
  const typed = (address: string) =>
    [...address].reduce((form, _c, i) => withAddress(form, address.slice(0, i + 1)), newForm())
  test('what no mailbox can have is not taken for its address', () => {
    for (const bad of [
      '',
      'nobody',
      'a@localhost',
      'a@[192.0.2.1]',
      '"a b"@c.example',
      'a@b.example, c@d.example',
      'a@b..example',
    ])
      expect(isMailboxAddress(bad), bad).toBe(false)
    for (const good of ['a@b.example', "o'brien+tag@mail.b.example", 'jörg@müller.example'])
      expect(isMailboxAddress(good), good).toBe(true)
  })
  test('guesses from the address as it is typed', () => {
    expect(typed('help@bikes.example')).toMatchObject({
      name: 'Help',
      imap: { host: 'imap.bikes.example', user: 'help@bikes.example' },
      smtp: { host: 'smtp.bikes.example' },
    })
  })
  test('does not overwrite what a person typed', () => {
    const form = typed('help@bikes.example')
    const own = { ...form, name: 'Support', imap: { ...form.imap, host: 'mail.host.example', user: 'u1' } }
    expect(withAddress(own, 'help@other.example')).toMatchObject({
      name: 'Support',
      imap: { host: 'mail.host.example', user: 'u1' },
      smtp: { host: 'smtp.other.example' },
    })
  })
  test('does not go without encryption to a server that is not on this computer (R28)', () => {
    const local = { ...newForm().imap, host: 'localhost', security: 'none' as const }
    expect(withHost(local, 'imap', 'mail.example').security).toBe('tls')
    const form = { ...typed('help@bikes.example'), password: 'x' }
    expect(settingsOf({ ...form, imap: { ...form.imap, security: 'none' } })).toBeNull()
    expect(settingsOf({ ...form, imap: { ...form.imap, host: '127.0.0.1', security: 'none' } })).not.toBeNull()
    for (const host of ['localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '1270.0.0.1', ''])
      expect(isLoopback(host), host).toBe(false)
  })
  test('does not keep the port of another kind of security', () => {
    const { smtp } = newForm()
    expect(withSecurity(smtp, 'smtp', 'starttls').port).toBe('587')
    expect(withSecurity({ ...smtp, port: '2525' }, 'smtp', 'starttls').port).toBe('2525')
  })
  test('does not pass a form that cannot be right', () => {
    const form = typed('help@bikes.example')
    for (const port of ['0', '65536', '-1', '99x', '1e3', ''])
      expect(settingsOf({ ...form, smtp: { ...form.smtp, port } }), port).toBeNull()
    expect(wrongFields({ ...form, imap: { ...form.imap, host: 'has space' } })).toEqual(new Set(['imap.host']))
    expect(settingsOf({ ...form, address: 'nobody' })).toBeNull()
  })
})

test('wrong passphrases are not tried without pause', () => {
  expect([1, 2, 3, 4, 5, 6, 20].map(waitAfter)).toEqual([0, 0, 0, 2, 4, 8, 30])
})

test('an easy passphrase is not called strong', () => {
  for (const easy of ['password', 'Password1!', '12345678', 'aaaaaaaaaaaaaaaa', 'qwertzuiop', 'postern123'])
    expect(strengthOf(easy), easy).toBe('weak')
  for (const good of ['glacier trumpet velvet onion', 'k7$Wq!zR2@pLm9#x']) expect(strengthOf(good), good).toBe('strong')
})
