import { afterAll, describe, expect, test } from 'vitest'
import { addressList, sender } from '../../../src-main/mail/parse/addresses'
import { extractPart, parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSearchText } from '../../../src-main/shared/message-body'
import { isMailAddress } from '../../../src-preload/contract/address'
import { ownText } from '../../fixtures/own-text'
import { corpusBytes, corpusFiles, corpusText, hasCorpus } from '../../fixtures/corpora'
import { Comparison } from '../../fixtures/differences'

/** Results that other sets than stalwart's ship with their mail (R26), and answers of which only the answer is wanted (R27). */
const dots = 'lenient: dots where none may be; some phone companies hand out such addresses'
const words = 'lenient: a name without brackets before the address is that of a careless program'
const differences = new Map<string, string>([
  ['invalid .first.last@iana.org', dots],
  ['invalid first.last.@iana.org', dots],
  ['invalid first..last@iana.org', dots],
  ['invalid .dot@iana.org', dots],
  ['invalid dot.@iana.org', dots],
  ['invalid two..dot@iana.org', dots],
  ['invalid test.@iana.org', dots],
  ['invalid test..test@iana.org', dots],
  ['invalid .test@iana.org', dots],
  ['invalid .wooly@iana.org', dots],
  ['invalid wo..oly@iana.org', dots],
  ['invalid pootietang.@iana.org', dots],
  ['invalid .@iana.org', dots],
  ['invalid hello world@iana.org', words],
  ['invalid Ima Fool@iana.org', words],
  ['invalid #Fred\\ Bloggs@iana.org', words],
  ['invalid partially."quoted"@sld.com', 'obsolete: quotes within a local part (RFC 5322 4.4)'],
  ['invalid first."".last@iana.org', 'obsolete: quotes within a local part (RFC 5322 4.4)'],
  ['invalid "foo"(yay)@(hoopla)[1.2.3.4]', 'obsolete: comments around the @ (RFC 5322 4.4)'],
  ['invalid first(middle)last@iana.org', 'obsolete: a comment within a local part (RFC 5322 4.4)'],
  ['invalid test@xn--example.com', 'lenient: no such letters are in its code, which only the name servers can tell'],
  [
    'valid "very.(),:;<>[]\\".VERY.\\"very@\\\\ \\"very\\".unusual"@strange.example.com',
    'ours: angle brackets within quotes are taken for those around an address; suspected',
  ],
  [
    'valid "()<>[]:,;@\\\\\\"!#$%&\'*+-/=?^_`{}| ~.a"@example.org',
    'ours: angle brackets within quotes are taken for those around an address; suspected',
  ],
  ['fetch-binary-mime-qp part 1', 'malformed: white space at the end of lines (RFC 2045 6.7); it is kept here'],
  ['talon standard_replies/thunderbird.eml', 'malformed: the answer stands on the line that it answers'],
])
const all = new Comparison(differences)
const sets = ['flanker', 'imaptest-scripts', 'staktrace-mailparse', 'talon']
const absent = sets.some((set) => !hasCorpus(set))

const lines = (file: string): string[] =>
  corpusText('flanker', file)
    .split('\n')
    .map((line) => line.replace(/\s{2,}#.*$/, '').trim())
    .filter((line) => line !== '' && !/^#(?: |$)/.test(line))

/** The messages of an mbox file of imaptest, which has no lines of its own that begin with From. */
const mbox = (file: string): Buffer[] =>
  corpusText('imaptest-scripts', file)
    .split(/^From .*\n/m)
    .slice(1)
    .map((text) => Buffer.from(text.replace(/\n\n$/, '\n')))

type Tree = (string | null | Tree)[]
/** An IMAP list: strings, NIL, lists. */
function tree(text: string): Tree {
  const stack: Tree[] = [[]]
  for (const [word, quoted] of text.matchAll(/"([^"]*)"|\(|\)|[^\s()"]+/g)) {
    if (word === '(') stack.push([])
    else if (word === ')') {
      const done = stack.pop() ?? []
      stack.at(-1)?.push(done)
    } else stack.at(-1)?.push(quoted ?? (word === 'NIL' ? null : word))
  }
  return stack[0] ?? []
}
const people = (list: unknown): string[] =>
  Array.isArray(list)
    ? list.flatMap((one: unknown) =>
        Array.isArray(one) && one[3] !== null ? [`${one[0] ?? ''} <${one[2]}@${one[3]}>`.trim()] : [],
      )
    : []
const shown = (list: readonly { name: string; address: string }[]): string[] =>
  list.map(({ name, address }) => `${name} <${address}>`.trim())
const flat = (text: string): string => text.replaceAll('\r\n', '\n')

describe.skipIf(absent)('what other sets expect (skipped: ../shared/corpora is absent)', () => {
  test('a valid address is read as itself, suspected by nobody, and can be written to (R26, R20)', () => {
    for (const line of lines('mailbox_valid.txt')) {
      const expected = /<([^<>]*)>$/.exec(line)?.[1] ?? line.replace(/^\([^()"]*\)|\([^()"]*\)$/g, '').trim()
      const [first, ...more] = addressList([line])
      // A backslash before a letter that needs none, and quotes around what needs none, say nothing (RFC 5322 3.2.4).
      const bare = expected.replace(/^"((?:[^"\\]|\\.)*)"@/, (_whole, inside: string) => {
        const local = inside.replace(/\\(.)/g, '$1')
        return /^[^\s@<>()[\],;:\\"]+$/.test(local) ? `${local}@` : `"${local.replace(/["\\]/g, '\\$&')}"@`
      })
      all.compare(
        `valid ${line}`,
        [first?.address, more.length, sender([line]).suspicious, isMailAddress(first?.address ?? '')],
        [bare, 0, false, true],
      )
    }
  })

  test('an invalid address is not shown as an honest one (R26, R20)', () => {
    for (const line of lines('mailbox_invalid.txt'))
      all.compare(`invalid ${line.slice(0, 40)}`, sender([line]).suspicious, true)
  })

  test('envelopes are what an IMAP server makes of them (R26)', async () => {
    const raws = mbox('fetch-envelope.mbox')
    const expected = [...corpusText('imaptest-scripts', 'fetch-envelope').matchAll(/^\* (\d+) FETCH (.*)$/gm)]
    expect(expected).toHaveLength(raws.length)
    for (const [, n = '', list = ''] of expected) {
      const raw = raws[Number(n) - 1]
      if (!raw) throw new Error(`no message ${n}`)
      const envelope = (tree(list)[0] as Tree)[1] as Tree
      const [date, subject, from, , replyTo, to, cc, bcc, inReplyTo, messageId] = envelope
      const ours = await parseMessage(raw)
      all.compare(
        `envelope ${n}`,
        {
          date: ours.date,
          subject: ours.subject,
          from: shown([ours.from]),
          // Without one of its own the server repeats the sender.
          replyTo: shown(ours.replyTo.length > 0 ? ours.replyTo : [ours.from]),
          to: shown(ours.to),
          cc: shown(ours.cc),
          bcc: shown(ours.bcc),
          inReplyTo: ours.inReplyTo,
          messageId: ours.messageId,
        },
        {
          date: Date.parse(String(date)),
          subject: subject ?? '',
          from: people(from),
          replyTo: people(replyTo),
          to: people(to),
          cc: people(cc),
          bcc: people(bcc),
          inReplyTo: typeof inReplyTo === 'string' ? [inReplyTo.replace(/[<>]/g, '')] : [],
          messageId: typeof messageId === 'string' ? messageId.replace(/[<>]/g, '') : null,
        },
      )
    }
  })

  test('parts are decoded byte for byte as an IMAP server decodes them (R26)', async () => {
    // Of the first only one part is a file here: a message in a message is shown with its text.
    for (const [file, parts] of [
      ['fetch-binary-mime', 1],
      ['fetch-binary-mime-base64', 5],
      ['fetch-binary-mime-qp', 1],
    ] as const) {
      const script = corpusText('imaptest-scripts', file)
      const whole = /binary\[\] \{\{\{\n([\s\S]*?)\n?\}\}\}/.exec(script)?.[1]
      const raw = whole === undefined ? mbox(`${file}.mbox`)[0] : Buffer.from(whole)
      if (!raw) throw new Error(`no message for ${file}`)
      const seen = new Set<string>()
      for (const [, n = '', text = ''] of script.matchAll(/binary\[(\d+)\] ~?\{\{\{\n([\s\S]*?)\n?\}\}\}/g)) {
        if (seen.has(n) || Number(n) > parts) continue
        seen.add(n)
        const { bytes } = await extractPart(raw, Number(n) - 1)
        all.compare(`${file} part ${n}`, flat(Buffer.from(bytes).toString('latin1')), flat(text))
      }
      expect(seen.size).toBe(parts)
    }
  })

  test('an attached file comes out as it went in (R26)', async () => {
    const raw = corpusBytes('staktrace-mailparse', 'test_email_01.txt')
    const { attachments } = await parseMessage(raw)
    const pdf = attachments.find(({ type }) => type === 'application/pdf')
    all.compare('staktrace name', pdf?.name, 'sample.pdf')
    const { bytes } = await extractPart(raw, pdf?.index ?? -1)
    all.compare(
      'staktrace bytes',
      Buffer.from(bytes).equals(corpusBytes('staktrace-mailparse', 'test_email_01_sample.pdf')),
      true,
    )
  })

  test('of an answer written with any of these programs just the answer is left (R27)', async () => {
    for (const { name, read } of corpusFiles('talon', '.eml')) {
      if (!name.startsWith('standard_replies')) continue
      const message = await parseMessage(read())
      // The same answer everywhere, but for a signature below it that its program put there.
      all.compare(`talon ${name}`, ownText(unpackSearchText(message.body)).split('\n')[0], 'Hello')
    }
  })

  afterAll(() => all.settle('parse.other-sets', /^(lenient|malformed|obsolete):/))
})
