import { X } from 'lucide-react'
import { lazy, memo, Suspense } from 'react'
import { useQuery } from '../live'
import { profileWidth, profileWidthOf, useLayout } from '../state/layout'
import { t } from '../text'
import { IconButton } from '../ui/button'
import { PaneEdge } from '../ui/pane-edge'
import { useSettled } from '../ui/settled'
import { FieldSection } from '../work/field-section'

const CustomerPanel = lazy(() => import('../customer/panel').then((module) => ({ default: module.CustomerPanel })))

/** The customer of the open conversation: a pane of its own, or laid over the conversation in narrower windows. */
export function CustomerPane({ conversationId, over }: { conversationId: number; over: boolean }) {
  // the words of the conversation come first, then who wrote them
  const settled = useSettled(conversationId)
  return <Panel conversationId={settled} over={over} behind={settled !== conversationId} />
}

/** While it is `behind` the conversation that is shown, the pointer passes by: it would act on the one before. */
const Panel = memo(function Panel({
  conversationId,
  over,
  behind,
}: {
  conversationId: number
  over: boolean
  behind: boolean
}) {
  const customerId = useQuery('conversations.get', { id: conversationId }, [conversationId]).data?.customerId
  const width = useLayout(profileWidthOf)
  return (
    <aside
      className={`pane list profile${over ? ' over' : ''}`}
      aria-label={t('common:places.customerRegion')}
      data-pane="customer"
      tabIndex={-1}
      aria-busy={behind}
    >
      {over && (
        <IconButton
          className="over-close"
          icon={X}
          size="sm"
          label={t('common:places.hideCustomer')}
          act="profile"
          onClick={() => useLayout.getState().toggleProfile()}
        />
      )}
      <Suspense fallback={null}>
        {customerId != null && (
          <CustomerPanel
            customerId={customerId}
            conversationId={conversationId}
            details={<FieldSection key={conversationId} conversationId={conversationId} />}
          />
        )}
      </Suspense>
      {!over && (
        <PaneEdge
          at="start"
          label={t('inbox:resizeProfile')}
          value={width}
          min={profileWidth.min}
          max={profileWidth.max}
          onChange={(value) => useLayout.getState().set('profileWidth', value)}
        />
      )}
    </aside>
  )
})
