import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressList, sender } from '../../../src-main/mail/parse/addresses'
import type { ParsedMessage } from '../../../src-preload/contract/internal'
import { extractPart, parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSearchText, unpackSource } from '../../../src-main/shared/message-body'
import { threadMs } from '../../../src-main/shared/rest'
import { mail, multipart, parse, part } from './parsing'

const bytesMail = (headers: string[], body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([...headers, '', ''].join('\r\n')), body])
async function from(value: string): Promise<Pick<ParsedMessage, 'from' | 'fromSuspicious'>> {
  const { from: address, fromSuspicious } = await parse(mail([`From: ${value}`]))
  return { from: address, fromSuspicious }
}
/** Milliseconds of processor time that parsing takes: what else the machine does is not counted. */
async function took(raw: Buffer): Promise<number> {
  const start = threadMs()
  const message = await parseMessage(raw)
  const ms = threadMs() - start
  expect(Buffer.from(unpackSource(message.body, message.source)).equals(raw)).toBe(true)
  return ms
}
describe('the sender cannot be faked (R20)', () => {
  test('an honest From is not suspected', async () => {
    expect(await from('"Müller, Anna" <anna@customer.test>')).toEqual({
      from: { name: 'Müller, Anna', address: 'anna@customer.test' },
      fromSuspicious: false,
    })
    expect(await from('anna@customer.test')).toMatchObject({
      from: { name: '', address: 'anna@customer.test' },
      fromSuspicious: false,
    })
    expect(await from('"anna@customer.test" <anna@customer.test>')).toMatchObject({
      from: { name: '' },
      fromSuspicious: false,
    })
  })
  test.each([
    '"ceo@acme.test" <evil@attacker.test>',
    'CEO ceo@acme.test <evil@attacker.test>',
    '"Support \u202etset.emca@oec" <evil@attacker.test>',
    'a@acme.test, evil@attacker.test',
    '=?utf-8?Q?ceo=40acme.test?= <evil@attacker.test>',
    'ceo@acme.test <evil@attacker.test>',
  ])('%s', async (value) => expect(await from(value)).toMatchObject({ fromSuspicious: true }))
  test('a second From header, and none', async () => {
    expect(await parse(mail(['From: a@acme.test', 'From: evil@attacker.test']))).toMatchObject({ fromSuspicious: true })
    expect(await parse(mail(['Subject: x']))).toMatchObject({ fromSuspicious: true, from: { address: '' } })
  })
  test('a local part in quotes is not read as another address', async () => {
    for (const [value, address] of [
      ['"Fred Bloggs"@customer.test', '"Fred Bloggs"@customer.test'],
      ['"boss@acme.test"@evil.test', '"boss@acme.test"@evil.test'],
      ['Fred <"Fred Bloggs"@customer.test>', '"Fred Bloggs"@customer.test'],
      ['"fred"@customer.test', 'fred@customer.test'],
      ['"fr\\ed"@customer.test (at home)', 'fred@customer.test'],
      ['<@relay.test,@old.test:fred@customer.test>', 'fred@customer.test'],
    ])
      expect(await from(value ?? ''), value).toMatchObject({ from: { address }, fromSuspicious: false })
    // It is no address of its own where another one follows.
    expect(await from('"ceo"@acme.test <evil@attacker.test>')).toMatchObject({
      from: { address: 'evil@attacker.test' },
      fromSuspicious: true,
    })
  })
  test.each(['a@b..test', 'a@.test', 'a@b.test.', 'a b@c@d.test', '"a@b.test', 'a(b(c)@d.test', 'a\\@b.test'])(
    'what is no address is suspected: %s',
    async (value) => expect(await from(value)).toMatchObject({ fromSuspicious: true }),
  )
  test('a smile in a name is no offence', async () => {
    expect(await from('Anna :) <anna@customer.test>')).toMatchObject({ fromSuspicious: false })
  })
  test('the value of CVE-2025-3875 shows the true address or is suspected', async () => {
    const parsed = await from('"Spoofed Name <spoofed@example.com>" <attacker@evil.test>')
    expect(parsed.from.address).toBe('attacker@evil.test')
    expect(parsed.fromSuspicious).toBe(true)
    const second = await from('Spoofed <spoofed@example.com> <attacker@evil.test>')
    expect(second).toMatchObject({ fromSuspicious: true, from: { address: 'attacker@evil.test' } })
  })
})

describe('headers', () => {
  test('groups are opened, identifiers normalised, chains kept in order', async () => {
    const parsed = await parse(
      mail([
        'From: a@b.test',
        'To: Team: x@b.test, "Y, Z" <y@b.test>;, z@b.test',
        'Cc: undisclosed-recipients:;',
        'Message-ID: < one@b.test >',
        'In-Reply-To: <two@b.test>',
        'References: <root@b.test>',
        ' <two@b.test> <two@b.test>',
      ]),
    )
    expect(parsed.to).toEqual([
      { name: '', address: 'x@b.test' },
      { name: 'Y, Z', address: 'y@b.test' },
      { name: '', address: 'z@b.test' },
    ])
    expect(parsed).toMatchObject({
      cc: [],
      messageId: 'one@b.test',
      inReplyTo: ['two@b.test'],
      references: ['root@b.test', 'two@b.test'],
    })
  })
  test('an ordinary address is read as the parser for all of them reads it', async () => {
    const word = fc.stringMatching(/^[A-Za-z0-9]{1,12}$/)
    const address = fc.stringMatching(/^[A-Za-z0-9._+-]{1,16}@[A-Za-z0-9.-]{1,16}$/)
    const name = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(name, address, (said, bare) => {
        const value = said === '' ? bare : `${said} <${bare}>`
        // White space in front is beyond the short way.
        expect(addressList([value])).toEqual(addressList([` ${value}`]))
        expect(sender([value])).toEqual(sender([` ${value}`]))
      }),
    )
  })
  test('a machine’s mails of the same words with neither Message-ID nor date do not become one', async () => {
    const told = async (...headers: string[]) =>
      Buffer.from((await parse(mail(['From: nas@b.test', 'Subject: disk full', ...headers]))).contentHash)
    const received = (hour: number): string => `Received: by mx.b.test; Sun, 22 Nov 2026 ${hour}:00:00 +0000`
    expect(await told(received(10))).not.toEqual(await told(received(11)))
    // With one of them it is the same mail on another way.
    for (const known of ['Message-ID: <one@b.test>', 'Date: Sun, 22 Nov 2026 10:00:00 +0000'])
      expect(await told(received(10), known)).toEqual(await told(received(11), known))
  })
  test('dates that cannot be are no dates', async () => {
    const date = async (value: string): Promise<number | null> =>
      (await parse(mail(['From: a@b.test', `Date: ${value}`]))).date
    expect(await date('Sun, 22 Nov 2026 10:00:00 +0100 (CET)')).toBe(Date.UTC(2026, 10, 22, 9))
    expect(await date('Thu, 01 Jan 1970 00:00:00 +0000')).toBe(null)
    expect(await date('Fri, 01 Jan 2999 00:00:00 +0000')).toBe(null)
    expect(await date('yesterday')).toBe(null)
  })
  test.each([
    [['Auto-Submitted: auto-replied'], 'auto-reply'],
    [['Precedence: auto_reply'], 'auto-reply'],
    [['List-Unsubscribe: <mailto:x@b.test>'], 'newsletter'],
    [['List-Id: <l.b.test>'], 'newsletter'],
    [['Precedence: bulk'], 'newsletter'],
    [['Auto-Submitted: auto-generated'], 'notification'],
    [['X-Auto-Response-Suppress: All'], 'notification'],
    [['Content-Type: multipart/report; report-type=delivery-status; boundary=b'], 'bounce'],
    [['Auto-Submitted: no'], 'none'],
    [[], 'none'],
  ] as const)('%s is %s', async (headers, kind) =>
    expect((await parse(mail(['From: a@b.test', ...headers]))).autoKind).toBe(kind),
  )
})

describe('text', () => {
  test.each([
    ['iso-2022-jp', Buffer.from('1b2442467c4b5c386c1b28420a', 'hex'), '日本語'],
    ['gb18030', Buffer.from('d6d0cec40a', 'hex'), '中文'],
    ['koi8-r', Buffer.from('f0d2c9d7c5d40a', 'hex'), 'Привет'],
    ['windows-1252', Buffer.from('47726ffc650a', 'hex'), 'Groüe'],
    ['x-unknown-charset', Buffer.from('abc\n'), 'abc'],
  ])('charset %s', async (charset, body, expected) => {
    expect(
      (await parse(bytesMail(['From: a@b.test', `Content-Type: text/plain; charset=${charset}`], body))).view.text,
    ).toBe(expected)
  })
  test('UTF-8 that is declared as something else, or as nothing, is read', async () => {
    for (const type of ['text/plain', 'text/plain; charset=us-ascii', 'text/plain; charset=iso-8859-1']) {
      expect(
        (await parse(bytesMail(['From: a@b.test', `Content-Type: ${type}`], Buffer.from('Größe 日本\n')))).view.text,
      ).toBe('Größe 日本')
    }
  })
  test('Latin-1 that claims to be UTF-8 is read', async () => {
    expect(
      (
        await parse(
          bytesMail(
            ['From: a@b.test', 'Content-Type: text/plain; charset=utf-8'],
            Buffer.from('Gr\u00f6\u00dfe\n', 'latin1'),
          ),
        )
      ).view.text,
    ).toBe('Größe')
  })
  test('hidden words of HTML are in no text, no snippet and no quote (R19)', async () => {
    const parsed = await parse(
      mail(
        ['From: a@b.test', 'Content-Type: text/html; charset=utf-8'],
        '<div style="DISPLAY : none">preheader</div><p hidden>gone</p><span style="font-size:0px">zero</span><p>Seen &amp; <b>read</b></p><style>.x{color:red}</style><script>evil()</script><!-- note -->',
      ),
    )
    expect(parsed.view.text).toBe('Seen & read')
    expect(parsed.snippet).toBe('Seen & read')
  })
  test('the snippet skips greeting and quoted lines', async () => {
    expect(
      (
        await parse(
          mail(
            ['From: a@b.test'],
            'Hi Anna,\r\n\r\nwhere is my bike?\r\n\r\nOn Mon, 1 Jan 2026 Bob wrote:\r\n> old\r\n',
          ),
        )
      ).snippet,
    ).toBe('where is my bike?')
  })
  test('text that says all that the HTML says suffices; a picture or a table does not', async () => {
    const both = (html: string): Buffer =>
      multipart(
        'alternative',
        part(['Content-Type: text/plain'], 'Hello there'),
        part(['Content-Type: text/html'], html),
      )
    expect((await parse(both('<html><body><p>Hello <b>there</b></p></body></html>'))).view.textSuffices).toBe(true)
    expect((await parse(both('<p>Hello <a href="https://evil.test">there</a></p>'))).view.textSuffices).toBe(false)
    expect((await parse(both('<p>Hello there</p><img src="cid:x">'))).view.textSuffices).toBe(false)
    expect((await parse(both('<p>Something else</p>'))).view.textSuffices).toBe(false)
    expect((await parse(both('<p style="background:#f00">Hello there</p>'))).view.textSuffices).toBe(false)
  })
  test('words that only the HTML has can be found, and none is there twice', async () => {
    const parsed = await parse(
      multipart(
        'alternative',
        part(['Content-Type: text/plain'], 'View in browser'),
        part(['Content-Type: text/html'], '<p>View in browser</p><p>Invoice 4711</p>'),
      ),
    )
    expect(unpackSearchText(parsed.body)).toBe('View in browser\nInvoice 4711')
    expect(Buffer.from(parsed.words ?? []).toString()).toBe('View in browser\nInvoice 4711')
  })
})

describe('remote content is counted', () => {
  test('whatever would be fetched', async () => {
    const html =
      '<img src="https://t.test/1.png"><img srcset="https://t.test/2.png 1x, //t.test/3.png 2x"><table background="http://t.test/4.png"></table><div style="background:url(\'https://t.test/5.png\')"></div><style>@import "https://t.test/x.css"; b{background:url(https://t.test/6.png)}</style><video poster="https://t.test/7.png"><source src="https://t.test/8.mp4"></video><img src="cid:inline"><img src="data:image/png;base64,AA"><link rel="stylesheet" href="https://t.test/y.css"><IMG SRC=\'https://t.test/9.png\'>'
    const parsed = await parse(mail(['From: a@b.test', 'Content-Type: text/html'], html))
    expect(parsed.remoteCount).toBe(11)
    for (const number of [1, 2, 3, 4, 5, 6, 7, 9])
      expect(parsed.remoteUrls.some((url) => url.includes(`t.test/${number}.png`))).toBe(true)
    expect(parsed.remoteUrls.every((url) => /^https?:/.test(url))).toBe(true)
  })
})

describe('nothing is too large, too deep or too many to come through (R25)', () => {
  const shapes: readonly (readonly [string, () => Buffer])[] = [
    [
      'nested 2,000 deep',
      () =>
        mail(
          ['From: a@b.test', 'Content-Type: multipart/mixed; boundary=b0'],
          Array.from(
            { length: 2000 },
            (_, depth) => `--b${depth}\r\nContent-Type: multipart/mixed; boundary=b${depth + 1}\r\n\r\n`,
          ).join(''),
        ),
    ],
    [
      '10,000 parts',
      () => multipart('mixed', ...Array.from({ length: 10_000 }, () => part(['Content-Type: application/x'], 'y'))),
    ],
    [
      'rfc822 in rfc822, 500 deep',
      () =>
        mail(['From: a@b.test', 'Content-Type: message/rfc822'], 'Content-Type: message/rfc822\r\n\r\n'.repeat(500)),
    ],
    ['1 MB header of one line', () => mail(['From: a@b.test', `Subject: ${'x'.repeat(1_000_000)}`])],
    ['1 MB header of folds', () => mail(['From: a@b.test', `Subject: ${'x\r\n '.repeat(250_000)}`])],
    [
      '100,000 headers',
      () => mail(['From: a@b.test', ...Array.from({ length: 100_000 }, (_, index) => `X-${index}: y`)]),
    ],
    [
      '50,000 recipients',
      () =>
        mail(['From: a@b.test', `To: ${Array.from({ length: 50_000 }, (_, index) => `c${index}@b.test`).join(', ')}`]),
    ],
    ['address of brackets', () => mail([`From: ${'<'.repeat(100_000)}${'('.repeat(100_000)}${'"'.repeat(50_001)}`])],
    ['encoded words without end', () => mail(['From: a@b.test', `Subject: ${'=?utf-8?Q?'.repeat(60_000)}`])],
    [
      'a boundary that never comes',
      () => mail(['From: a@b.test', 'Content-Type: multipart/mixed; boundary=b'], '--'.repeat(1_000_000)),
    ],
    [
      'lines that all look like boundaries',
      () => mail(['From: a@b.test', 'Content-Type: multipart/mixed; boundary=b'], '--bx\r\n'.repeat(200_000)),
    ],
    ['20 MB of text', () => mail(['From: a@b.test'], 'word '.repeat(4_000_000))],
    [
      '50 MB of base64',
      () =>
        multipart(
          'mixed',
          part(
            ['Content-Type: application/octet-stream; name=x.bin', 'Content-Transfer-Encoding: base64'],
            `${'QUJD'.repeat(19)}\r\n`.repeat(640_000),
          ),
        ),
    ],
    ...(
      [
        ['open tags', '<'],
        ['open tags with names', '<a '],
        ['open comments', '<!--'],
        ['open quotes', '<a b="'],
        ['nested', '<div>'],
        ['entities', '&amp'],
        ['spaces', ' '],
        ['styles', '<style>'],
        ['scripts', '<script>'],
        ['css urls', '<p style="x:url(url(url(">'],
        ['hidden', '<p hidden>'],
        ['quotes', '<blockquote>x'],
        ['pre', '<pre> '],
      ] as const
    ).map(
      ([name, piece]) =>
        [
          `3 MB of HTML: ${name}`,
          () => mail(['From: a@b.test', 'Content-Type: text/html'], piece.repeat(Math.floor(3_000_000 / piece.length))),
        ] as const,
    ),
  ]
  test.each(shapes)('%s', async (_name, make) => {
    expect(await took(make())).toBeLessThan(2_000)
  })
  test('a body over 1 MB is cut for showing and says so; the source is whole', async () => {
    const parsed = await parse(mail(['From: a@b.test'], 'word '.repeat(400_000)))
    expect(parsed.view.cut).toBe(true)
    expect(parsed.view.text.length).toBeLessThanOrEqual(1024 * 1024)
  })
  test('what is beyond the limits is shown raw, with the reason', async () => {
    expect(
      await parse(
        mail(
          ['From: Anna <a@b.test>', 'Subject: deep', 'Content-Type: multipart/mixed; boundary=b0'],
          Array.from(
            { length: 2000 },
            (_, depth) => `--b${depth}\r\nContent-Type: multipart/mixed; boundary=b${depth + 1}\r\n\r\n`,
          ).join(''),
        ),
      ),
    ).toMatchObject({ unreadable: 'nested-too-deep', subject: 'deep', from: { address: 'a@b.test' } })
  })
})

test('the address that a server delivered to is kept when To and Cc do not name it, and nothing else passes for it', async () => {
  const read = async (...headers: string[]): Promise<string[] | undefined> =>
    (await parseMessage(Buffer.from([...headers, 'From: a@x.test', 'To: Help <help@acme.test>', '', 'x'].join('\r\n'))))
      .deliveredTo
  expect(
    await read('Delivered-To: <Returns@acme.test>', 'X-Original-To: returns@acme.test', 'Delivered-To: HELP@acme.test'),
  ).toEqual(['returns@acme.test'])
  expect(await read('Delivered-To: help@acme.test')).toBeUndefined()
  expect(
    await read(
      'Delivered-To: "x" a@b.test, c@d.test',
      'Envelope-To: a@b c@d',
      `X-Envelope-To: ${'a'.repeat(500)}@x.test`,
    ),
  ).toBeUndefined()
  expect((await read(...Array.from({ length: 40 }, (_, n) => `Delivered-To: a${n}@x.test`)))?.length).toBe(10)
})

test.each([
  ['Auto-Submitted: auto-replied', 'auto-reply'],
  ['Auto-Submitted: Auto-Generated; x=1', 'notification'],
  ['Auto-Submitted: no', 'none'],
  ['Precedence: bulk', 'newsletter'],
  ['List-Post: <mailto:l@x.test>', 'newsletter'],
  ['Return-Path: <>', 'notification'],
  ['Content-Type: multipart/report; report-type=disposition-notification; boundary=b', 'notification'],
  ['X-Nothing: 1', 'none'],
])("what a machine wrote is not taken for a person's word (RFC 3834): %s", async (header, kind) => {
  expect(
    (await parseMessage(Buffer.from([header, 'From: a@x.test', 'To: help@acme.test', '', 'x'].join('\r\n')))).autoKind,
  ).toBe(kind)
})

test('a file that travels as it is does not gain the line end before the boundary, in either reader (RFC 2046 5.1.1)', async () => {
  const file = (body: string): string =>
    `Content-Type: text/csv; name=a.csv\r\nContent-Disposition: attachment; filename=a.csv\r\n\r\n${body}`
  // The second form goes to the other reader: a comment in a header.
  for (const more of ['', 'X: y\r\nContent-Type: multipart/mixed (a comment); boundary=b'])
    for (const [body, bytes] of [
      ['a;b', 'a;b'],
      ['a;b\r\n', 'a;b\n'],
      ['', ''],
    ] as const) {
      const head = more === '' ? 'Content-Type: multipart/mixed; boundary=b' : more
      const raw = Buffer.from(`From: a@b.test\r\n${head}\r\n\r\n--b\r\n\r\nhi\r\n--b\r\n${file(body)}\r\n--b--\r\n`)
      const { attachments } = await parseMessage(raw)
      const part = await extractPart(raw, attachments[0]?.index ?? -1)
      expect(Buffer.from(part.bytes).toString()).toBe(bytes)
    }
})
