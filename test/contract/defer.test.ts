import { expect, test } from 'vitest'
import * as z from 'zod'
import { defer } from '../../src-preload/contract/defer'
import { store } from '../../src-preload/contract/calls/define'

test('the schemas of a call are not made before they are asked for, and not twice', () => {
  const made: string[] = []
  const note = (what: string) => {
    made.push(what)
    return z.object({ what: z.literal(what) })
  }
  for (const call of [
    defer(
      () => note('input'),
      () => note('output'),
    ),
    store(
      'read',
      'read',
      () => note('input'),
      () => note('output'),
    ),
  ]) {
    made.length = 0
    expect(call.input.safeParse({ what: 'input' }).success).toBe(true)
    expect(call.input.safeParse({ what: 'output' }).success).toBe(false)
    expect(made).toEqual(['input'])
    expect(call.output).toBe(call.output)
    expect(made).toEqual(['input', 'output'])
  }
})
