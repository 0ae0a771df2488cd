import { cpSync } from 'node:fs'
import { expect, test, vi } from 'vitest'
import { CorrectedClock } from '../../../src-main/crypto/clock'
import { stateOf, type GrantRow } from '../../../src-main/store/privacy/grants'
import type { SupportCard } from '../../../src-preload/contract/support'
import { numbers } from '../../mail/parse/make-messages'
import { tempFolder } from '../../servers/process.mjs'
import { Harness } from '../helpers'
import { grant } from '../support'

const day = 86_400_000
const start = Date.UTC(2026, 10, 1)
const card: SupportCard = {
  postern: 'support-card',
  version: 1,
  name: 'x',
  organisation: 'x',
  signKey: 'a',
  sealKey: 'b',
  signature: 'c',
}
const row = (endsAt: number): GrantRow => ({
  id: 1,
  name: 'g',
  identity_id: 1,
  kind: 'support',
  scope: 'full',
  mailboxes: null,
  reason: 'why',
  reference: '',
  granted_by: 'me',
  granted_at: start,
  ends_at: endsAt,
  ended_at: null,
  ended_by: null,
  ended_why: null,
  first_used_at: null,
  last_used_at: null,
  told_soon: 0,
  device: '',
})

/** A laptop whose clock people set, that sleeps, and that is started again; the true time goes on. */
class Laptop {
  true = start
  private offset = 0
  private mono = 0
  private kept = start
  clock = this.boot()

  private boot(): CorrectedClock {
    this.mono = 0
    return new CorrectedClock(this.kept, { system: () => this.true + this.offset, monotonic: () => this.mono })
  }
  pass(ms: number): void {
    this.true += ms
    this.mono += ms
    this.kept = this.clock.now()
  }
  /** The counter stands while it sleeps. */
  sleep(ms: number): void {
    this.true += ms
  }
  set(offset: number): void {
    this.offset = offset
  }
  restart(off: number): void {
    this.kept = this.clock.now()
    this.true += off
    this.clock = this.boot()
  }
  hear(): void {
    this.clock.heardServer(this.true)
  }
}

test('10,000 schedules of clocks, sleeps and restarts: no grant is revived, none lets in after its end once a server was heard (R55)', () => {
  const random = numbers(2026)
  let livesSeen = 0
  for (let run = 0; run < 10_000; run++) {
    const laptop = new Laptop()
    const grant = row(start + Math.ceil(random() * 180 * day))
    let over = false
    let heard = false
    const script: string[] = []
    for (let step = 0; step < 12; step++) {
      const kind = Math.floor(random() * 6)
      const span = Math.floor(random() * 40 * day)
      script.push(`${kind}:${span}`)
      if (kind === 0) laptop.pass(span)
      else if (kind === 1) {
        laptop.sleep(span)
        heard = false
      } else if (kind === 2) laptop.set(Math.floor((random() - 0.5) * 730 * day))
      else if (kind === 3) {
        laptop.restart(span)
        heard = false
      } else if (kind === 4) {
        laptop.hear()
        heard = true
      } else laptop.set(0)
      const state = stateOf(grant, card, {}, laptop.clock)
      const where = `run ${run}, ${script.join(' ')}`
      if (state === 'live') {
        livesSeen += 1
        expect(over, `revived: ${where}`).toBe(false)
        expect(laptop.clock.now(), where).toBeLessThan(grant.ends_at)
        if (heard) expect(laptop.true, `after its end: ${where}`).toBeLessThan(grant.ends_at + 2 * 60_000)
      }
      if (state === 'ended') over = true
    }
  }
  expect(livesSeen).toBeGreaterThan(5000)
})

test('a clock that is set back a year opens nothing: the time is in doubt', () => {
  const laptop = new Laptop()
  const grant = row(start + 7 * day)
  laptop.pass(8 * day)
  expect(stateOf(grant, card, {}, laptop.clock)).toBe('ended')
  laptop.set(-365 * day)
  expect(stateOf(grant, card, {}, laptop.clock)).toBe('ended')
  const other = row(start + 30 * day)
  expect(stateOf(other, card, {}, laptop.clock)).toBe('time-doubtful')
  laptop.restart(0)
  expect(stateOf(grant, card, {}, laptop.clock)).toBe('ended')
  expect(stateOf(other, card, {}, laptop.clock)).toBe('time-doubtful')
  laptop.set(0)
  expect(stateOf(other, card, {}, laptop.clock)).toBe('live')
})

test('a row of more than 180 days is worth nothing, wherever it came from (R54)', () => {
  const laptop = new Laptop()
  laptop.pass(day)
  for (const endsAt of [
    start + 180 * day + 1,
    start + 181 * day,
    Number.MAX_SAFE_INTEGER,
    Infinity,
    Number.NaN,
    start,
    start - day,
    -1,
  ])
    expect(stateOf(row(endsAt), card, {}, laptop.clock), String(endsAt)).not.toBe('live')
  expect(stateOf(row(start + 180 * day), card, {}, laptop.clock)).toBe('live')
})

test.each(['closed', 'killed'] as const)(
  'a grant that has ended is not revived by a clock that is set back after the program was %s (R55)',
  async (how) => {
    const now = Date.now()
    vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now })
    let store = await Harness.make()
    const state = async () => {
      const { grants, doubt } = await store.call('grants.list', {})
      return [grants[0]?.state, doubt]
    }
    try {
      await grant(store, { endsAt: now + day })
      expect(await state()).toEqual(['live', null])
      vi.setSystemTime(now + 2 * day)
      expect((await state())[0]).toBe('ended')
      if (how === 'closed') {
        store.service.closeStore()
        vi.setSystemTime(now)
        await store.start()
      } else {
        // Its files as they lie there a minute later.
        vi.advanceTimersByTime(60_000)
        const left = tempFolder('killed')
        cpSync(store.dir, left, { recursive: true })
        await store.stop()
        vi.setSystemTime(now)
        store = await Harness.make(left, store.key, store.device)
      }
      expect(await state()).toEqual(['ended', 'set-back'])
    } finally {
      vi.useRealTimers()
      await store.stop()
    }
  },
)

test('a disk that takes nothing when a grant ends takes the store from nobody, and the end is written down later', async () => {
  const now = Date.now()
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'], now })
  const store = await Harness.make()
  try {
    await grant(store, { endsAt: now + day })
    store.db.write((tx) =>
      tx.run("CREATE TRIGGER disk_full BEFORE UPDATE ON grants BEGIN SELECT RAISE(ABORT, 'full'); END"),
    )
    vi.setSystemTime(now + 2 * day)
    // Whatever a timer throws ends the process.
    vi.advanceTimersByTime(2000)
    expect((await store.call('grants.list', {})).grants[0]).toMatchObject({ state: 'ended', endedAt: null })
    // What was written is not told as a failure because of what could not be.
    const id = await grant(store, { endsAt: now + 3 * day, reason: 'Another case' })
    store.db.write((tx) => tx.run('DROP TRIGGER disk_full'))
    vi.advanceTimersByTime(1000)
    const { grants } = await store.call('grants.list', {})
    expect(grants.map((one) => [one.id === id, one.endedAt !== null])).toEqual([
      [true, false],
      [false, true],
    ])
  } finally {
    vi.useRealTimers()
    await store.stop()
  }
})
