import { createElement, type ReactNode } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { expect, test } from 'vitest'
import { LeaseEnded } from '../../src-renderer/shell/lease-ended'
import { PaneGuard } from '../../src-renderer/shell/pane-guard'

const headings = (drawn: ReactNode) => renderToStaticMarkup(drawn).match(/<h1\b/g)?.length ?? 0

/** As it draws itself after a fault in what it guards. */
function afterFault(page: boolean): ReactNode {
  const guard = new PaneGuard({ children: null, resetKey: 'a', page })
  guard.state = { failed: true, key: 'a' }
  return guard.render()
}

test('what stands in place of a whole page is not without its heading, nor is there a second one beside a list', () => {
  expect(
    headings(createElement(LeaseEnded, { lease: { ended: true, days: 3, mostDays: null, contactAt: null } })),
  ).toBe(1)
  expect(headings(afterFault(true))).toBe(1)
  expect(headings(afterFault(false))).toBe(0)
})
