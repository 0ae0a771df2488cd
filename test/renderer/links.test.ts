import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkLink, linkify } from '../../src-renderer/conversation/links'

const warnings = (url: string, text = 'here') => {
  const link = checkLink(url, text)
  return link.kind === 'web' ? link.warnings : link.kind
}

describe('checkLink (R16)', () => {
  test.each([
    'javascript:alert(1)',
    ' JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'smb://host/share',
    'vbscript:x',
    'ms-msdt:/id',
    'mailbox:///x',
    'cid:1',
    'about:blank',
    'blob:x',
    'postern://app/',
    'postern-mail://frame/',
    'ftp://a.example/',
    'http:///',
    '//a.example',
    'a.example',
    '',
  ])('does not open %j', (url) => {
    expect(checkLink(url, 'x').kind).toBe('refused')
  })

  test('does not open anything but http, https and mailto, whatever the address', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string(),
          fc.string().map((s) => `${s}:${s}`),
        ),
        (url) => {
          const link = checkLink(url, '')
          if (link.kind === 'web') expect(link.url).toMatch(/^https?:\/\//)
          if (link.kind === 'mailto') expect(link.url).toMatch(/^mailto:/)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('does not ask about an honest link', () => {
    for (const [url, text] of [
      ['https://shop.example/order', 'your order'],
      ['https://www.shop.example/a', 'shop.example'],
      ['https://track.shop.example/a', 'https://shop.example/a'],
      ['https://shop.example/f', 'invoice.pdf'],
      ['http://shop.example/', 'Node.js 24.15 and v1.2.3'],
    ] as const) {
      expect(warnings(url, text), text).toEqual([])
    }
  })

  test('does not let the text show one site and lead to another', () => {
    for (const text of [
      'https://www.bank.example/login',
      'bank.example',
      'Sign in at www.bank.example now',
      'bank.example/path?x=1',
      'HTTPS://BANK.EXAMPLE',
      'service@bank.example',
    ]) {
      expect(warnings('https://evil.example/', text), text).toContain('other-host')
    }
    expect(warnings('https://bank.example.evil.example/', 'bank.example')).toContain('other-host')
    expect(warnings('https://notbank.example/', 'bank.example')).toContain('other-host')
  })

  test('does not hide the real site behind a user name, look-alike letters or a number', () => {
    expect(warnings('https://www.bank.example@evil.example/')).toContain('userinfo')
    expect(warnings('https://bаnk.example/')).toContain('lookalike')
    expect(warnings('https://xn--bnk-5cd.example/')).toContain('lookalike')
    expect(warnings('http://192.0.2.7/')).toContain('ip-address')
    expect(warnings('http://0x7f.1/')).toContain('ip-address')
    expect(warnings('http://[::1]/')).toContain('ip-address')
    const link = checkLink('https://bank.example@evil.example/a', 'x')
    expect(link).toMatchObject({ host: 'evil.example', before: 'https://bank.example@', after: '/a' })
  })
})

describe('linkify', () => {
  const found = (text: string) => linkify(text).flatMap((part) => (part.url === null ? [] : [part.url]))
  test('does not lose or change a letter', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        expect(
          linkify(text)
            .map((part) => part.text)
            .join(''),
        ).toBe(text)
      }),
    )
  })
  test('does not take the end of the sentence into the address', () => {
    expect(found('See https://a.example/x. And (https://b.example/y_(z)), www.c.example! ana@d.example, bye')).toEqual([
      'https://a.example/x',
      'https://b.example/y_(z)',
      'http://www.c.example',
      'mailto:ana@d.example',
    ])
  })
  test('does not link other schemes', () => {
    expect(found('javascript:alert(1) file:///x data:text/html,x ftp://a.example')).toEqual([])
  })
})
