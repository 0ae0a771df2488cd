import { Ellipsis, Merge, Pencil, Plus, Tag as TagIcon, Trash2 } from 'lucide-react'
import { useState, type FormEvent } from 'react'
import { hues, type Tag } from '../../src-preload/contract'
import { call, type CallError } from '../client'
import { tellDone } from '../state/acts'
import { t } from '../text'
import { numberText } from '../text/time'
import { Banner } from '../ui/banner'
import { Button, IconButton } from '../ui/button'
import { Dialog } from '../ui/dialog'
import { EmptyState } from '../ui/empty-state'
import { Field, Input, Select } from '../ui/field'
import { Menu } from '../ui/menu'
import { Page } from '../ui/page'
import { useFinish } from '../ui/use-finish'
import { useTags, type CountedTag } from '../work/tags'
import '../work/work.css'
import './settings.css'

type Layer = { kind: 'edit'; tag: CountedTag | null } | { kind: 'merge' | 'retire'; tag: CountedTag }

/** The team's tags: make, rename, merge, remove. */
export function Tags() {
  const tags = useTags()
  const [layer, setLayer] = useState<Layer | null>(null)
  const close = () => setLayer(null)
  return (
    <Page
      title={t('settings:pages.tags')}
      end={
        <Button kind="primary" icon={Plus} onClick={() => setLayer({ kind: 'edit', tag: null })}>
          {t('work:page.add')}
        </Button>
      }
    >
      {tags.length === 0 ? (
        <div className="card">
          <EmptyState icon={TagIcon} title={t('work:page.empty')}>
            {t('work:page.emptyText')}
          </EmptyState>
        </div>
      ) : (
        <div className="card clip">
          <table>
            <thead>
              <tr>
                <th>{t('work:page.name')}</th>
                <th className="r">{t('work:page.open')}</th>
                <th className="r">{t('work:page.all')}</th>
                <th>
                  <span className="sr">{t('work:page.acts')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {tags.map((tag) => (
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
                    <Menu
                      label={t('work:page.more', { label: tag.label })}
                      trigger={
                        <IconButton icon={Ellipsis} size="sm" label={t('work:page.more', { label: tag.label })} />
                      }
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
            </tbody>
          </table>
        </div>
      )}
      {layer?.kind === 'edit' && <EditTag tag={layer.tag} onClose={close} />}
      {layer?.kind === 'merge' && (
        <RetireTag tag={layer.tag} others={tags.filter((one) => one.name !== layer.tag.name)} onClose={close} />
      )}
      {layer?.kind === 'retire' && <RetireTag tag={layer.tag} others={null} onClose={close} />}
    </Page>
  )
}

const twin = (error: CallError) => (error.code === 'conflict' ? t('work:page.twin') : undefined)

function EditTag({ tag, onClose }: { tag: CountedTag | null; onClose: () => void }) {
  const [label, setLabel] = useState(tag?.label ?? '')
  const [hue, setHue] = useState<Tag['hue']>(tag?.hue ?? 'clay')
  const { busy, failure, finish } = useFinish(onClose, twin)
  const ready = label.trim() !== ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ready || busy) return
    finish(async () => {
      if (tag) await call('tags.change', { name: tag.name, label, hue })
      else await call('tags.create', { label, hue })
    })
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(tag ? 'work:page.editTitle' : 'work:page.newTitle')}
      description={t('work:page.text')}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button size="lg" kind="primary" submit form="tag" disabled={!ready} busy={busy}>
            {t(tag ? 'work:page.save' : 'work:page.make')}
          </Button>
        </>
      }
    >
      <form id="tag" className="y g3" onSubmit={submit}>
        <Field label={t('work:page.labelField')}>
          {(ids) => (
            <Input
              {...ids}
              value={label}
              maxLength={60}
              dir="auto"
              autoComplete="off"
              autoFocus
              onChange={(event) => setLabel(event.target.value)}
            />
          )}
        </Field>
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
      </form>
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
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
  const { busy, failure, finish } = useFinish(onClose, twin)
  const words = others ? 'merge' : 'retire'
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`work:page.${words}Title`, { label: tag.label })}
      description={t(`work:page.${words}Text`, { count: tag.all })}
      foot={
        <>
          <Button size="lg" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            size="lg"
            kind={others ? 'primary' : 'danger-fill'}
            busy={busy}
            onClick={() =>
              finish(async () => {
                const done = await call('tags.retire', { name: tag.name, into: others ? into : null })
                tellDone(t(others ? 'work:page.merged' : 'work:page.retired', { label: tag.label }), done.undo)
              })
            }
          >
            {t(`work:page.${words}Do`)}
          </Button>
        </>
      }
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
      {failure && (
        <Banner kind="bad" urgent>
          {failure}
        </Banner>
      )}
    </Dialog>
  )
}
