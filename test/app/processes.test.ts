import { EventEmitter } from 'node:events'
import type { UtilityProcess } from 'electron'
import { expect, test, vi } from 'vitest'
import { Service } from '../../src-main/app/processes'

/** What `Service` uses of a process of Electron, which there is only in its main process. */
class Child extends EventEmitter {
  readonly stdout = null
  readonly stderr = null
  constructor(readonly pid: number | undefined) {
    super()
  }
  postMessage(): void {}
  kill(): boolean {
    return true
  }
}

const { forked } = vi.hoisted(() => ({ forked: new Array<unknown>() }))
vi.mock('electron', () => ({ MessageChannelMain: class {} }))
vi.mock('../../src-main/app/fork', () => ({
  forkService: () => {
    const child = new Child(20 + forked.length)
    forked.push(child)
    return child
  },
}))

const brought = (first: Child): { ups: number } => {
  const seen = { ups: 0 }
  const service = new Service({
    name: 'store',
    first: first as unknown as UtilityProcess,
    mine: {},
    handlers: {},
    theirs: {},
    onLog: () => undefined,
    onUp: () => {
      seen.ups += 1
      return Promise.resolve()
    },
    onDown: () => undefined,
    finish: () => Promise.resolve(),
    deadline: 10,
  })
  service.start()
  return seen
}

test('a first process that ended before anybody listened is not waited for: another one starts', () => {
  forked.length = 0
  expect(brought(new Child(undefined)).ups).toBe(1)
  expect(forked).toHaveLength(1)
})

test('a first process that runs is not left beside a second one', () => {
  forked.length = 0
  expect(brought(new Child(7)).ups).toBe(1)
  expect(forked).toHaveLength(0)
})
