import { useEffect } from 'react'
import { nextTextSize, usualTextSize, type TextSize } from '../../src-preload/contract/text-size'
import { call, onEvent } from '../client'
import { useQuery } from '../live'
import { tellFailure } from '../state/acts'
import { closeWindow, lockWindow } from '../state/closing'
import { goSettings } from '../state/places'
import { isAct } from '../state/keymap'
import { runAct, startShortcuts, useShortcuts } from '../state/shortcuts'
import { showToast } from '../state/toast'
import { t } from '../text'

/** Locks; where there is nothing to lock with, leads to where a passphrase is set, or says when that can be done. */
function lockNow(): void {
  void lockWindow((hasMail) => {
    if (hasMail) goSettings('security')
    showToast({ text: t(hasMail ? 'common:lock.noPassphrase' : 'common:lock.noMailYet') })
  }).catch(tellFailure)
}

/** What was asked for and is not shown yet: whoever presses quickly goes on from there. */
let asked: TextSize | null = null
let waiting = 0
async function resize(size: TextSize): Promise<void> {
  asked = size
  waiting++
  await call('app.setTextSize', { size }).catch(tellFailure)
  waiting--
}

/** What works on every page, the first run and the lock included: closing, locking, the size of the text, and what the menu bar asks for. Draws nothing. */
export function Everywhere() {
  const size = useQuery('app.state', {}).data?.textSize ?? usualTextSize
  useEffect(startShortcuts, [])
  useEffect(() => {
    if (waiting === 0 || asked === size) asked = null
  }, [size])
  useShortcuts([
    { act: 'lock', run: lockNow },
    { act: 'textLarger', run: () => void resize(nextTextSize(asked ?? size, 1)) },
    { act: 'textSmaller', run: () => void resize(nextTextSize(asked ?? size, -1)) },
    { act: 'textUsual', run: () => void resize(usualTextSize) },
  ])
  useEffect(
    () =>
      onEvent((event) => {
        if (event.topic !== 'command') return
        if (event.name === 'before-close') void closeWindow()
        else if (isAct(event.name)) runAct(event.name)
      }),
    [],
  )
  return null
}
