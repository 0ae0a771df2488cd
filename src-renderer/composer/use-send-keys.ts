import type { RefObject } from 'react'
import type { Settings } from '../../src-preload/contract'
import { useShortcuts } from '../state/shortcuts'
import { t } from '../text'
import type { Composer } from './use-composer'

/** The keys that send what is written in `place`, while the hand is there. */
export function useSendKeys(
  place: RefObject<HTMLElement | null>,
  send: Composer['send'],
  settings: Settings | undefined,
): void {
  const sendHere = (as: Settings['afterSend']) => (place.current?.contains(document.activeElement) ? send(as) : false)
  useShortcuts([
    {
      id: 'composer.send',
      keys: 'mod+Enter',
      group: 'composer',
      label: t('composer:send.keyDefault'),
      inText: true,
      run: () => sendHere(settings?.afterSend ?? 'closed'),
    },
    {
      id: 'composer.sendOpen',
      keys: 'mod+shift+Enter',
      group: 'composer',
      label: t('composer:send.keyOpen'),
      inText: true,
      run: () => sendHere('open'),
    },
  ])
}
