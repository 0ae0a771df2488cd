import { parentPort, workerData } from 'node:worker_threads'
import * as z from 'zod'
import { PosternError } from '../../../src-preload/contract/errors'
import { behind, gathered, taken } from '../../shared/bytes'
import { yieldToWindow } from '../../shared/yield'
import { extractPart, parseMessage } from './parse-message'
import type { ParsedMessage } from '../../../src-preload/contract/internal'

/** What the parser thread is asked, and what it answers. The bytes of a page lie one after another in one buffer. */
export const ParserJob = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('page'),
    bytes: z.instanceof(Uint8Array),
    sizes: z.array(z.int()),
    /** The window comes first from here on. */
    yields: z.boolean(),
  }),
  z.object({ kind: z.literal('part'), bytes: z.instanceof(Uint8Array), index: z.int() }),
])
export type ParserJob = z.infer<typeof ParserJob>

/** A message without its bytes. */
type BareMessage = Omit<ParsedMessage, 'contentHash' | 'body' | 'source' | 'words'>

export const ParserAnswer = z.discriminatedUnion('kind', [
  // Bytes of all messages lie in a few buffers: handing over hundreds of small ones costs more than parsing. The store
  // checks the whole shape of the messages.
  z.object({
    kind: z.literal('page'),
    messages: z.array(z.custom<BareMessage>((value) => typeof value === 'object' && value !== null)),
    bytes: z.array(z.instanceof(Uint8Array)),
    sizes: z.array(z.tuple([z.int(), z.int(), z.int().nullable(), z.int().nullable()])),
    // By themselves: the store keeps them a little longer than the rest.
    words: z.array(z.instanceof(Uint8Array)),
    /** The job's own bytes, for the next one. */
    used: z.instanceof(Uint8Array),
  }),
  z.object({ kind: z.literal('part'), type: z.string(), bytes: z.instanceof(Uint8Array) }),
  z.object({ kind: z.literal('failed'), code: z.enum(['not-found', 'unreadable']) }),
])
export type ParserAnswer = z.infer<typeof ParserAnswer>
type Page = Extract<ParserAnswer, { kind: 'page' }>

/** Shared with the parent: [messages begun since the thread started, index in the page]. */
export const WorkerData = z.object({ parserProgress: z.instanceof(SharedArrayBuffer) })

/** Serves parser jobs; the whole life of a parser thread. */
export function serveParser(): void {
  const port = parentPort
  if (!port) throw new Error('not a worker thread')
  const progress = new Int32Array(WorkerData.parse(workerData).parserProgress)
  port.on('message', (message: unknown) => {
    void answer(ParserJob.parse(message), progress).then((value) => {
      const handed =
        value.kind === 'failed'
          ? []
          : value.kind === 'part'
            ? [value.bytes]
            : [...value.bytes, ...value.words, value.used]
      port.postMessage(value, behind(...handed))
    })
  })
}

async function answer(job: ParserJob, progress: Int32Array): Promise<ParserAnswer> {
  if (job.kind === 'part') {
    Atomics.add(progress, 0, 1)
    try {
      const { type, bytes } = await extractPart(job.bytes, job.index)
      return { kind: 'part', type, bytes: new Uint8Array(bytes) }
    } catch (error) {
      return { kind: 'failed', code: PosternError.from(error).code === 'not-found' ? 'not-found' : 'unreadable' }
    }
  }
  if (job.yields) yieldToWindow()
  const messages: ParsedMessage[] = []
  let from = 0
  for (const [index, size] of job.sizes.entries()) {
    Atomics.store(progress, 1, index)
    Atomics.add(progress, 0, 1)
    messages.push(await parseMessage(job.bytes.subarray(from, from + size)))
    from += size
  }
  return pageOf(messages, job.bytes)
}

function pageOf(messages: readonly ParsedMessage[], used: Page['used']): ParserAnswer {
  const bare: BareMessage[] = []
  const kept: (Uint8Array | null)[] = []
  const found: (Uint8Array | undefined)[] = []
  const sizes: Page['sizes'] = []
  for (const { contentHash, body, source, words, ...rest } of messages) {
    bare.push(rest)
    kept.push(contentHash, body, source)
    found.push(words)
    sizes.push([contentHash.byteLength, body.byteLength, source?.byteLength ?? null, words?.byteLength ?? null])
  }
  return { kind: 'page', messages: bare, bytes: gathered(kept), sizes, words: gathered(found), used }
}

/** The messages of an answer, their bytes as pieces of its buffers. */
export function messagesOf({ messages, bytes, sizes, words }: Page): ParsedMessage[] {
  const take = taken(bytes)
  const takeWords = taken(words)
  return messages.map((message, index) => {
    const [contentHash, body, source, found] = sizes[index] ?? [0, 0, null, null]
    return {
      ...message,
      contentHash: take(contentHash),
      body: take(body),
      source: source === null ? null : take(source),
      ...(found !== null && { words: takeWords(found) }),
    }
  })
}
