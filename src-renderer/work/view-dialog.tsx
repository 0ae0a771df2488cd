import { Plus } from 'lucide-react'
import { useState } from 'react'
import type { Condition, SavedView } from '../../src-preload/contract'
import { call } from '../client'
import { useQuery } from '../live'
import { tellDone } from '../state/acts'
import { goSaved, usePlaces } from '../state/places'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Button } from '../ui/button'
import { Segmented, LabelField } from '../ui/field'
import { useFields } from './use-views'
import { begun, conditionKinds, ConditionLine, isFilled } from './view-conditions'
import { ActDialog } from '../ui/act-dialog'
import './work.css'

let lastKey = 0
/** A line has a key of its own: its kind may change. */
const keyed = (condition: Condition) => ({ key: ++lastKey, condition })

/** Makes or changes a view. `begin`: the conditions that a new one starts with. */
export function ViewDialog({
  view,
  begin = [],
  onClose,
}: {
  view: SavedView | null
  begin?: readonly Condition[]
  onClose: () => void
}) {
  const [label, setLabel] = useState(view?.label ?? '')
  const [own, setOwn] = useState(view?.own ?? true)
  const [order, setOrder] = useState(view?.order ?? 'newest')
  const [lines, setLines] = useState(() => (view?.conditions ?? begin).map((condition) => keyed(condition)))
  const fields = useFields()
  const conditions = lines.map(({ condition }) => condition)
  const filled = conditions.every(isFilled)
  const shows = useQuery('views.try', filled ? { label: 'x', conditions, order, own } : null).data
  const next =
    conditionKinds.find(
      (kind) => !conditions.some(({ on }) => on === kind) && (kind !== 'field' || fields.length > 0),
    ) ?? 'tag'
  const save = async () => {
    const { name } = await tellDone(
      t('views:saved', { label: label.trim() }),
      call('views.save', { name: view?.name ?? null, label: label.trim(), conditions, order, own }),
    )
    if (usePlaces.getState().place.kind === 'inbox') goSaved(name)
  }
  return (
    <ActDialog
      wide
      title={t(view ? 'views:dialog.editTitle' : 'views:dialog.newTitle')}
      description={t('views:dialog.text')}
      act={t('views:dialog.save')}
      ready={label.trim() !== '' && filled}
      work={save}
      onClose={onClose}
      status={
        <span className="grow t2 meta" role="status">
          {!filled
            ? t('views:dialog.unfinished')
            : shows
              ? t('views:dialog.shows', {
                  count: shows.count,
                  n: shows.more ? t('views:more', { n: numberText(shows.count) }) : numberText(shows.count),
                })
              : ''}
        </span>
      }
    >
      <LabelField label={t('views:dialog.name')} value={label} onSet={setLabel} />
      <fieldset className="field">
        <legend>{t('views:dialog.lines')}</legend>
        {lines.length === 0 && <p className="hint">{t('views:dialog.none')}</p>}
        <ul className="y g1">
          {lines.map(({ key, condition }) => (
            <ConditionLine
              key={key}
              condition={condition}
              onChange={(now) => setLines(lines.map((one) => (one.key === key ? { key, condition: now } : one)))}
              onRemove={() => setLines(lines.filter((one) => one.key !== key))}
            />
          ))}
        </ul>
        <div>
          <Button
            size="sm"
            icon={Plus}
            disabled={lines.length >= 20}
            onClick={() => setLines([...lines, keyed(begun(next, fields))])}
          >
            {t('views:dialog.add')}
          </Button>
        </div>
      </fieldset>
      <div className="x g3 wrap">
        <fieldset className="field">
          <legend>{t('views:dialog.forWhom')}</legend>
          <Segmented
            label={t('views:dialog.forWhom')}
            value={own ? 'own' : 'team'}
            options={[
              { value: 'own', label: t('views:dialog.own') },
              { value: 'team', label: t('views:dialog.team') },
            ]}
            onChange={(value) => setOwn(value === 'own')}
          />
        </fieldset>
        <fieldset className="field">
          <legend>{t('views:dialog.order')}</legend>
          <Segmented
            label={t('views:dialog.order')}
            value={order}
            options={[
              { value: 'newest', label: t('inbox:newestFirst') },
              { value: 'oldest', label: t('inbox:oldestFirst') },
            ]}
            onChange={setOrder}
          />
        </fieldset>
      </div>
    </ActDialog>
  )
}
