import { Pencil, RotateCcw, Search } from 'lucide-react'
import { useState } from 'react'
import type { Settings } from '../../src-preload/contract'
import { isChanged, withKeys } from '../state/change-keys'
import { acts, entryOf, keyWords, keysOf, type Act, type ShortcutGroup } from '../state/keymap'
import { keep } from '../state/keep'
import { tellOnceDone } from '../state/toast'
import { t } from '../text'
import { Button, IconButton } from '../ui/button'
import { Input, Switch } from '../ui/field'
import { Icon } from '../ui/icon'
import { Kbd } from '../ui/kbd'
import { KeysDialog } from './keys-dialog'
import { ValuesPage } from './page'
import { Group, Row } from './row'

const groups = ['everywhere', 'go', 'list', 'conversation', 'composer', 'program'] as const satisfies ShortcutGroup[]

/** Which keys act, and every key there is, to be changed. */
export function Shortcuts() {
  return <ValuesPage title={t('settings:pages.shortcuts')}>{(values) => <Fields settings={values} />}</ValuesPage>
}

/** Keeps keys, says so, and offers the ones of before. */
async function keepKeys(keys: Settings['keys'], before: Settings['keys'], text: string): Promise<void> {
  await tellOnceDone(keep({ keys }), (kept) =>
    kept ? { text, undo: async () => void (await keep({ keys: before })) } : null,
  )
}

function Fields({ settings }: { settings: Settings }) {
  const [find, setFind] = useState('')
  const [asked, setAsked] = useState<Act | null>(null)
  const { keys: own } = settings
  const change = (act: Act, keys: readonly string[], text: string) => keepKeys(withKeys(own, act, keys), own, text)
  const wanted = find.trim().toLocaleLowerCase()
  const found = acts.filter((act) => t(entryOf(act).label).toLocaleLowerCase().includes(wanted))
  const changed = acts.some((act) => isChanged(act, own))
  return (
    <>
      <Group>
        <Row title={t('settings:general.letters')} text={t('settings:general.lettersHint')}>
          {({ labelledBy, describedBy }) => (
            <Switch
              on={settings.letterShortcuts}
              labelledBy={labelledBy}
              {...(describedBy === undefined ? {} : { describedBy })}
              onChange={(letterShortcuts) => void keep({ letterShortcuts })}
            />
          )}
        </Row>
      </Group>
      <div className="x keys-top">
        <Input
          small
          icon={Search}
          type="search"
          value={find}
          placeholder={t('keys:find')}
          aria-label={t('keys:find')}
          onChange={(event) => setFind(event.target.value)}
        />
        <Button disabled={!changed} onClick={() => void keepKeys({}, own, t('keys:resetAllDone'))}>
          {t('keys:resetAll')}
        </Button>
      </div>
      {found.length === 0 && <p className="t2">{t('keys:nothing')}</p>}
      {groups.map((group) => {
        const rows = found.filter((act) => entryOf(act).group === group)
        return (
          rows.length > 0 && (
            <Group key={group} title={t(`common:shortcuts.groups.${group}`)}>
              <ul className="keys-list">
                {rows.map((act) => (
                  <KeysRow key={act} act={act} own={own} onAsk={setAsked} onChange={change} />
                ))}
              </ul>
            </Group>
          )
        )
      })}
      {asked && <KeysDialog act={asked} own={own} onChange={change} onClose={() => setAsked(null)} />}
    </>
  )
}

function KeysRow({
  act,
  own,
  onAsk,
  onChange,
}: {
  act: Act
  own: Settings['keys']
  onAsk: (act: Act) => void
  onChange: (act: Act, keys: readonly string[], text: string) => Promise<void>
}) {
  const entry = entryOf(act)
  const name = t(entry.label)
  const keys = keysOf(act, own)
  const spoken = keys.map((one) => keyWords(one)).join(', ')
  const caps =
    keys.length === 0 ? <span className="t3">{t('keys:none')}</span> : keys.map((one) => <Kbd key={one} keys={one} />)
  const first = entry.keys.map((one) => keyWords(one)).join(', ')
  return (
    <li className="x">
      <span className="grow">{name}</span>
      {isChanged(act, own) && (
        <IconButton
          icon={RotateCcw}
          size="sm"
          label={t('keys:reset', { name, keys: first })}
          onClick={() => void onChange(act, entry.keys, t('keys:changed', { name, keys: first }))}
        />
      )}
      {entry.fixed ? (
        <span className="x g2 keys-fixed">
          <span className="sr">{spoken}</span>
          <span className="t3 meta">{t('keys:fixed')}</span>
          {caps}
        </span>
      ) : (
        <Button
          kind="ghost"
          aria-label={`${t('keys:change', { name })}. ${spoken || t('keys:none')}`}
          data-tip={t('keys:change', { name })}
          onClick={() => onAsk(act)}
        >
          <Icon icon={Pencil} small />
          {caps}
        </Button>
      )}
    </li>
  )
}
