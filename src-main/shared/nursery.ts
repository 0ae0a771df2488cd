import { Worker, type ResourceLimits } from 'node:worker_threads'
import { reserveRoom } from './room'

/**
 * Room for new objects in the main threads of store and mail, MiB. V8 keeps up to three such rooms and lets each grow to 16: during a
 * sync they filled with the bytes of mail long done with, which go only when a room is full.
 */
const roomMiB = 4

/** For the command line of such a process: V8 reads it when it makes a heap. */
export const smallNursery = `--js-flags=--max-semi-space-size=${roomMiB}`

/** A thread that still works so long after its start works on much. */
const roomAfterMs = 500

/** Starts a thread with the room that it asks for: the switch of the process would hold for it too. As long as it lives from then on, the process is at work. */
export function startThread(script: URL, workerData: unknown, resourceLimits: ResourceLimits): Worker {
  // Loaded with the first thread: a start has other things to do.
  process.getBuiltinModule('node:v8').setFlagsFromString('--max-semi-space-size=0')
  const worker = new Worker(script, { workerData, resourceLimits })
  // What the thread is started for comes first.
  const soon = setTimeout(() => worker.once('exit', reserveRoom()), roomAfterMs).unref()
  worker.once('exit', () => clearTimeout(soon))
  return worker
}
