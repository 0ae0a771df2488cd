import { useQuery } from '../live'
import { AccessFoot } from './access-foot'
import { SyncFoot } from './sync-foot'
import { TeamFoot } from './team-foot'
import { useMailboxes } from '../work/mailboxes'

/** The foot of every sidebar: who looks in, what of the team needs a person, how the sync stands. */
export function SideFoot() {
  const mailboxes = useMailboxes()
  const sync = useQuery('sync.status', {}).data
  return (
    <div className="sidefoot">
      <AccessFoot />
      <TeamFoot />
      <SyncFoot sync={sync} mailboxes={mailboxes} />
    </div>
  )
}
