import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { looksLikeMbox, mboxEntry, MboxReader } from '../../src-main/shared/mbox'

/** Reads a file in pieces of `size` bytes. */
function readAll(file: Buffer, size: number, limit = 1e8): { raw: Buffer | null; at: number | null; end: number }[] {
  const reader = new MboxReader(0, limit)
  const messages = []
  for (let at = 0; at < file.length; at += size) messages.push(...reader.push(file.subarray(at, at + size)))
  return [...messages, ...reader.finish()]
}

describe('mbox', () => {
  test('what is written comes back byte for byte, however it is cut, whatever stands in it', () => {
    const piece = fc.constantFrom(
      'From ',
      '>From ',
      '>>From ',
      '\n',
      '\r\n',
      '\r',
      'From me Thu Jan  1 00:00:00 2026',
      'Subject: x',
      ' ',
      'text',
      '\n\nFrom a@b Thu Jan  1 10:00:00 2026\n',
      '\0',
      '\u00e9',
    )
    const message = fc.array(piece, { maxLength: 12 }).map((parts) => Buffer.from(parts.join(''), 'latin1'))
    fc.assert(
      fc.property(
        fc.array(message, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 60 }),
        (messages, size) => {
          const file = Buffer.concat(messages.map((raw, index) => mboxEntry(raw, 'a@x.test', index * 86_400_000)))
          const read = readAll(file, size)
          expect(read.map(({ raw }) => raw?.toString('latin1'))).toEqual(messages.map((raw) => raw.toString('latin1')))
          expect(read.map(({ at }) => at)).toEqual(messages.map((_, index) => index * 86_400_000))
          expect(read.at(-1)?.end).toBe(file.length)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('goes on from any message', () => {
    const file = Buffer.concat(['one\n', 'two\n', 'three\n'].map((text) => mboxEntry(Buffer.from(text), 'a@x', 0)))
    const [first] = readAll(file, 1000)
    const reader = new MboxReader(first?.end ?? 0, 1e8)
    expect([...reader.push(file.subarray(first?.end)), ...reader.finish()].map(({ raw }) => raw?.toString())).toEqual([
      'two\n',
      'three\n',
    ])
  })

  test('reads what other programs write: mboxo, CRLF, no blank line at the end, a line that only looks like a beginning', () => {
    const file =
      'From a@b.test Tue Mar 10 09:05:01 2020\r\nSubject: one\r\n\r\nHello\r\n>From here on\r\nFrom now on no more.\r\n\r\nFrom the desk of Bo\r\n\r\nFrom c@d Tue Mar 10 09:05 CET 2020\r\nSubject: two\r\n\r\nBye\r\n'
    const read = readAll(Buffer.from(file), 7)
    expect(read.map(({ raw }) => raw?.toString())).toEqual([
      'Subject: one\r\n\r\nHello\r\nFrom here on\r\nFrom now on no more.\r\n\r\nFrom the desk of Bo\r\n',
      'Subject: two\r\n\r\nBye\r\n',
    ])
    expect(read.map(({ at }) => at)).toEqual([Date.UTC(2020, 2, 10, 9, 5, 1), Date.UTC(2020, 2, 10, 9, 5)])
  })

  test.each([
    ['Tue, 10 Mar 2020 09:05:01 +0100', Date.UTC(2020, 2, 10, 8, 5, 1)],
    ['10 Mar 2020 09:05:01', Date.UTC(2020, 2, 10, 9, 5, 1)],
    ['Tue Mar 10 09:05:01 -0500 2020', Date.UTC(2020, 2, 10, 14, 5, 1)],
    ['Tue Mar 10 09:05:01 +0000 2020', Date.UTC(2020, 2, 10, 9, 5, 1)],
    ['Tue Mar 10 09:05:01 2020 +0200', Date.UTC(2020, 2, 10, 7, 5, 1)],
  ])('does not give mail without a date that of today where its From line says %s', (date, at) => {
    expect(readAll(Buffer.from(`From a@b.test ${date}\n\nHello\n\n`), 100).map((one) => one.at)).toEqual([at])
  })

  test('what is read, answered and starred is written where other programs look for it, and is no part of the message that comes back', () => {
    const raws = ['Subject: one\r\n\r\nHello\r\n', 'Status: RO\nX-Status: AF\nSubject: two\n\nHello', '']
    for (const flags of [0, 1, 2, 4, 7]) {
      const file = Buffer.concat(raws.map((raw) => mboxEntry(Buffer.from(raw), 'a@x.test', 0, flags)))
      const read = new MboxReader(0, 1e8)
      const messages = [...read.push(file), ...read.finish()]
      expect(messages.map(({ raw }) => raw?.toString())).toEqual(raws)
      const [said = []] = messages.map((one) => one.flags ?? [])
      expect(said.toSorted()).toEqual(
        ['\\Answered', '\\Flagged', '\\Seen'].filter((_, at) => (flags & ([2, 4, 1][at] ?? 0)) !== 0),
      )
    }
    expect(mboxEntry(Buffer.from('Subject: x\n\n'), 'a@x.test', 0, 5).toString()).toMatch(
      /^From .*\nStatus: RO\nX-Status: F\nSubject: x\n/,
    )
  })

  test('does not fill memory with one endless message, and finds the next one', () => {
    const file = Buffer.concat([
      mboxEntry(Buffer.alloc(50_000, 'x'), 'a@x', 0),
      mboxEntry(Buffer.from('small\n'), 'a@x', 0),
    ])
    expect(readAll(file, 997, 5_000).map(({ raw }) => raw?.toString() ?? null)).toEqual([null, 'small\n'])
  })

  test('is told from other files', () => {
    expect(looksLikeMbox(Buffer.from('From a@b Thu Jan  1 00:00:00 2026\n'))).toBe(true)
    for (const other of ['From: a@b\n', 'Received: x\n', '', 'From here\nto there 10:00'])
      expect(looksLikeMbox(Buffer.from(other))).toBe(false)
  })
})
