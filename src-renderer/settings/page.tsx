import { Settings2 } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Settings } from '../../src-preload/contract'
import { useQuery } from '../live'
import { errorText, t } from '../text'
import { Button } from '../ui/button'
import { EmptyState } from '../ui/empty-state'
import { Page } from '../ui/page'
import './settings.css'

/** A page of settings that needs their values: shown once they are there. */
export function ValuesPage({ title, children }: { title: string; children: (values: Settings) => ReactNode }) {
  const { data, error, refetch } = useQuery('settings.get', {})
  return (
    <Page title={title}>
      {data
        ? children(data)
        : error && (
            <EmptyState
              icon={Settings2}
              title={t('settings:failed')}
              action={<Button onClick={refetch}>{t('retry')}</Button>}
            >
              {errorText(error)}
            </EmptyState>
          )}
    </Page>
  )
}
