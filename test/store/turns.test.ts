import { expect, test } from 'vitest'
import { Portion } from '../../src-main/store/mail/messages'
import { Turns } from '../../src-main/store/turns'

/** Turns by a clock that moves only when it is moved, and while they sleep. */
function timed(): { turns: Turns; clock: { at: number } } {
  const clock = { at: 1_000 }
  const turns = new Turns(
    () => clock.at,
    async (ms) => {
      clock.at += ms
    },
  )
  return { turns, clock }
}

/** How many steps of a millisecond long work takes before it lets others go first. */
function steps(turns: Turns, clock: { at: number }): number {
  const over = turns.begin()
  let done = 0
  do {
    clock.at++
    done++
  } while (!over())
  return done
}

test('long work does not keep a window waiting that has just asked, and does not dawdle while nobody does', () => {
  const { turns, clock } = timed()
  const alone = steps(turns, clock)
  turns.asked()
  const asked = steps(turns, clock)
  expect(asked).toBeLessThanOrEqual(5)
  expect(alone).toBeGreaterThan(asked)
  expect(alone).toBeLessThanOrEqual(20)
  clock.at += 2_000
  expect(steps(turns, clock)).toBe(alone)
})

test('who asks on and on has half of the time and more, also on a slow machine, and a window that looks anew by itself takes none', async () => {
  const { turns, clock } = timed()
  const restAfter = async (): Promise<number> => {
    steps(turns, clock)
    const begun = clock.at
    await turns.between()
    return clock.at - begun
  }
  turns.asked()
  turns.asked()
  turns.asked()
  expect(await restAfter()).toBe(0)
  const rests: number[] = []
  for (let at = 0; at < 10; at++) {
    turns.asked()
    clock.at += 25
    rests.push(await restAfter())
  }
  expect(Math.min(...rests)).toBeGreaterThanOrEqual(3)
  // A step that the machine drew out is no reason for as long a rest.
  turns.begin()
  clock.at += 80
  turns.asked()
  const begun = clock.at
  await turns.between()
  expect(clock.at - begun).toBeLessThanOrEqual(20)
  clock.at += 1_000
  turns.asked()
  expect(await restAfter()).toBe(0)
})

test('a portion of a page takes at least one message however long it takes, and leaves none out', () => {
  let at = 0
  const turns = new Turns(() => {
    at += 1_000
    return at
  })
  const seen: number[] = []
  let end = 0
  while (end < 5) {
    const portion = new Portion({ turns }, end, 5)
    seen.push(...portion)
    expect(portion.end).toBe(end + 1)
    ;({ end } = portion)
  }
  expect(seen).toEqual([0, 1, 2, 3, 4])
})

test('old mail that comes in does not take the processor from somebody who walks through conversations, and never waits for good', async () => {
  const { turns, clock } = timed()
  await turns.giveWay()
  expect(clock.at).toBe(1_000)
  turns.hand()
  clock.at += 50
  await turns.giveWay()
  expect(clock.at).toBe(1_250)
  const restless = new Turns(
    () => clock.at,
    async (ms) => {
      clock.at += Math.min(ms, 20)
      restless.hand()
    },
  )
  restless.hand()
  await restless.giveWay()
  expect(clock.at).toBe(2_250)
})
