import { describe, expect, it } from 'vitest'
import { oneByOne } from '../../src-renderer/state/one-by-one'

describe('steps through a list', () => {
  it('are never lost when the next key comes before the step is done', async () => {
    let at = 0
    const arrive: (() => void)[] = []
    const step = oneByOne(async (steps) => {
      const from = at
      await new Promise<void>((resolve) => arrive.push(resolve))
      at = from + steps
    })
    step(1)
    step(1)
    step(1)
    step(-1)
    while (arrive.length > 0) {
      arrive.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(at).toBe(2)
  })

  it('do not end with one that failed', async () => {
    let at = 0
    let fails = true
    const step = oneByOne(async (steps) => {
      await Promise.resolve()
      if (fails) throw new Error('the row could not be asked for')
      at += steps
    })
    step(1)
    await new Promise((resolve) => setImmediate(resolve))
    fails = false
    step(1)
    await new Promise((resolve) => setImmediate(resolve))
    expect(at).toBe(1)
  })
})
