import { expect, test } from 'vitest'
import { windowStateOf } from '../../src-main/app/window-state'

test('loses nothing of a state that was kept', () => {
  const state = {
    theme: 'dark',
    textSize: 125,
    maximized: true,
    filled: true,
    bounds: { x: -20, y: 0, width: 1280, height: 800 },
  }
  expect(windowStateOf(JSON.parse(JSON.stringify(state)))).toEqual(state)
})

test.each([
  null,
  7,
  'dark',
  [],
  {},
  { theme: 'pink', maximized: 'yes', filled: 1, bounds: { x: 1, y: 2, width: 3 } },
  { theme: ['dark', 'light'], bounds: { x: '1', y: 2, width: 3, height: 4 } },
  { theme: 'toString', textSize: 1000, bounds: { x: 1e300, y: 2, width: 3, height: 4 } },
  { bounds: [1, 2, 3, 4] },
])('does not take over what does not fit: %j', (kept) => {
  expect(windowStateOf(kept)).toEqual({ theme: 'system', textSize: 100, maximized: false, filled: false, bounds: null })
})
