import { expect, test } from 'vitest'
import { DepthFetch, isWhole } from '../../../src-main/mail/sync/depth-fetch'
import { Pace } from '../../../src-main/mail/sync/pace'
import { parseMessage } from '../../../src-main/mail/parse/parse-message'

const now = Date.UTC(2026, 5, 1)
const month = 30.44 * 86_400_000
/** Three messages: old, new, new and large. */
const facts = [
  { uid: 1, size: 100, internalDate: now - 13 * month },
  { uid: 2, size: 100, internalDate: now - month },
  { uid: 3, size: 9_000_000, internalDate: now - month },
]

function session(asked: string[]): ConstructorParameters<typeof DepthFetch>[0] {
  const row = (
    uid: number,
    source: Buffer,
  ): { uid: number; flags: string[]; internalDate: number; source: Buffer } => ({
    uid,
    flags: [],
    internalDate: now,
    source,
  })
  return {
    fetchFacts: (uids) => {
      asked.push(`facts ${uids.join()}`)
      return Promise.resolve(facts.filter(({ uid }) => uids.includes(uid)))
    },
    async *fetchSources(uids, most) {
      if (uids.length > 0) asked.push(`${most === undefined ? 'whole' : 'start'} ${uids.join()}`)
      for (const uid of uids) yield row(uid, Buffer.alloc(most ?? 100))
      await Promise.resolve()
    },
    async *fetchHeaders(uids) {
      if (uids.length > 0) asked.push(`headers ${uids.join()}`)
      for (const uid of uids) yield row(uid, Buffer.from('Subject: x\r\n\r\n'))
      await Promise.resolve()
    },
  }
}

async function fetched(
  depth: ConstructorParameters<typeof DepthFetch>[1],
): Promise<{ asked: string[]; rows: [number, string | undefined, number | undefined][] }> {
  const asked: string[] = []
  const rows: [number, string | undefined, number | undefined][] = []
  for await (const { uid, part, size } of new DepthFetch(session(asked), depth, () => now).fetchSources([1, 2, 3, 4]))
    rows.push([uid, part, size])
  return { asked, rows }
}

test('nothing is asked beforehand of a mailbox that keeps all', async () => {
  const all = { bodies: 'all' as const, months: 12, largest: null, pace: 'auto' as const }
  expect(isWhole(all)).toBe(true)
  expect((await fetched(all)).asked).toEqual(['whole 1,2,3,4'])
})

test('old mail comes with its headers, large mail with its beginning, and none is left out', async () => {
  const { asked, rows } = await fetched({ bodies: 'months', months: 12, largest: 5_000_000, pace: 'auto' })
  expect(asked).toEqual(['facts 1,2,3,4', 'whole 2,4', 'start 3', 'headers 1'])
  expect(rows).toEqual([
    [2, undefined, undefined],
    [4, undefined, undefined],
    [3, 'start', 9_000_000],
    [1, 'headers', 100],
  ])
  expect((await fetched({ bodies: 'headers', months: 12, largest: null, pace: 'auto' })).asked).toEqual([
    'facts 1,2,3,4',
    'whole 4',
    'headers 1,2,3',
  ])
})

test('a mailbox that keeps headers only still has what says that mail of ours did not arrive', async () => {
  const headersOf = (uid: number): string =>
    uid === 2
      ? 'From: Mail Delivery <MAILER-DAEMON@mx.test>\r\nContent-Type: multipart/report;\r\n report-type=delivery-status; boundary=b\r\n\r\n'
      : 'Subject: x\r\n\r\n'
  const asked: string[] = []
  const plain = session(asked)
  const reports: typeof plain = {
    ...plain,
    async *fetchHeaders(uids) {
      for await (const row of plain.fetchHeaders(uids)) yield { ...row, source: Buffer.from(headersOf(row.uid)) }
    },
    async *fetchSources(uids, most) {
      for await (const row of plain.fetchSources(uids, most)) yield { ...row, source: Buffer.alloc(100) }
    },
  }
  const depth = { bodies: 'headers' as const, months: 12, largest: null, pace: 'auto' as const }
  const at = async (time: number): Promise<[number, string | undefined][]> => {
    const rows: [number, string | undefined][] = []
    for await (const { uid, part } of new DepthFetch(reports, depth, () => time).fetchSources([1, 2, 3]))
      rows.push([uid, part])
    return rows
  }
  expect(await at(now - month / 2)).toEqual([
    [1, 'headers'],
    [3, 'headers'],
    [2, undefined],
  ])
  // Of long ago it is news to nobody.
  expect(await at(now + month / 2)).toEqual([
    [1, 'headers'],
    [2, 'headers'],
    [3, 'headers'],
  ])
})

test('the beginning of a message has its text and names its first file', async () => {
  const raw = Buffer.from(
    `From: a@x.test\r\nSubject: Big\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSee the film.\r\n--b\r\nContent-Type: video/mp4; name="film.mp4"\r\nContent-Disposition: attachment; filename="film.mp4"\r\nContent-Transfer-Encoding: base64\r\n\r\n${'QUJD'.repeat(20_000)}`,
  )
  const message = await parseMessage(raw.subarray(0, 60_000))
  expect([message.unreadable, message.snippet, message.attachments.map(({ name }) => name)]).toEqual([
    null,
    'See the film.',
    ['film.mp4'],
  ])
})

test('work rests on battery only, not at full speed, and not past the end', async () => {
  const pace = new Pace(() => 0)
  let done = 0
  const rest = (full: boolean): void =>
    void pace.rest(60_000, full ? 'full' : 'auto').then(() => {
      done++
    })
  rest(false)
  await Promise.resolve()
  await expect.poll(() => done).toBe(1)
  pace.setPower(true)
  rest(true)
  await expect.poll(() => done).toBe(2)
  rest(false)
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(done).toBe(2)
  pace.setPower(false)
  await expect.poll(() => done).toBe(3)
})

test('gentle work takes no more than a third of the time, with what parsing used counted in', async () => {
  let cpu = 1_000
  const pace = new Pace(() => cpu)
  expect([pace.slows('gentle'), pace.slows('auto'), pace.slows('full')]).toEqual([true, false, false])
  for (const [storeMs, cpuMs] of [
    [5, 20],
    [0, 40],
  ] as const) {
    cpu += cpuMs
    const begun = performance.now()
    await pace.rest(storeMs, 'gentle')
    // A timer may be late, never early by more than its own grain.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(2 * (storeMs + cpuMs) - 2)
  }
})
