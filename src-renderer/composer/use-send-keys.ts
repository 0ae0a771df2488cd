import type { RefObject } from 'react'
import type { Settings } from '../../src-preload/contract'
import { useShortcuts } from '../state/shortcuts'
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
      act: 'send',
      run: () => sendHere(settings?.afterSend ?? 'closed'),
    },
    {
      act: 'sendOpen',
      run: () => sendHere('open'),
    },
  ])
}
