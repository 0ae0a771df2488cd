import { DoorClosed } from 'lucide-react'
import { useEffect } from 'react'
import { t } from '../text'
import { support } from '../text/en/support'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'

const isKnown = (why: string): why is keyof typeof support.ended.why => Object.hasOwn(support.ended.why, why)
const leave = () => window.close()

/** All that is left of a session that was taken away: why. It asks nobody anything. */
export function SessionEnded({ why }: { why: string }) {
  useEffect(() => {
    document.title = t('support:ended.title')
    const keys = ({ key }: KeyboardEvent) => key === 'Escape' && leave()
    window.addEventListener('keydown', keys)
    return () => window.removeEventListener('keydown', keys)
  }, [])
  return (
    <main className="fill">
      <EmptyState
        page
        icon={DoorClosed}
        title={t('support:ended.title')}
        action={
          <Button kind="primary" size="lg" autoFocus onClick={leave}>
            {t('common:close')}
          </Button>
        }
      >
        {t(`support:ended.why.${isKnown(why) ? why : 'stopped'}`)}
      </EmptyState>
    </main>
  )
}
