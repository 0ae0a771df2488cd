import { describe, expect, it } from 'vitest'
import { Pace } from '../../src-renderer/state/pace'

describe('asking again', () => {
  const at = { now: 10_000, act: -Infinity, hand: -Infinity }
  const pace = new Pace(
    () => at.now,
    () => at.act,
    () => at.hand,
  )

  it('does not hammer while changes do not cease, and is prompt again after a rest', () => {
    expect(pace.wait()).toBeLessThanOrEqual(0)
    const gaps: number[] = []
    for (let n = 0; n < 5; n++) {
      pace.started()
      gaps.push(pace.wait())
      at.now += pace.wait()
    }
    expect(gaps).toEqual([250, 500, 1000, 1000, 1000])
    at.now += 5000
    pace.started()
    expect(pace.wait()).toBe(250)
  })

  it('does not let a person wait for what he did himself', () => {
    at.act = at.now - 100
    expect(pace.wait()).toBe(0)
    at.act = at.now - 5000
    expect(pace.wait()).toBe(250)
  })

  it('does not come between a person and the next key, nor wait for a pause for ever', () => {
    at.act = -Infinity
    at.now += 10_000
    pace.started()
    const startedAt = at.now
    at.now += 1000
    at.hand = at.now - 20
    expect(pace.wait()).toBe(130)
    at.now = startedAt + 2000
    at.hand = at.now
    expect(pace.wait()).toBeLessThanOrEqual(0)
  })
})
