import type { Caller } from '../../../src-preload/contract/access'
import type { reportCalls } from '../../../src-preload/contract/calls/reports'
import type { Handlers } from '../../../src-preload/contract/internal'
import { PosternError } from '../../../src-preload/contract/errors'
import { mayDo } from '../access'
import { agent } from '../privacy/access-log'
import type { StoreService } from '../service'
import { getSettings, setSettings } from '../settings'
import { ownPermissions } from '../team/roles'

/** The switch of performance and troubleshooting. */
export function reports(service: StoreService, caller: Caller, by: () => string): Handlers<typeof reportCalls> {
  const policy = () => service.open.support.policy
  return {
    'reports.state': () => {
      const { supportAddress } = getSettings(service.read)
      return {
        on: service.isTroubleshooting,
        managed: policy().diagnostics === 'off',
        mayChange: mayDo(caller, 'diagnostics', ownPermissions(service.read, service.open.workspace.device.id)),
        supportAddress: policy().supportAddress ?? supportAddress,
        addressManaged: policy().supportAddress !== undefined,
      }
    },
    'reports.switch': ({ on }) => {
      if (policy().diagnostics === 'off') throw new PosternError('not-allowed', 'policy says off', { managed: true })
      const { workspace } = service.open
      workspace.db.write((tx) => {
        setSettings(tx, { troubleshooting: on })
        workspace.accessLog.append(tx, {
          who: agent(by()),
          act: 'setting-changed',
          object: { kind: 'setting', id: 'troubleshooting' },
          detail: { on },
        })
      })
      service.troubleshootingChanged()
      return {}
    },
  }
}
