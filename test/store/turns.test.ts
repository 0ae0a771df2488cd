import { expect, test } from 'vitest'
import { Portion } from '../../src-main/store/mail/messages'
import { Turns } from '../../src-main/store/turns'

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
  const clock = { at: 1_000 }
  const turns = new Turns(() => clock.at)
  const alone = steps(turns, clock)
  turns.asked()
  const asked = steps(turns, clock)
  expect(asked).toBeLessThanOrEqual(5)
  expect(alone).toBeGreaterThan(asked)
  expect(alone).toBeLessThanOrEqual(20)
  clock.at += 2_000
  expect(steps(turns, clock)).toBe(alone)
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
  const clock = { at: 1_000 }
  const turns = new Turns(
    () => clock.at,
    async (ms) => {
      clock.at += ms
    },
  )
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
