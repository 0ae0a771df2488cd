import type { RefObject } from 'react'
import type { Settings } from '../../src-preload/contract'
import { useShortcuts } from '../state/shortcuts'
import type { Composer } from './use-composer'

/** An address becomes a recipient when its field is left, and a key that sends does not leave it. */
function takeTyped(field: HTMLInputElement): void {
  field.blur()
  field.focus()
}

/** The keys that send what is written in `place`, while the hand is there. */
export function useSendKeys(
  place: RefObject<HTMLElement | null>,
  send: Composer['send'],
  settings: Settings | undefined,
): void {
  const sendHere = (as: Settings['afterSend']) => {
    const hand = document.activeElement
    if (!place.current?.contains(hand)) return false
    if (hand instanceof HTMLInputElement) takeTyped(hand)
    return send(as)
  }
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
