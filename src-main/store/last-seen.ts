import { askedFirst } from '../../src-preload/contract/asked-first'
import { calls } from '../../src-preload/contract/calls'
import { lastSeen as answers, type LastSeen } from '../../src-preload/contract/last-seen'
import { joinPort, type Port } from '../shared/port-rpc'
import { listGrants } from './privacy/grants'
import type { StoreCalls, StoreService } from './service'
import { leaseOf } from './team/lease'

/**
 * What a window of the person here would draw first, asked by the calls that it asks, with all their checks. null where the next start must
 * look before it shows anything: the team's lease may have run out by then, a grant that stands on every screen have ended.
 */
export async function lastSeen(service: StoreService): Promise<LastSeen | null> {
  const { workspace, support, board } = service.open
  if (leaseOf(workspace.db.read, workspace).days !== null) return null
  const grants = listGrants(workspace, support.policy, (id) => support.openSessions(id))
  if (grants.some(({ state }) => state === 'live')) return null
  // Mail has stopped, and has said nothing yet when the next window opens.
  board.forgetAll()
  const [inside, outside] = joinedPorts()
  service.joinWindow(inside, { kind: 'agent', name: '' })
  const mine: StoreCalls = calls
  const window = joinPort(outside, {}, {}, mine)
  try {
    const seen: Record<string, unknown> = {}
    for (const [name, input] of askedFirst) seen[name] = await window.call(name, input)
    return answers().parse(seen)
  } finally {
    outside.close()
  }
}

/** A port whose both ends are here. */
function joinedPorts(): [Port, Port & { close(): void }] {
  const told = { inside: (_message: unknown): void => undefined, outside: (_message: unknown): void => undefined }
  let closed = (): void => undefined
  return [
    {
      post: (message) => told.outside(message),
      onMessage: (listener) => (told.inside = listener),
      onClose: (listener) => (closed = listener),
    },
    {
      post: (message) => told.inside(message),
      onMessage: (listener) => (told.outside = listener),
      close: () => closed(),
    },
  ]
}
