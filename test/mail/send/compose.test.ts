import { hostname, userInfo } from 'node:os'
import fc from 'fast-check'
import PostalMime from 'postal-mime'
import { describe, expect, test } from 'vitest'
import { compose } from '../../../src-main/mail/send/compose'

type Letter = Parameters<typeof compose>[0]
const letter = (change: Partial<Letter> = {}): Letter => ({
  messageId: 'one@postern.test',
  posternId: 'p-1',
  date: Date.UTC(2026, 10, 22, 9, 30),
  from: { name: 'Support', address: 'support@acme.test' },
  to: [{ name: 'Anna', address: 'anna@customer.test' }],
  cc: [],
  subject: 'Hello',
  html: '<p>Hi</p>',
  text: 'Hi',
  quote: null,
  signature: null,
  inReplyTo: null,
  references: [],
  files: [],
  ...change,
})
const text = async (change: Partial<Letter>): Promise<string> =>
  Buffer.from(await compose(letter(change))).toString('latin1')
const headerNames = (raw: string): string[] =>
  raw
    .slice(0, raw.indexOf('\r\n\r\n'))
    .split(/\r\n(?![ \t])/)
    .map((line) => line.split(':')[0]?.toLowerCase() ?? '')

test('the same job gives the same bytes', async () => {
  const job = letter({
    files: [{ name: 'a.bin', type: 'application/octet-stream', bytes: new Uint8Array([1, 2, 3]) }],
    html: '<img src="data:image/png;base64,iVBORw0KGgo=">',
  })
  expect(Buffer.from(await compose(job)).equals(Buffer.from(await compose(job)))).toBe(true)
})

describe('no header can be smuggled in (R42)', () => {
  const expected = ['x-postern-id', 'from', 'to', 'subject', 'message-id', 'date', 'mime-version', 'content-type']
  test.each([
    'x\r\nBcc: evil@b.test',
    'x\nBcc: evil@b.test',
    'x\rBcc: evil@b.test',
    'x\u2028Bcc: y',
    'x\0y',
    '\r\n\r\n<html>',
  ])('through %j', async (bad) => {
    const raw = await text({
      subject: bad,
      from: { name: bad, address: 'support@acme.test' },
      to: [{ name: bad, address: 'anna@customer.test' }],
      messageId: `${bad}@x`,
      posternId: bad,
      inReplyTo: bad,
      references: [bad],
      files: [{ name: bad, type: bad, bytes: new Uint8Array([1]) }],
    })
    expect(
      headerNames(raw)
        .filter((name) => !['in-reply-to', 'references'].includes(name))
        .toSorted(),
    ).toEqual(expected.toSorted())
    await expect(text({ to: [{ name: '', address: `anna@customer.test${bad}` }] })).rejects.toMatchObject({
      code: 'invalid-input',
    })
  })
  test('through any subject and name', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.string({ unit: 'grapheme', maxLength: 200 }),
        async (subject, name) => {
          const raw = await text({ subject, from: { name, address: 'support@acme.test' } })
          expect(headerNames(raw).toSorted()).toEqual(
            subject.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/g, '').trim() === ''
              ? expected.filter((one) => one !== 'subject' || headerNames(raw).includes('subject')).toSorted()
              : expected.toSorted(),
          )
          expect(raw.split('\r\n').every((line) => line.length <= 998)).toBe(true)
        },
      ),
      { numRuns: 200, seed: 4 },
    )
  })
  test('nothing of this machine, its user, its zone or its program is in it', async () => {
    const raw = await text({ html: '<p>x</p>', quote: 'old' })
    expect(raw).toContain('Date: Sun, 22 Nov 2026 09:30:00 +0000')
    for (const leak of [
      userInfo().username === 'root' ? '/root' : userInfo().username,
      process.cwd(),
      'nodemailer',
      'X-Mailer',
      'User-Agent',
      ...(hostname().length > 5 ? [hostname()] : []),
    ])
      expect(raw).not.toContain(leak)
  })
})

describe('the content survives', () => {
  test('text, quote and HTML are there in both forms', async () => {
    const mail = await PostalMime.parse(
      await compose(
        letter({
          text: 'Grüße\nAnna',
          html: '<p>Grüße</p>',
          quote: 'On Monday <Bob> wrote:\n\nfirst line\n> older',
          subject: 'Größe 日本語 🚲',
          inReplyTo: 'q@x',
          references: ['r@x', 'q@x'],
        }),
      ),
    )
    expect(mail.text?.trimEnd()).toBe('Grüße\nAnna\n\nOn Monday <Bob> wrote:\n> first line\n>> older')
    expect(mail.html).toContain('<p>Grüße</p>')
    expect(mail.html).toContain('On Monday &#60;Bob&#62; wrote:')
    expect(mail.html).toMatch(/<blockquote[^>]*>first line<br>&#62; older<\/blockquote>/)
    expect(mail).toMatchObject({
      subject: 'Größe 日本語 🚲',
      inReplyTo: '<q@x>',
      references: '<r@x> <q@x>',
      messageId: '<one@postern.test>',
    })
  })
  test('pictures in the HTML travel as parts, each once', async () => {
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
    const mail = await PostalMime.parse(
      await compose(
        letter({ html: `<img alt="a" src="data:image/png;base64,${data}"><img src="data:image/png;base64,${data}">` }),
      ),
    )
    expect(mail.attachments).toHaveLength(1)
    expect(mail.attachments[0]).toMatchObject({ mimeType: 'image/png', disposition: 'inline', related: true })
    const cid = mail.attachments[0]?.contentId?.replace(/[<>]/g, '')
    expect(mail.html?.split(`src="cid:${cid}"`)).toHaveLength(3)
    expect(mail.html).not.toContain('data:')
  })
  test('files keep their names and bytes', async () => {
    const bytes = new Uint8Array(100_000).map((_, index) => index * 7)
    const mail = await PostalMime.parse(
      await compose(letter({ files: [{ name: 'Größe "groß"; 日本.pdf', type: 'application/pdf', bytes }] })),
    )
    expect(mail.attachments[0]).toMatchObject({
      filename: 'Größe "groß"; 日本.pdf',
      mimeType: 'application/pdf',
      disposition: 'attachment',
    })
    expect(
      Buffer.from(
        mail.attachments[0]?.content instanceof ArrayBuffer ? mail.attachments[0].content : new ArrayBuffer(0),
      ).equals(Buffer.from(bytes)),
    ).toBe(true)
  })
  test('no line is too long, with 2,000 recipients and a chain of 500', async () => {
    const raw = await text({
      to: Array.from({ length: 2000 }, (_, index) => ({
        name: `Kundin ${index} Müller`,
        address: `c${index}@customer.test`,
      })),
      references: Array.from({ length: 500 }, (_, index) => `m${index}@x`),
      text: 'word '.repeat(5000),
    })
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
    const mail = await PostalMime.parse(raw)
    expect(mail.to).toHaveLength(2000)
    expect(mail.references?.split(' ')).toHaveLength(100)
    expect(mail.references).toMatch(/^<m0@x> .* <m499@x>$/)
  })
  test('lines that begin with a dot or From are not changed', async () => {
    const mail = await PostalMime.parse(await compose(letter({ text: '.\nFrom here\n..two' })))
    expect(mail.text?.trimEnd()).toBe('.\nFrom here\n..two')
  })
})

test('the signature stands between text and quote in both forms, and touches neither', async () => {
  const mail = await PostalMime.parse(
    await compose(
      letter({
        text: 'Yes.\n\n',
        html: '<div>Yes.</div>',
        signature: { html: '<div><b>Tom</b></div>', text: 'Tom' },
        quote: 'On Monday Anna wrote:\nWhere?',
      }),
    ),
  )
  expect(mail.text?.trimEnd()).toBe('Yes.\n\nTom\n\nOn Monday Anna wrote:\n> Where?')
  expect(mail.html).toMatch(
    /^<div>Yes\.<\/div><div><br><\/div><div class="signature"><div><b>Tom<\/b><\/div><\/div><br><div>On Monday/,
  )
})

test('a recipient whose address needs quotes is written to in quotes, and what is no address is refused', async () => {
  const to = await text({ to: [{ name: 'Fred', address: '"Fred Bloggs"@customer.test' }] })
  expect(to).toMatch(/^To: Fred <"Fred Bloggs"@customer\.test>\r$/m)
  for (const address of ['a@b..test', 'a@b.test.', 'a b@c.test', '"a"b@c.test'])
    await expect(compose(letter({ to: [{ name: '', address }] })), address).rejects.toMatchObject({
      code: 'invalid-input',
    })
})
