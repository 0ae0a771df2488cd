import { FolderInput } from 'lucide-react'
import type { Mailbox } from '../../src-preload/contract'
import { t } from '../text'
import type { MenuPart } from '../ui/menu'
import { useServerMailboxes } from './mailboxes'

/**
 * The mailboxes that conversations can be moved to, for a menu; nothing where there is no other.
 * @param at where the conversation is, so that it is not offered; null for several, which may be anywhere
 */
export function useMoveItems(at: readonly number[] | null, move: (mailbox: Mailbox) => void): MenuPart[] {
  const mailboxes = useServerMailboxes()
  const others = mailboxes.filter(({ id }) => (at === null ? mailboxes.length > 1 : at.length !== 1 || at[0] !== id))
  if (others.length === 0) return []
  return [
    { heading: t('conversation:moveTo') },
    ...others.map((mailbox) => ({
      label: mailbox.name,
      icon: FolderInput,
      onSelect: () => move(mailbox),
    })),
  ]
}
