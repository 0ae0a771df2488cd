import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { build } from 'vite'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Parser } from '../../../src-main/mail/parse/parser'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'
import type { ParserJob } from '../../../src-main/mail/parse/parse-worker'
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

test.runIf(process.platform === 'linux')(
  'the thread takes nothing from the window once more is to come than a first page',
  async () => {
    /** How many threads of this process stand behind the others. */
    const behind = (): number =>
      readdirSync('/proc/self/task').filter((thread) => {
        const stat = readFileSync(`/proc/self/task/${thread}/stat`, 'latin1')
        return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]) > getPriority()
      }).length
    const worker = new Worker(script, { workerData: { parserProgress: new SharedArrayBuffer(8) } })
    const parse = async (yields: boolean): Promise<number> => {
      const bytes = new Uint8Array(trap('page'))
      worker.postMessage({ kind: 'page', bytes, sizes: [bytes.byteLength], yields } satisfies ParserJob)
      await once(worker, 'message')
      return behind()
    }
    const before = await parse(false)
    expect(await parse(true)).toBe(before + 1)
    await worker.terminate()
  },
)

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

test('a parser that is ended with the program calls no message unreadable', async () => {
  const ending = new Parser(script, 60_000)
  ending.warm()
  const results = Promise.allSettled([ending.parse([trap('one')]), ending.parse([trap('two')])])
  await ending.close()
  for (const result of await results)
    expect(result).toMatchObject({ status: 'rejected', reason: { code: 'service-stopped' } })
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
