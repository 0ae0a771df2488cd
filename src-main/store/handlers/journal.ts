import type { journalCalls } from '../../../src-preload/contract/calls/journal'
import type { Handlers } from '../../../src-preload/contract/internal'
import { journalDamage, journalDamageSeen } from '../file/journal-damage'
import type { StoreService } from '../service'

/** A damaged journal: told until a person has read it. */
export function journal(service: StoreService): Handlers<typeof journalCalls> {
  return {
    'journal.damage': () => ({ at: journalDamage(service.read) }),
    'journal.damageSeen': () => {
      service.open.workspace.db.write(journalDamageSeen)
      return {}
    },
  }
}
