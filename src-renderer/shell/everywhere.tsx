import { useEffect } from 'react'
import { nextTextSize, usualTextSize, type TextSize } from '../../src-preload/contract/text-size'
import { call, onEvent } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { closeWindow, lockWindow } from '../state/closing'
import { goSettings } from '../state/places'
import { startShortcuts, useShortcuts, type Shortcut } from '../state/shortcuts'
import { showToast } from '../state/toast'
import { t } from '../text'

/** Locks; where there is nothing to lock with, leads to where a passphrase is set, or says when that can be done. */
function lockNow(): void {
  void lockWindow((hasMail) => {
    if (hasMail) goSettings('security')
    showToast({ text: t(hasMail ? 'common:lock.noPassphrase' : 'common:lock.noMailYet') })
  }).catch(tellFailure)
}

const resize = (size: TextSize): void => void call('app.setTextSize', { size }).catch(tellFailure)

/** What works on every page, the first run and the lock included: closing, locking, the size of the text. Draws nothing. */
export function Everywhere() {
  const size = useQuery('app.state', {}).data?.textSize ?? usualTextSize
  const acts = {
    lock: lockNow,
    'before-close': () => void closeWindow(),
    'text-larger': () => resize(nextTextSize(size, 1)),
    'text-smaller': () => resize(nextTextSize(size, -1)),
    'text-usual': () => resize(usualTextSize),
  }
  const key = (id: keyof typeof acts, keys: string, label: string, hidden = false): Shortcut => ({
    id: `${id} ${keys}`,
    keys,
    group: 'program',
    label,
    inText: true,
    hidden,
    run: acts[id],
  })
  useEffect(startShortcuts, [])
  useShortcuts([
    key('lock', 'mod+shift+l', t('common:shortcuts.lock')),
    key('text-larger', 'mod++', t('common:shortcuts.textLarger')),
    // the same key without Shift
    key('text-larger', 'mod+=', t('common:shortcuts.textLarger'), true),
    key('text-smaller', 'mod+-', t('common:shortcuts.textSmaller')),
    key('text-usual', 'mod+0', t('common:shortcuts.textUsual')),
  ])
  useEffect(() =>
    onEvent((event) => {
      if (event.topic !== 'command') return
      for (const [name, run] of Object.entries(acts)) if (name === event.name) run()
    }),
  )
  return null
}
