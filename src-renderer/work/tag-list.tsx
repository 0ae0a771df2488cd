import { makeTag, setTag } from '../state/work'
import { t } from '../text'
import { MarkList } from './mark-list'
import { useTags } from './tags'

/** The tags of the team. */
export function TagList({ ids, has }: { ids: readonly number[]; has: readonly string[] }) {
  return (
    <MarkList
      words={{
        name: t('work:tags'),
        find: t('work:findTag'),
        none: t('work:noTag'),
        first: t('work:firstTag'),
        make: (label) => t('work:makeTag', { label }),
        remove: (label) => t('work:removeTag', { label }),
      }}
      marks={useTags().map((tag) => ({ ...tag, id: tag.name }))}
      has={has}
      maxLength={60}
      icon={({ hue }) => <i className={`dot c-${hue}`} />}
      onSet={(tag, on) => void setTag(ids, tag, on)}
      onMake={(label) => void makeTag(ids, label)}
    />
  )
}
