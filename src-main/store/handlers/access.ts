import type { Caller } from '../../../src-preload/contract/access'
import type { accessCalls } from '../../../src-preload/contract/calls/access'
import type { Handlers } from '../../../src-preload/contract/internal'
import type { LogBody } from '../../../src-preload/contract/support'
import { fingerprintOf, readCard, wordsOf } from '../../crypto/support-identity'
import { mayDo } from '../access'
import { agent, listLog } from '../privacy/access-log'
import { noticesSeen, unseenNotices } from '../privacy/access-notices'
import { listGrants, longestMs, makeGrant } from '../privacy/grants'
import type { StoreService } from '../service'
import { addIdentity, listIdentities, removeIdentity } from '../privacy/support-identities'
import { ownPermissions } from '../team/roles'

/** Grants, identities and the access log. */
export function access(service: StoreService, caller: Caller, by: () => string): Handlers<typeof accessCalls> {
  const who = (): LogBody['who'] => agent(by())
  const policy = () => service.open.support.policy
  return {
    'policy.get': () => service.open.support.state,
    'identities.list': () => ({ identities: listIdentities(service.read, policy()) }),
    'identities.read': ({ card: text }) => {
      const card = readCard(text)
      return { card, fingerprint: fingerprintOf(card), words: wordsOf(card) }
    },
    'identities.add': ({ card }) => ({ id: addIdentity(service.open.workspace, policy(), card, who()) }),
    'identities.remove': ({ id }) => {
      removeIdentity(service.open.workspace, policy(), id, who())
      return {}
    },
    'grants.list': () => {
      const { workspace, support } = service.open
      const { doubt } = workspace.clock
      return {
        grants: listGrants(workspace, support.policy, (id) => support.openSessions(id)),
        longestMs: longestMs(support.policy),
        now: workspace.clock.now(),
        doubt,
        refusal:
          support.policy.supportAccess === 'off'
            ? 'policy'
            : mayDo(caller, 'support-access', ownPermissions(service.read, service.open.workspace.device.id))
              ? doubt === null
                ? null
                : 'time-doubtful'
              : 'permission',
      }
    },
    'grants.notices': () => ({ notices: unseenNotices(service.read) }),
    'grants.noticesSeen': ({ upTo }) => {
      service.open.workspace.db.write((tx) => noticesSeen(tx, upTo))
      return {}
    },
    'grants.make': ({ replaces, ...wish }) => {
      const id = makeGrant(service.open.workspace, policy(), wish, who(), replaces)
      service.open.support.sweep()
      return { id }
    },
    'grants.revoke': ({ id }) => {
      service.open.support.revoke(id, who())
      return {}
    },
    'accessLog.list': (query) => listLog(service.read, query, service.open.workspace.clock.now()),
    'accessLog.verify': () => service.open.witness.verify(),
    'accessLog.acknowledge': () => {
      service.open.witness.acknowledge(who())
      return {}
    },
    'accessLog.verdict': () => ({ verdict: service.open.workspace.accessLog.lastVerdict }),
  }
}
