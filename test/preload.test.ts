import { beforeEach, expect, test, vi } from 'vitest'
import type { PosternBridge } from '../src-preload/index'

const electron = vi.hoisted(() => ({
  bridge: null as PosternBridge | null,
  hears: new Map<string, (event: unknown, value: unknown) => void>(),
  asked: [] as string[],
}))
vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (_name: string, bridge: PosternBridge) => (electron.bridge = bridge) },
  ipcRenderer: {
    on: (channel: string, listener: (event: unknown, value: unknown) => void) => electron.hears.set(channel, listener),
    invoke: (_channel: string, name: string) => {
      electron.asked.push(name)
      return Promise.resolve({ ok: true, value: `${name} ${electron.asked.length}` })
    },
  },
}))

const ahead = ['app.state', 'app.lastSeen']

beforeEach(async () => {
  vi.useFakeTimers()
  vi.resetModules()
  electron.asked.length = 0
  await import('../src-preload/index')
})

test('what was asked ahead for the page is not asked twice, and answers its first question alone', async () => {
  vi.runAllTimers()
  expect(electron.asked).toEqual(ahead)
  expect(await electron.bridge?.call('app.state', {})).toEqual({ ok: true, value: 'app.state 1' })
  expect(await electron.bridge?.call('app.lastSeen', {})).toEqual({ ok: true, value: 'app.lastSeen 2' })
  expect(await electron.bridge?.call('app.state', {})).toEqual({ ok: true, value: 'app.state 3' })
})

test('an answer that is old when the page comes is not given to it', async () => {
  vi.runAllTimers()
  electron.hears.get('postern:event')?.(null, { topic: 'app-state' })
  expect(await electron.bridge?.call('app.state', {})).toEqual({ ok: true, value: 'app.state 3' })
})

test('nothing is asked ahead of a page that is there', () => {
  electron.bridge?.on(() => undefined)
  vi.runAllTimers()
  expect(electron.asked).toEqual([])
})
