import { parentPort, workerData } from 'node:worker_threads'
import { z } from 'zod'
import { PosternError } from '../../src-preload/contract/errors'
import { extractPart, parseMessage } from './parse-message'
import type { ParsedMessage } from '../../src-preload/contract/internal'

/** What the parser thread is asked, and what it answers. The bytes of a page lie one after another in one buffer. */
export const ParserJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('page'), bytes: z.instanceof(Uint8Array), sizes: z.array(z.int()) }),
  z.object({ kind: z.literal('part'), bytes: z.instanceof(Uint8Array), index: z.int() }),
])
export type ParserJob = z.infer<typeof ParserJob>

export const ParserAnswer = z.discriminatedUnion('kind', [
  // The store checks the whole shape when it is handed over.
  z.object({ kind: z.literal('page'), messages: z.array(z.custom<ParsedMessage>((value) => typeof value === 'object' && value !== null)) }),
  z.object({ kind: z.literal('part'), type: z.string(), bytes: z.instanceof(Uint8Array) }),
  z.object({ kind: z.literal('failed'), code: z.enum(['not-found', 'unreadable']) }),
])
export type ParserAnswer = z.infer<typeof ParserAnswer>

/** Shared with the parent: [messages begun since the thread started, index in the page]. */
export const WorkerData = z.object({ parserProgress: z.instanceof(SharedArrayBuffer) })

/** Serves parser jobs; the whole life of a parser thread. */
export function serveParser(): void {
  const port = parentPort
  if (!port) throw new Error('not a worker thread')
  const progress = new Int32Array(WorkerData.parse(workerData).parserProgress)
  port.on('message', (message: unknown) => {
    void answer(ParserJob.parse(message), progress).then((value) => {
      const transfer = value.kind === 'page' ? value.messages.flatMap((one) => [ownBuffer(one.body), ...(one.source ? [ownBuffer(one.source)] : [])]) : []
      port.postMessage(value, transfer.filter((buffer) => buffer !== null))
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
  const messages: ParsedMessage[] = []
  let from = 0
  for (const [index, size] of job.sizes.entries()) {
    Atomics.store(progress, 1, index)
    Atomics.add(progress, 0, 1)
    messages.push(await parseMessage(job.bytes.subarray(from, from + size)))
    from += size
  }
  return { kind: 'page', messages }
}

/** The buffer when it holds nothing else: small Buffers share one, which must not be given away. */
function ownBuffer(bytes: Uint8Array): ArrayBuffer | null {
  return bytes.buffer instanceof ArrayBuffer && bytes.buffer.byteLength === bytes.byteLength ? bytes.buffer : null
}
