import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { Button } from '../ui/button'

const seen = () => void call('journal.damageSeen', {}).catch(tellFailure)

/** Whether the end of the database's journal was found damaged and nobody has read of it yet. */
export function useJournalDamage(): boolean {
  return (useQuery('journal.damage', {}).data?.at ?? null) !== null
}

/** Over the panes after a start that found the journal's end damaged: what was done last may be missing. */
export function DamagedJournal() {
  return (
    <Banner
      kind="bad"
      urgent
      className="stopped-mail"
      actions={
        <Button size="sm" onClick={seen}>
          {t('setup:start.journalSeen')}
        </Button>
      }
    >
      {t('setup:start.journal')}
    </Banner>
  )
}
