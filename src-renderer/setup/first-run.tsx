import { useQuery } from '../live'
import { t } from '../text'
import { Banner } from '../ui/banner'
import { AddMailbox } from './add-mailbox'

/** Nothing is here yet: the first mailbox. */
export function FirstRun() {
  const provisionError = useQuery('app.state', {}).data?.provisionError
  return (
    <AddMailbox
      onLeave={null}
      notice={
        provisionError ? (
          <Banner kind="bad" top>
            {t('setup:first.provision', { why: provisionError })}
          </Banner>
        ) : undefined
      }
    />
  )
}
