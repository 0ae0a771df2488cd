import { Bookmark } from 'lucide-react'
import { setLabel } from '../state/work'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { useLabels } from './labels'
import { MarkList } from './mark-list'

/** The labels of the mail servers. */
export function LabelList({ ids, has }: { ids: readonly number[]; has: readonly string[] }) {
  return (
    <MarkList
      words={{
        name: t('labels:labels'),
        find: t('labels:find'),
        none: t('labels:none'),
        first: t('labels:first'),
        make: (label) => t('labels:make', { label }),
        remove: (label) => t('labels:remove', { label }),
      }}
      marks={useLabels().labels.map(({ name }) => ({ id: name, label: name }))}
      has={has}
      maxLength={225}
      // such names are the server's own
      canMake={(typed) => !typed.startsWith('\\')}
      icon={() => <Icon icon={Bookmark} small />}
      onSet={({ id }, on) => void setLabel(ids, id, on)}
      onMake={(label) => void setLabel(ids, label, true)}
    />
  )
}
