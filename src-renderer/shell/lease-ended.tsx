import { Laptop } from 'lucide-react'
import type { CallOutput } from '../../src-preload/contract/calls'
import { call } from '../client'
import { tellFailure } from '../state/acts'
import { t } from '../text'
import { fullTime } from '../text/time'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'

/** In place of everything, once this computer was away from the team for longer than its owner allows. It opens by itself. */
export function LeaseEnded({ lease }: { lease: CallOutput<'team.lease'> }) {
  return (
    <main className="fill">
      <EmptyState
        page
        icon={Laptop}
        title={t('team:lease.endedTitle', { count: lease.days ?? 0 })}
        action={
          <Button kind="primary" onClick={() => void call('team.lookAgain', {}).catch(tellFailure)}>
            {t('team:trouble.again')}
          </Button>
        }
      >
        {t('team:lease.endedText', { when: lease.contactAt === null ? '' : fullTime(lease.contactAt) })}
      </EmptyState>
    </main>
  )
}
