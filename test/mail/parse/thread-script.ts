/** The parser thread with two traps: a message that hangs it, and one that kills it. */
import { parentPort, workerData } from 'node:worker_threads'
import { ParserJob, serveParser, WorkerData } from '../../../src-main/mail/parse/parse-worker'

const progress = new Int32Array(WorkerData.parse(workerData).parserProgress)
parentPort?.on('message', (message: unknown) => {
  const job = ParserJob.parse(message)
  if (job.kind !== 'page') return
  let from = 0
  for (const [index, size] of job.sizes.entries()) {
    const text = Buffer.from(job.bytes.subarray(from, from + size)).toString('latin1')
    from += size
    if (!text.includes('TRAP')) continue
    Atomics.store(progress, 1, index)
    Atomics.add(progress, 0, 1)
    if (text.includes('TRAP-EXIT')) process.exit(3)
    for (;;) Math.random()
  }
})
serveParser()
