import { EyeOff } from 'lucide-react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hideView, moveView, type ViewLine } from '../../src-renderer/work/use-views'
import { useToasts } from '../../src-renderer/state/toast'

/** What the store has. */
let kept: { order: string[]; hidden: string[] }

beforeEach(() => {
  kept = { order: [], hidden: [] }
  const call = (name: string, input: { sidebarViews?: typeof kept }) => {
    if (name === 'settings.set' && input.sidebarViews) kept = input.sidebarViews
    return Promise.resolve({ ok: true, value: { sidebarViews: kept } })
  }
  vi.stubGlobal('window', { postern: { call } })
})
afterEach(() => vi.unstubAllGlobals())

const line = (id: string): ViewLine => ({
  id,
  label: id,
  icon: EyeOff,
  view: null,
  saved: null,
  hidden: kept.hidden.includes(id),
})

test('what was moved or hidden in the sidebar since is not undone with the hiding of a view', async () => {
  const lines = ['mine', 'late', 'spam'].map(line)
  await hideView(line('late'), true)
  expect(kept).toEqual({ order: [], hidden: ['late'] })
  kept = { order: ['spam', 'mine', 'late'], hidden: ['late', 'mine'] }
  expect(useToasts.getState().undo()).toBe(true)
  await vi.waitFor(() => expect(kept.hidden).not.toContain('late'))
  expect(kept).toEqual({ order: ['spam', 'mine', 'late'], hidden: ['mine'] })
  await moveView(lines, 'late', -1)
  expect(kept.order).toEqual(['spam', 'late', 'mine'])
})

test('no move or hiding of a view is lost that comes before the one before it is on screen, and each is taken back', async () => {
  const lines = ['mine', 'late', 'spam'].map(line)
  await Promise.all([
    moveView(lines, 'spam', -1),
    moveView(lines, 'spam', -1),
    moveView(lines, 'spam', -1),
    hideView(line('mine'), true),
    hideView(line('late'), true),
  ])
  expect(kept).toEqual({ order: ['spam', 'mine', 'late'], hidden: ['mine', 'late'] })
  kept.order.push('made since')
  for (let back = 0; back < 4; back++) expect(useToasts.getState().undo()).toBe(true)
  await vi.waitFor(() => expect(kept).toEqual({ order: ['mine', 'late', 'spam', 'made since'], hidden: [] }))
})
