import { expect, test } from 'vitest'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSource } from '../../../src-main/shared/message-body'
import { corpusFiles, hasCorpus, mimeSets } from '../../fixtures/corpora'
import { isSweeping } from '../../sweep'
import { makeMessages, numbers } from './make-messages'

/** `npm run sweep:mime` sets this: 10,000 mutations instead of some hundred. */
const rounds = isSweeping('mime') ? 10_000 : 1_000
const pieces = [
  '\r',
  '\n',
  '\0',
  '=',
  '=\r\n',
  ';',
  '"',
  '--',
  '\r\n\r\n',
  '(',
  '<',
  '=?utf-8?B?',
  '?=',
  'Content-Type: multipart/mixed; boundary=a\r\n',
  'Content-Transfer-Encoding: base64\r\n',
  '\xff\xfe',
  '--a\r\n',
  'begin 644 x\r\n',
  ': '.repeat(500),
  'é'.repeat(100),
]

test('no mutation of foreign mail crashes, hangs or loses its source (R24)', async () => {
  const random = numbers(2026)
  const below = (limit: number): number => Math.floor(random() * limit)
  const foreign = mimeSets
    .filter(hasCorpus)
    .flatMap((set) =>
      [...corpusFiles(set, '.eml'), ...corpusFiles(set, '.msg'), ...corpusFiles(set, '.txt')].map(({ read }) => read()),
    )
  // Without the foreign sets their place is taken by generated mail.
  const seeds = [
    ...foreign.filter((raw) => raw.length < 400_000),
    ...[...makeMessages(20, 3)].map(({ raw }) => Buffer.from(raw)),
  ]
  let slowest = 0
  let unreadable = 0
  for (let round = 0; round < rounds; round++) {
    let raw = Buffer.from(seeds[below(seeds.length)] ?? Buffer.alloc(0))
    for (let changes = 1 + below(6); changes > 0; changes--) {
      const at = below(raw.length + 1)
      const kind = below(6)
      if (kind === 0 && raw.length > 0) raw[Math.min(at, raw.length - 1)] = below(256)
      else if (kind === 1) raw = Buffer.concat([raw.subarray(0, at), raw.subarray(at + below(200))])
      else if (kind === 2) raw = Buffer.concat([raw.subarray(0, at), raw.subarray(Math.max(0, at - below(2_000)))])
      else if (kind === 3) raw = raw.subarray(0, at)
      else if (kind === 4) {
        const other = seeds[below(seeds.length)] ?? Buffer.alloc(0)
        raw = Buffer.concat([raw.subarray(0, at), other.subarray(below(other.length + 1))])
      } else
        raw = Buffer.concat([
          raw.subarray(0, at),
          Buffer.from(pieces[below(pieces.length)] ?? '', 'latin1'),
          raw.subarray(at),
        ])
    }
    const from = process.threadCpuUsage()
    const message = await parseMessage(raw)
    const { user, system } = process.threadCpuUsage(from)
    slowest = Math.max(slowest, (user + system) / 1000)
    if (message.unreadable !== null) unreadable += 1
    if (user + system > 2_000_000) throw new Error(`mutation ${round} took ${(user + system) / 1000} ms`)
    if (!Buffer.from(unpackSource(message.body, message.source)).equals(raw))
      throw new Error(`mutation ${round} lost its source`)
  }
  expect(process.memoryUsage().rss).toBeLessThan(900 * 1024 * 1024)
  console.log(`figure parse.mutations ${rounds} messages`)
  console.log(`figure parse.mutations-slowest ${slowest.toFixed(0)} ms`)
  console.log(`figure parse.mutations-unreadable ${unreadable} messages`)
}, 600_000)
