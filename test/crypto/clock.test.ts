import { expect, test } from 'vitest'
import { CorrectedClock } from '../../src-main/crypto/clock'

const hour = 3_600_000
const year = 365 * 24 * hour
const t0 = Date.UTC(2026, 0, 1)

function machine(system = t0): {
  system: number
  monotonic: number
  pass: (ms: number) => void
  source: { system: () => number; monotonic: () => number }
} {
  const m = {
    system,
    monotonic: 5000,
    pass: (ms: number) => {
      m.system += ms
      m.monotonic += ms
    },
    source: { system: () => m.system, monotonic: () => m.monotonic },
  }
  return m
}

test('a clock that is set back does not bring an ended time back, nor after a restart (R55)', () => {
  const m = machine()
  const clock = new CorrectedClock(0, m.source)
  m.pass(hour)
  expect(clock.now()).toBe(t0 + hour)
  m.system -= year
  expect(clock.now()).toBe(t0 + hour)
  expect(clock.doubt).toBe('set-back')
  m.pass(hour)
  expect(clock.now()).toBe(t0 + 2 * hour)
  const after = new CorrectedClock(clock.now(), m.source)
  expect(after.now()).toBe(t0 + 2 * hour)
  expect(after.doubt).toBe('set-back')
})

test('a frozen clock does not stop an end from coming (R55)', () => {
  const m = machine()
  const clock = new CorrectedClock(0, m.source)
  clock.now()
  m.monotonic += 3 * hour
  expect(clock.now()).toBe(t0 + 3 * hour)
  expect(clock.doubt).toBe('set-back')
})

test('a clock set forward ends things early, and setting it right again revives nothing (R55)', () => {
  const m = machine()
  const clock = new CorrectedClock(0, m.source)
  m.system += year
  expect(clock.now()).toBe(t0 + year)
  m.system -= year
  expect(clock.now()).toBe(t0 + year)
  expect(clock.doubt).toBe('set-back')
  expect(clock.stamp()).toBe(t0)
})

test('the mail server sets a slow clock right; one that is days ahead is not believed and time is in doubt (R55)', () => {
  const m = machine()
  const clock = new CorrectedClock(0, m.source)
  clock.heardServer(t0 + 60_000)
  expect(clock.doubt).toBe(null)
  expect(clock.stamp()).toBe(t0 + 60_000)
  clock.heardServer(t0 + 10 * 60_000)
  expect(clock.now()).toBe(t0 + 10 * 60_000)
  expect(clock.doubt).toBe('server-differs')
  clock.heardServer(t0 + year)
  expect(clock.doubt).not.toBe(null)
  expect(clock.now()).toBeLessThan(t0 + hour)
})

test('sleep and summer time raise no doubt (R55)', () => {
  const m = machine()
  const clock = new CorrectedClock(0, m.source)
  clock.now()
  // The counter may stand still while the machine sleeps; the clock goes on.
  m.system += 9 * hour
  expect(clock.doubt).toBe(null)
  expect(clock.now()).toBe(t0 + 9 * hour)
})
