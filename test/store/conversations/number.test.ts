import { afterEach, expect, test } from 'vitest'
import { numberOfMessage } from '../../../src-main/store/conversations/number'
import { start, type Harness } from '../helpers'
import { PumpedTeam } from '../team/pumped'

let team: PumpedTeam | undefined
afterEach(async () => {
  await team?.stop()
  team = undefined
})

const hits = async (one: Harness, text: string): Promise<number[]> =>
  (await one.call('search.query', { text })).hits.map(({ conversationId }) => conversationId)

test('no two consoles call a conversation differently, in whatever order its mail came, and each finds it by that', async () => {
  team = await PumpedTeam.make('Ana', 'Ben')
  const [ana, ben] = team.two
  const [inbox = 0, other = 0] = team.inboxes
  const first = { from: 'c@x.test', id: 'one@x.test', date: start }
  const second = { from: 'c@x.test', id: 'two@x.test', references: ['one@x.test'], date: start + 60_000 }
  const third = { from: 'd@x.test', id: 'three@x.test', subject: 'Saddle', date: start + 120_000 }
  for (const sent of [first, second, third]) await ana.put(inbox, sent)
  for (const sent of [third, second, first]) await ben.put(other, sent)
  const numbers = async (one: Harness) =>
    Promise.all((await one.list()).map(async ({ id }) => (await one.call('conversations.get', { id })).number))
  const [saddle, bell] = await numbers(ana)
  expect(await numbers(ben)).toEqual([saddle, bell])
  expect(bell).toMatch(/^[0-9A-HJKMNP-TV-Z]{7}$/)
  for (const one of [ana, ben]) {
    const [saddleId, bellId] = (await one.list()).map(({ id }) => id)
    expect(await hits(one, `#${bell}`)).toEqual([bellId])
    expect(await hits(one, ` ${saddle?.toLowerCase()} `)).toEqual([saddleId])
    // Nothing leads away from the number that somebody wrote down before.
    const { conversationId } = await one.call('threads.merge', { ids: [saddleId ?? 0, bellId ?? 0], into: null })
    expect((await one.call('conversations.get', { id: conversationId })).number).toBe(bell)
    expect(await hits(one, `#${saddle}`)).toEqual([conversationId])
  }
})

test('a message without a Message-ID has a number too, and no two spell the same', () => {
  const all = Array.from({ length: 20_000 }, (_, at) => numberOfMessage(`${at}@x.test`, new Uint8Array()))
  expect(new Set(all).size).toBe(all.length)
  expect(numberOfMessage(null, new Uint8Array([1]))).not.toBe(numberOfMessage(null, new Uint8Array([2])))
})
