import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Parser } from '../../../src-main/mail/parse/parser'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import { unpackSource } from '../../../src-main/shared/message-body'
import { makeMessages } from './make-messages'

const out = join(import.meta.dirname, `../../../node_modules/.vite/parser-thread-${process.pid}`)
const script = pathToFileURL(join(out, 'thread.mjs'))
let parser: Parser

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'thread-script.ts'),
      outDir: out,
      rollupOptions: { output: { entryFileNames: 'thread.mjs' } },
    },
  })
  parser = new Parser(script, 600)
})
afterAll(async () => {
  await parser.close()
  await rm(out, { recursive: true, force: true })
})

const trap = (word: string): Buffer => Buffer.from(`From: a@b.test\r\nSubject: ${word}\r\n\r\nbody\r\n`)

test('the thread gives what parsing here gives', async () => {
  const raws = [...makeMessages(30)].map((message) => message.raw)
  expect(await parser.parse(raws)).toEqual(structuredClone(await Promise.all(raws.map((raw) => parseMessage(raw)))))
})

test('a thread that is started ahead of its work is the one that does it, and none is left behind by an end', async () => {
  const ahead = new Parser(script, 60_000)
  const begun = process.getActiveResourcesInfo().filter((what) => what === 'MessagePort').length
  const threads = (): number => process.getActiveResourcesInfo().filter((what) => what === 'MessagePort').length - begun
  ahead.warm()
  const after = threads()
  expect(after).toBeGreaterThan(0)
  const [message] = await ahead.parse([trap('early')])
  expect(message?.subject).toBe('early')
  ahead.warm()
  expect(threads()).toBe(after)
  await ahead.close()
  ahead.warm()
  expect(threads()).toBe(0)
})

test('a message that hangs the parser holds up none but itself, and keeps its source (R24, R25)', async () => {
  const good = [...makeMessages(4)].map((message) => message.raw)
  const raws = [...good.slice(0, 2), trap('TRAP-HANG'), ...good.slice(2)]
  const parsed = await parser.parse(raws)
  expect(parsed.map((message) => message.unreadable)).toEqual([null, null, 'takes-too-long', null, null])
  expect(parsed[2]).toMatchObject({ subject: 'TRAP-HANG', from: { address: 'a@b.test' } })
  const source = parsed[2] ? unpackSource(parsed[2].body, parsed[2].source) : new Uint8Array()
  expect(Buffer.from(source).equals(raws[2] ?? Buffer.alloc(0))).toBe(true)
})

test('a message that kills the parser does not end the others (R24)', async () => {
  const good = [...makeMessages(3)].map((message) => message.raw)
  const parsed = await parser.parse([trap('TRAP-EXIT'), ...good, trap('TRAP-EXIT')])
  expect(parsed.map((message) => message.unreadable)).toEqual(['crashed', null, null, null, 'crashed'])
})

test('an attachment comes out as it went in; one that is not there is not found', async () => {
  const bytes = Buffer.from(Array.from({ length: 5000 }, (_, index) => (index * 7) % 256))
  const raw = Buffer.from(
    [
      'From: a@b.test',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=x',
      '',
      '--x',
      'Content-Type: text/plain',
      '',
      'hi',
      '--x',
      'Content-Type: application/octet-stream; name="data.bin"',
      'Content-Transfer-Encoding: base64',
      'Content-Disposition: attachment',
      '',
      bytes.toString('base64').replace(/(.{76})/g, '$1\r\n'),
      '--x--',
      '',
    ].join('\r\n'),
  )
  const part = await parser.extract(raw, 0)
  expect(Buffer.from(part.bytes).equals(bytes)).toBe(true)
  await expect(parser.extract(raw, 1)).rejects.toMatchObject({ code: 'not-found' })
})
