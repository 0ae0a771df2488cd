import { describe, test } from 'vitest'
import * as z from 'zod'
import { addressList, messageIds } from '../../../src-main/mail/parse/addresses'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSearchText } from '../../../src-main/shared/message-body'
import { corpusFiles, corpusText, hasCorpus } from '../../fixtures/corpora'
import { Comparison } from '../../fixtures/differences'

/** Expected results that other projects ship with their mail (R26). */
const differences = new Map<string, string>([
  ['address 8', 'theirs: keeps pieces of a comment with an escaped bracket in the name'],
  ['address 9', 'theirs: keeps pieces of a comment with an escaped bracket in the name'],
  ['address 10', 'theirs: makes the comment after a group an address'],
  ['address 11', 'theirs: makes a comment inside an empty group an address'],
  ['address 13', 'obsolete: spaces around the dot of a host'],
  ['address 30', 'malformed: a line that is no part of a header'],
  ['address 31', 'malformed: an encoded word cut in two inside quotes'],
  ['address 41', 'malformed: the value of List-Help, no addresses'],
  ['address 42', 'malformed: the value of List-Post, no addresses'],
  ['address 44', 'malformed: the value of List-Help, no addresses'],
  ['address 46', 'malformed: the value of List-Unsubscribe, no addresses'],
  ['date 12', 'malformed: numbers that are no date'],
  ['date 14', 'theirs: takes no comment within a comment (RFC 5322, 3.2.2)'],
  ['date 28', 'malformed: the value of Received, no date'],
  ['date 30', 'malformed: a zone that no RFC knows'],
  ['id 3', 'malformed: an empty line within a header'],
  ['id 6', 'obsolete: spaces and a comment within an id; here they are taken out'],
  ['id 10', 'malformed: an id without @ and brackets'],
  [
    'subject 21',
    'malformed: an encoded word that touches the text before it (RFC 2047, 5); nothing is put between them here',
  ],
  ['subject 27', 'malformed: an encoded word broken over two lines'],
  ['subject 28', 'malformed: an encoded word broken over two lines'],
  ['eml/rfc/001.eml to', 'malformed: a name without an address'],
  ['eml/rfc/004.eml to', 'malformed: a name without an address'],
])
/** Not counted against the share that must agree: headers that are not well-formed, and results that contradict the RFC. */
const uncounted = /^(malformed|obsolete|theirs):/

const absent = !hasCorpus('stalwart-rfc')
const all = new Comparison(differences)
const compare = all.compare.bind(all)

const Person = z.object({ name: z.string().nullable(), address: z.string().nullable() })
const People = z.union([
  z.object({ List: z.array(Person) }),
  z.object({ Group: z.array(z.object({ name: z.string().nullable(), addresses: z.array(Person) })) }),
])
/** The rules by which we show a name, applied to theirs: no comments, no doubled spaces, nothing that repeats the address. */
const flat = (people: z.infer<typeof People>): { name: string; address: string }[] =>
  ('List' in people ? people.List : people.Group.flatMap(({ addresses }) => addresses)).map(({ name, address }) => {
    const shown = line((name ?? '').replace(/\([^()]*\)/g, ''))
    return { name: shown === address ? '' : shown, address: line(address ?? '').replaceAll(' ', '') }
  })
const line = (text: string): string => text.replace(/\s+/g, ' ').trim()
const json = <T extends z.ZodType>(file: string, item: T) =>
  z.array(z.object({ header: z.string(), expected: item })).parse(JSON.parse(corpusText('stalwart-rfc', file)))

describe.skipIf(absent)(
  'parsing agrees with the expected results that stalwart ships (R26) (skipped: ../shared/corpora is absent)',
  () => {
    test('addresses', () => {
      for (const [n, { header, expected }] of json('address.json', People.nullable()).entries())
        compare(
          `address ${n}`,
          addressList([header]).map(({ name, address }) => ({ name, address })),
          expected === null ? [] : flat(expected),
        )
    })
    test('message ids', () => {
      for (const [n, { header, expected }] of json(
        'id.json',
        z.union([z.array(z.string()), z.string()]).nullable(),
      ).entries())
        compare(`id ${n}`, messageIds(header, 100), expected === null ? [] : [expected].flat())
    })
    test('subjects', async () => {
      for (const [n, { header, expected }] of json('unstructured.json', z.string().nullable()).entries())
        compare(
          `subject ${n}`,
          (await parseMessage(Buffer.from(`Subject: ${header}\r\n\r\n`))).subject,
          line(expected ?? ''),
        )
    })
    test('dates', async () => {
      const When = z.object({
        year: z.int(),
        month: z.int(),
        day: z.int(),
        hour: z.int(),
        minute: z.int(),
        second: z.int(),
        tz_before_gmt: z.boolean(),
        tz_hour: z.int(),
        tz_minute: z.int(),
      })
      for (const [n, { header, expected }] of json('date.json', When.nullable()).entries()) {
        const zone =
          expected === null ? 0 : (expected.tz_before_gmt ? -1 : 1) * (expected.tz_hour * 60 + expected.tz_minute)
        const time =
          expected === null
            ? null
            : Date.UTC(
                expected.year,
                expected.month - 1,
                expected.day,
                expected.hour,
                expected.minute - zone,
                expected.second,
              )
        compare(
          `date ${n}`,
          (await parseMessage(Buffer.from(`Date: ${header}\r\nFrom: a@b.test\r\n\r\n`))).date,
          time !== null && time < Date.UTC(1980, 0, 1) ? null : time,
        )
      }
    })
    test('whole messages: addresses, subject, and no word of a text part is lost', async () => {
      const Header = z.object({ name: z.string(), value: z.unknown() })
      const Part = z.object({ headers: z.array(Header), body: z.record(z.string(), z.unknown()).or(z.string()) })
      for (const { name, read } of corpusFiles('stalwart-rfc', '.eml')) {
        const expected = z
          .object({ parts: z.array(Part) })
          .parse(JSON.parse(corpusText('stalwart-rfc', name.replace(/\.eml$/, '.json'))))
        const ours = await parseMessage(read())
        const value = (header: string): unknown =>
          expected.parts[0]?.headers.findLast((one) => one.name === header)?.value
        const people = (header: string): unknown => {
          const read = z.object({ Address: People }).safeParse(value(header))
          return read.success ? flat(read.data.Address) : []
        }
        const text = (header: string): string =>
          z.object({ Text: z.string() }).safeParse(value(header)).data?.Text ?? ''
        compare(`${name} subject`, ours.subject, text('subject'))
        compare(`${name} id`, ours.messageId ?? '', text('message_id'))
        compare(`${name} to`, ours.to, people('to'))
        if (value('from') !== undefined) compare(`${name} from`, [ours.from], people('from'))
        for (const [n, part] of expected.parts.entries()) {
          // Other kinds of text (enriched, headers of an attached message) are shown as attachments.
          const type = z
            .object({ ContentType: z.object({ c_type: z.string(), c_subtype: z.string().nullable() }) })
            .safeParse(part.headers.find((one) => one.name === 'content_type')?.value).data?.ContentType
          if (type && !/^text\/(plain|html)$/i.test(`${type.c_type}/${type.c_subtype}`)) continue
          const plain = z.object({ Text: z.string() }).safeParse(part.body)
          if (!plain.success) continue
          const found = unpackSearchText(ours.body)
          compare(`${name} words for the index`, Buffer.from(ours.words ?? []).toString(), ours.words ? found : '')
          const words = plain.data.Text.split(/\s+/).filter((word) => word !== '')
          compare(
            `${name} part ${n}`,
            words.filter((word) => !found.includes(word)),
            [],
          )
        }
      }
    })
    test('at least 99 of 100 agree, and every difference is one of the listed', () => {
      all.settle('parse.foreign', uncounted)
    })
  },
)
