import { EyeOff } from 'lucide-react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { hideView, keepViews, type ViewLine } from '../../src-renderer/work/use-views'
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
  await hideView(['mine', 'late', 'spam'].map(line), 'late', true)
  expect(kept).toEqual({ order: ['mine', 'late', 'spam'], hidden: ['late'] })
  await keepViews(['spam', 'mine', 'late'].map((id) => ({ ...line(id), hidden: id !== 'spam' })))
  expect(useToasts.getState().undo()).toBe(true)
  await vi.waitFor(() => expect(kept.hidden).not.toContain('late'))
  expect(kept).toEqual({ order: ['spam', 'mine', 'late'], hidden: ['mine'] })
})
