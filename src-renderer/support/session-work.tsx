import { X } from 'lucide-react'
import type { Conversation } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { t } from '../text'
import { Select } from '../ui/field'
import { Icon } from '../ui/icon'

/** Assignee and tags, which the manager of a customer-success grant may write. */
export function SessionWork({ conversation, onChanged }: { conversation: Conversation; onChanged: () => void }) {
  const people = useQuery('people.list', {}).data
  const tags = useQuery('tags.list', {}).data?.tags ?? []
  const { id, assignee } = conversation
  const does = (work: Promise<unknown>) => void work.then(onChanged, tellFailure)
  const named = [...(people?.people ?? []), ...(people?.groups ?? [])].map((one) => ({
    value: one.id,
    label: one.name || t('support:someone'),
  }))
  const free = tags.filter(({ name }) => !conversation.tags.some((tag) => tag.name === name))
  return (
    <>
      <span className="period">
        <Select
          small
          aria-label={t('support:assignee')}
          value={assignee?.id ?? ''}
          options={[{ value: '', label: t('support:nobody') }, ...named]}
          onChange={(event) =>
            does(call('conversations.assign', { ids: [id], to: event.target.value === '' ? null : event.target.value }))
          }
        />
      </span>
      {conversation.tags.map((tag) => (
        <span key={tag.name} className="tag lg">
          <i className={`dot c-${tag.hue}`} />
          <bdi>{tag.label}</bdi>
          <button
            type="button"
            className="untag"
            aria-label={t('support:removeTag', { label: tag.label })}
            onClick={() => does(call('conversations.tag', { ids: [id], tag: tag.name, on: false }))}
          >
            <Icon icon={X} small />
          </button>
        </span>
      ))}
      {free.length > 0 && (
        <span className="period">
          <Select
            small
            aria-label={t('support:addTag')}
            value=""
            options={[
              { value: '', label: t('support:addTag') },
              ...free.map(({ name, label }) => ({ value: name, label })),
            ]}
            onChange={(event) =>
              event.target.value !== '' &&
              does(call('conversations.tag', { ids: [id], tag: event.target.value, on: true }))
            }
          />
        </span>
      )}
    </>
  )
}
