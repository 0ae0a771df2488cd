import { beforeEach, expect, it } from 'vitest'
import { AutoLock, type LockRules } from '../../src-main/app/auto-lock'

let now: number, idle: number, open: boolean, locked: number, asked: number
let rules: LockRules
const make = (): AutoLock =>
  new AutoLock({
    open: () => open,
    now: () => now,
    systemIdle: () => idle,
    lock: () => void locked++,
    rules: async () => (asked++, rules),
  })
beforeEach(() => {
  now = 1_000_000
  idle = 0
  open = true
  locked = asked = 0
  rules = { minutes: 5, onSleep: true }
})

it('does not lock while a hand is on the computer, and does so when none was for the minutes set', async () => {
  const lock = make()
  idle = 299
  await lock.tick()
  expect(locked).toBe(0)
  idle = 300
  await lock.tick()
  expect(locked).toBe(1)
})

it('goes by its own window where the system always says 0', async () => {
  const lock = make()
  now += 299_000
  await lock.tick()
  lock.handSeen()
  now += 299_000
  await lock.tick()
  expect(locked).toBe(0)
  now += 1_000
  await lock.tick()
  expect(locked).toBe(1)
})

it('"never" is never, and sleep locks only when it shall', async () => {
  rules = { minutes: 0, onSleep: false }
  const lock = make()
  idle = 100_000
  await lock.tick()
  await lock.sleeping()
  expect(locked).toBe(0)
  rules = { minutes: 0, onSleep: true }
  await lock.sleeping()
  expect(locked).toBe(1)
})

it('leaves a workspace alone that is locked already, and asks for no rules while somebody works', async () => {
  const lock = make()
  idle = 20
  await lock.tick()
  open = false
  idle = 100_000
  await lock.tick()
  await lock.sleeping()
  expect([locked, asked]).toEqual([0, 0])
})
