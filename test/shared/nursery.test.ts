import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { expect, test } from 'vitest'
import { smallNursery, startThread } from '../../src-main/shared/nursery'

const MiB = 1024 * 1024

test('the small nursery of a process is not that of its threads, which have the room that they ask for', async () => {
  const [option, flag] = smallNursery.split(/=(.*)/)
  expect(option).toBe('--js-flags')
  // From here on V8 stands as in a process that was started with the switch.
  setFlagsFromString(flag ?? '')
  expect(await largestRoom(24)).toBeGreaterThan(12 * MiB)
  // V8 counts the page of 256 KiB that it is about to fill besides.
  expect(await largestRoom(4)).toBeLessThanOrEqual(4.25 * MiB)
})

test.runIf(process.platform === 'linux')(
  'a thread that is soon done has no room reserved for it, one that works on has',
  async () => {
    const kib = (): number => Number(/VmData:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
    const idle = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => undefined, 1000)')}`)
    // The first one starts threads that wait for the system, which stay; it is over before it has room.
    const first = startThread(idle, null, { maxYoungGenerationSizeMb: 4 })
    await first.terminate()
    const before = kib()
    const worker = startThread(idle, null, { maxYoungGenerationSizeMb: 4 })
    await expect.poll(() => kib() - before).toBeGreaterThan(40_000)
    await worker.terminate()
    await setTimeout(300)
    const after = kib()
    const short = startThread(idle, null, { maxYoungGenerationSizeMb: 4 })
    await once(short, 'online')
    await short.terminate()
    await setTimeout(1_500)
    expect(kib() - after).toBeLessThan(20_000)
  },
)

/** Bytes that a thread's nursery grows to while much is made that lives for a moment. */
async function largestRoom(maxYoungGenerationSizeMb: number): Promise<number> {
  const script = `
    import { getHeapSpaceStatistics } from 'node:v8'
    import { parentPort } from 'node:worker_threads'
    let [most, living] = [0, []]
    for (let round = 0; round < 400; round++) {
      if (round % 40 === 0) living = []
      living.push(Array.from({ length: 3000 }, (_, n) => ({ n, round })))
      const room = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
      most = Math.max(most, room.space_size)
    }
    parentPort.postMessage(most)`
  const url = new URL(`data:text/javascript,${encodeURIComponent(script)}`)
  const worker = startThread(url, null, { maxYoungGenerationSizeMb })
  const [most]: unknown[] = await once(worker, 'message')
  await worker.terminate()
  return Number(most)
}
