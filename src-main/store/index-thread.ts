import { parentPort, workerData } from 'node:worker_threads'
import Driver from 'better-sqlite3-multiple-ciphers'
import * as z from 'zod'
import { IndexFile } from './index-file'

/** What the index thread is asked; jobs are done one after another. */
export const IndexJob = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('batch'), remove: z.array(z.int()), put: z.array(z.tuple([z.int(), z.string()])) }),
  z.object({ kind: z.literal('merge') }),
  z.object({ kind: z.literal('purge'), begin: z.boolean() }),
  z.object({ kind: z.literal('rest') }),
])
export type IndexJob = z.infer<typeof IndexJob>

/** `more`: another step of the same job has work to do. `code`: SQLite's word for what failed. */
export const IndexAnswer = z.union([z.object({ more: z.boolean() }), z.object({ code: z.string() })])
export type IndexAnswer = z.infer<typeof IndexAnswer>

export const IndexThreadData = z.object({ indexDir: z.string(), indexKey: z.instanceof(Uint8Array) })

/** Does one job on an open file; the same in the thread and without one. */
export function perform(file: IndexFile, job: IndexJob): IndexAnswer {
  try {
    if (job.kind === 'merge') return { more: file.merge() }
    if (job.kind === 'purge') return { more: file.purge(job.begin) }
    if (job.kind === 'rest') file.rest()
    else file.apply(job)
    return { more: false }
  } catch (fault) {
    return { code: codeOf(fault) }
  }
}

/** Serves index jobs; the whole life of the thread. */
export function serveIndex(): void {
  const port = parentPort
  if (!port) throw new Error('not a worker thread')
  const { indexDir, indexKey } = IndexThreadData.parse(workerData)
  let file: IndexFile | null = null
  let failed: string | null = null
  try {
    file = IndexFile.open(indexDir, indexKey)
  } catch (fault) {
    failed = codeOf(fault)
  }
  indexKey.fill(0)
  port.on('message', (message: unknown) => port.postMessage(file ? perform(file, IndexJob.parse(message)) : { code: failed ?? 'UNKNOWN' }))
}

export function codeOf(fault: unknown): string {
  return fault instanceof Driver.SqliteError ? fault.code : 'UNKNOWN'
}
