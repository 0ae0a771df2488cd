import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { threadMs } from '../../src-main/shared/rest'
import { isMailAddress } from '../../src-preload/contract/address'
import { findDoubts, findProblem } from '../../src-renderer/composer/checks'
import { parseMailto } from '../../src-renderer/composer/mailto'
import { addRecipients, parseRecipients, recipientText } from '../../src-renderer/composer/recipients'
import { isCarried } from '../../src-renderer/writing/pictures'
import { fromMailHtml, toMailHtml, toPlainText } from '../../src-renderer/writing/rich-text'

describe('recipients', () => {
  test('does not break a pasted list at the wrong places', () => {
    expect(
      parseRecipients('"Doe, Jane" <jane@a.example>, bob@b.example; Ana <ana@c.example>\nليلى حداد <layla@d.example>'),
    ).toEqual([
      { name: 'Doe, Jane', address: 'jane@a.example' },
      { name: '', address: 'bob@b.example' },
      { name: 'Ana', address: 'ana@c.example' },
      { name: 'ليلى حداد', address: 'layla@d.example' },
    ])
    expect(parseRecipients('a@b.example c@d.example\te@f.example').map((one) => one.address)).toEqual([
      'a@b.example',
      'c@d.example',
      'e@f.example',
    ])
  })
  test('does not let what is no address vanish or pass for one', () => {
    expect(parseRecipients('nobody, a@b.example')).toEqual([
      { name: '', address: 'nobody' },
      { name: '', address: 'a@b.example' },
    ])
    for (const bad of [
      'nobody',
      '@b.example',
      'a@',
      'a b@c.example',
      'a@b@c.example',
      'a@b.example\nBcc: x@y.example',
      'a@b,c',
      '<a@b.example>',
    ])
      expect(isMailAddress(bad), bad).toBe(false)
    for (const good of [
      'a@b.example',
      "o'brien+tag@mail.b.example",
      'jörg@müller.example',
      'a@localhost',
      '"a b"@c.example',
      'a@[192.0.2.1]',
      // Some phone companies hand such out, and who wrote from one must get an answer.
      'a..b.@c.example',
    ])
      expect(isMailAddress(good), good).toBe(true)
  })
  test('does not double an address, whatever its case', () => {
    expect(
      addRecipients(
        [{ name: 'A', address: 'A@b.example' }],
        [
          { name: '', address: 'a@B.example' },
          { name: '', address: 'c@d.example' },
          { name: '', address: 'C@d.example' },
        ],
      ),
    ).toHaveLength(2)
  })
  test('editing a recipient does not change it', () => {
    for (const one of [
      { name: 'Doe, "J" \\', address: 'a@b.example' },
      { name: 'Ana', address: 'a@b.example' },
      { name: '', address: 'a@b.example' },
    ])
      expect(parseRecipients(recipientText(one))).toEqual([one])
  })
  test('2,000 recipients are read in no time', () => {
    const started = threadMs()
    expect(
      parseRecipients(Array.from({ length: 2000 }, (_, i) => `Person ${i} <p${i}@b.example>`).join(', ')),
    ).toHaveLength(2000)
    expect(threadMs() - started).toBeLessThan(200)
  })
})

describe('mailto (R17)', () => {
  test('takes to, cc, subject and body', () => {
    expect(
      parseMailto('mailto:a@b.example,c%40d.example?cc=e@f.example&subject=Hi%20there&body=Line%201%0D%0ALine%202'),
    ).toEqual({
      to: [
        { name: '', address: 'a@b.example' },
        { name: '', address: 'c@d.example' },
      ],
      cc: [{ name: '', address: 'e@f.example' }],
      subject: 'Hi there',
      body: 'Line 1\nLine 2',
    })
  })
  test('does not take attachments, Bcc, From or any other field', () => {
    const fields = parseMailto(
      'mailto:a@b.example?bcc=x@y.example&attach=/etc/passwd&attachment=c:/x&from=boss@b.example&reply-to=z@y.example&in-reply-to=1&BCC=q@y.example&X-Header=1',
    )
    expect(JSON.stringify(fields)).not.toMatch(/y\.example|passwd|boss|X-Header|c:/)
  })
  test('does not let a field begin another header line', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        const fields = parseMailto(
          `mailto:a@b.example%0D%0ABcc:%20x@y.example?subject=${encodeURIComponent(a)}%0D%0ABcc:x&cc=${encodeURIComponent(b)}%0Aevil@y.example`,
        )
        expect(fields.subject + [...fields.to, ...fields.cc].map((one) => one.name + one.address).join('')).not.toMatch(
          /[\u0000-\u001f\u007f]/,
        )
      }),
    )
  })
})

describe('rich text', () => {
  test('the form that is sent does not change the draft when it comes back', () => {
    for (const html of [
      '<p>Hi</p><p></p><p dir="rtl">x</p>',
      '<ul><li><p>a</p></li></ul><blockquote><p>q</p></blockquote>',
    ])
      expect(fromMailHtml(toMailHtml(html))).toBe(html)
    expect(toMailHtml('<p>Hi</p><p></p><pre>x</pre>')).toBe('<div>Hi</div><div><br></div><pre>x</pre>')
  })
  test('a picture in the text is not lost on its way to mail and back, and plain text names it', () => {
    const html = '<p>See <img src="data:image/png;base64,AAAA" alt="screen.png"></p>'
    expect(toMailHtml(html)).toContain('max-width:100%')
    expect(fromMailHtml(toMailHtml(html))).toBe(html)
    expect(
      toPlainText({
        type: 'doc',
        content: [
          {
            type: 'paragraph',
            content: [
              { type: 'text', text: 'See ' },
              { type: 'image', attrs: { alt: 'screen.png' } },
            ],
          },
        ],
      }),
    ).toBe('See [screen.png]')
  })
  test('a picture that would be fetched or could run is not taken for one that came along (R13)', () => {
    for (const bad of [
      'https://tracker.example/p.png',
      'data:image/svg+xml;base64,AAAA',
      'data:text/html;base64,AAAA',
      'blob:postern://app/1',
      'data:image/png;base64,AA"><script>',
      '',
    ])
      expect(isCarried(bad), bad).toBe(false)
    expect(isCarried('data:image/jpeg;base64,/9j/AA==')).toBe(true)
  })
  test('plain text does not lose lists, quotes or where a link leads', () => {
    const text = (t: string, href?: string) => ({
      type: 'text',
      text: t,
      ...(href ? { marks: [{ type: 'link', attrs: { href } }] } : {}),
    })
    const p = (...content: object[]) => ({ type: 'paragraph', content })
    expect(
      toPlainText({
        type: 'doc',
        content: [
          p(text('Hi'), { type: 'hardBreak' }, text('there')),
          p(),
          {
            type: 'bulletList',
            content: [
              { type: 'listItem', content: [p(text('one'))] },
              { type: 'listItem', content: [p(text('two')), p(text('more'))] },
            ],
          },
          { type: 'orderedList', attrs: { start: 3 }, content: [{ type: 'listItem', content: [p(text('c'))] }] },
          { type: 'blockquote', content: [p(text('said')), p(), p(text('so'))] },
          p(
            text('see '),
            text('the order', 'https://a.example/1'),
            text(' and '),
            text('https://b.example/', 'https://b.example/'),
          ),
        ],
      }),
    ).toBe(
      'Hi\nthere\n\n- one\n- two\n  more\n3. c\n> said\n>\n> so\nsee the order <https://a.example/1> and https://b.example/',
    )
  })
})

describe('before sending', () => {
  const nobody = { to: [], cc: [], bcc: [] }
  const options = { isForward: false, asksSubject: false }
  const body = (text: string) => ({ subject: 'x', text })
  test('nothing goes to nobody or to what is no address', () => {
    expect(findProblem(nobody, false)).toBe('no-recipient')
    expect(findProblem({ ...nobody, cc: [{ name: '', address: 'nobody' }] }, false)).toBe('bad-recipient')
    expect(findProblem({ ...nobody, bcc: [{ name: '', address: 'a@b.example' }] }, true)).toBe('uploading')
    expect(findProblem({ ...nobody, bcc: [{ name: '', address: 'a@b.example' }] }, false)).toBeNull()
  })
  test('a promised file is not forgotten, in the languages of the team', () => {
    for (const text of [
      'See the attached list',
      'Die Rechnung ist im Anhang',
      'La facture est en pièce jointe',
      'Adjunto la factura',
      'In allegato la fattura',
      'In de bijlage staat de factuur',
    ])
      expect(findDoubts(body(text), [], options), text).toEqual(['no-file'])
    expect(findDoubts(body('See the attached list'), [{ size: 10 }], options)).toEqual([])
    expect(findDoubts(body('Yes\n> attached'), [], options)).toEqual([])
    expect(findDoubts(body('Yes\n-- \nattachments welcome'), [], options)).toEqual([])
  })
  test('an empty message, an empty subject and too big files are not sent without a word', () => {
    expect(findDoubts(body('\n '), [], options)).toEqual(['empty'])
    expect(findDoubts(body('\n '), [], { ...options, isForward: true })).toEqual([])
    expect(findDoubts({ subject: ' ', text: 'x' }, [], { ...options, asksSubject: true })).toEqual(['no-subject'])
    expect(findDoubts(body('x'), [{ size: 20e6 }, { size: 6e6 }], options)).toEqual(['big'])
  })
})
