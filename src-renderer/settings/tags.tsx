import { Merge, Pencil, Tag as TagIcon, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { hues, type Tag } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { tellDone } from '../state/acts'
import { t } from '../text'
import { numberText } from '../text/numbers'
import { Field, Select, LabelField } from '../ui/field'
import { MoreMenu } from '../ui/menu'
import { useTags, type CountedTag } from '../work/tags'
import { ActDialog } from '../ui/act-dialog'
import { MadeList } from './made-list'
import '../work/work.css'
import './settings.css'

type Layer = { kind: 'edit'; tag: CountedTag | null } | { kind: 'merge' | 'retire'; tag: CountedTag }

/** The team's tags: make, rename, merge, remove. */
export function Tags() {
  const tags = useTags()
  const [layer, setLayer] = useState<Layer | null>(null)
  const close = () => setLayer(null)
  return (
    <MadeList
      kind="tag"
      title={t('settings:pages.tags')}
      add={t('work:page.add')}
      onAdd={() => setLayer({ kind: 'edit', tag: null })}
      empty={{ icon: TagIcon, title: t('work:page.empty'), text: t('work:page.emptyText') }}
      heads={[t('work:page.name'), { end: t('work:page.open') }, { end: t('work:page.all') }]}
      acts={t('work:page.acts')}
      rows={tags.map((tag) => (
        <tr key={tag.name}>
          <td>
            <span className="tag lg">
              <i className={`dot c-${tag.hue}`} />
              <bdi>{tag.label}</bdi>
            </span>
          </td>
          <td className="r num">{numberText(tag.open)}</td>
          <td className="r num t2">{numberText(tag.all)}</td>
          <td className="r">
            <MoreMenu
              label={t('work:page.more', { label: tag.label })}
              items={[
                { label: t('work:page.edit'), icon: Pencil, onSelect: () => setLayer({ kind: 'edit', tag }) },
                {
                  label: t('work:page.merge'),
                  icon: Merge,
                  disabled: tags.length < 2,
                  onSelect: () => setLayer({ kind: 'merge', tag }),
                },
                'separator',
                {
                  label: t('work:page.retire'),
                  icon: Trash2,
                  danger: true,
                  onSelect: () => setLayer({ kind: 'retire', tag }),
                },
              ]}
            />
          </td>
        </tr>
      ))}
    >
      {layer?.kind === 'edit' && <EditTag tag={layer.tag} onClose={close} />}
      {layer?.kind === 'merge' && (
        <RetireTag tag={layer.tag} others={tags.filter((one) => one.name !== layer.tag.name)} onClose={close} />
      )}
      {layer?.kind === 'retire' && <RetireTag tag={layer.tag} others={null} onClose={close} />}
    </MadeList>
  )
}

const twin = (error: CallError) => (error.code === 'conflict' ? t('work:page.twin') : undefined)

function EditTag({ tag, onClose }: { tag: CountedTag | null; onClose: () => void }) {
  const [label, setLabel] = useState(tag?.label ?? '')
  const [hue, setHue] = useState<Tag['hue']>(tag?.hue ?? 'clay')
  const save = async () => {
    await tellDone(
      t('work:page.saved', { label: label.trim() }),
      tag ? call('tags.change', { name: tag.name, label, hue }) : call('tags.create', { label, hue }),
    )
  }
  return (
    <ActDialog
      title={t(tag ? 'work:page.editTitle' : 'work:page.newTitle')}
      description={t('work:page.text')}
      act={t(tag ? 'work:page.save' : 'work:page.make')}
      ready={label.trim() !== ''}
      work={save}
      words={twin}
      onClose={onClose}
    >
      <LabelField label={t('work:page.labelField')} value={label} onSet={setLabel} />
      <fieldset className="field">
        <legend>{t('work:page.colour')}</legend>
        <div className="tag-hues">
          {hues.map((one) => (
            <label key={one}>
              <input type="radio" name="hue" checked={one === hue} onChange={() => setHue(one)} />
              <i className={`dot c-${one}`} />
              {t(`work:page.hues.${one}`)}
            </label>
          ))}
        </div>
      </fieldset>
    </ActDialog>
  )
}

/** Takes a tag out of use; with `others`, one of them takes its place. */
function RetireTag({
  tag,
  others,
  onClose,
}: {
  tag: CountedTag
  others: readonly CountedTag[] | null
  onClose: () => void
}) {
  const [into, setInto] = useState(others?.[0]?.name ?? null)
  const words = others ? 'merge' : 'retire'
  const retire = async () => {
    await tellDone(
      t(others ? 'work:page.merged' : 'work:page.retired', { label: tag.label }),
      call('tags.retire', { name: tag.name, into: others ? into : null }),
    )
  }
  return (
    <ActDialog
      title={t(`work:page.${words}Title`, { label: tag.label })}
      description={t(`work:page.${words}Text`, { count: tag.all })}
      act={t(`work:page.${words}Do`)}
      danger={others === null}
      work={retire}
      words={twin}
      onClose={onClose}
    >
      {others && (
        <Field label={t('work:page.mergeInto')}>
          {(ids) => (
            <Select
              {...ids}
              value={into ?? ''}
              options={others.map((one) => ({ value: one.name, label: one.label }))}
              onChange={(event) => setInto(event.target.value)}
            />
          )}
        </Field>
      )}
    </ActDialog>
  )
}
