import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { held } from '../../src-main/shared/rest'
import { reserveRoom } from '../../src-main/shared/room'

/** KiB of this process, as Linux says. */
const kib = (what: 'VmData' | 'VmRSS'): number =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1])
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200))

test.runIf(process.platform === 'linux')('room that is reserved takes no memory, and is not kept', async () => {
  // The first one starts threads that wait for the system, which stay.
  reserveRoom()()
  await settle()
  const [data, memory] = [kib('VmData'), kib('VmRSS')]
  const giveUp = reserveRoom()
  await settle()
  const [reserved, taken] = [kib('VmData') - data, kib('VmRSS') - memory]
  giveUp()
  await settle()
  const left = kib('VmData') - data
  expect(
    { reserved: reserved > 40_000, taken: taken < 4_000, left: left < 4_000 },
    `${reserved} ${taken} ${left}`,
  ).toEqual({
    reserved: true,
    taken: true,
    left: true,
  })
})

test('room that is reserved is not taken for memory to give back, nor for what must be kept once it is given up', () => {
  const before = held()
  const giveUp = reserveRoom()
  const during = held()
  giveUp()
  expect([during - before, held() - before].filter((more) => Math.abs(more) > 2 ** 20)).toEqual([])
})
