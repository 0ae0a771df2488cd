import { ChevronDown } from 'lucide-react'
import { addressesOf, senderName, type Mailbox } from '../../src-preload/contract'
import { t } from '../text'
import { Icon } from '../ui/icon'
import { Menu, type MenuPart } from '../ui/menu'
import { sameAddress } from '../../src-preload/contract/address'

export interface ChosenFrom {
  readonly mailbox: Mailbox
  readonly address: string
}

/** The mailbox and the address that a message leaves from; the first mailbox where none is chosen yet. */
export function chosenFrom(
  mailboxes: readonly Mailbox[],
  { mailboxId, address }: { mailboxId: number | undefined; address: string },
): ChosenFrom | null {
  const mailbox = mailboxes.find((one) => one.id === mailboxId) ?? mailboxes[0]
  if (!mailbox) return null
  return { mailbox, address: addressesOf(mailbox).find((own) => sameAddress(own, address)) ?? mailbox.address }
}

/** The address that it leaves from; a menu when there are several. */
export function FromChoice({
  mailboxes,
  from,
  agentName,
  onChange,
}: {
  mailboxes: readonly Mailbox[]
  from: ChosenFrom | null
  agentName: string
  onChange: (from: { mailboxId: number; from: string }) => void
}) {
  if (!from) return null
  const choices = mailboxes.flatMap((mailbox) => addressesOf(mailbox).map((address) => ({ mailbox, address })))
  const title = (one: ChosenFrom): string => senderName(one.mailbox, one.address, agentName)
  if (choices.length === 1)
    return (
      <span className="c-from">
        <span>{t('composer:from')}</span>
        <span className="c-own cut" data-tip={title(from)}>
          {from.address}
        </span>
      </span>
    )
  const items: MenuPart[] = choices.map((one) => ({
    label: one.address,
    hint: title(one),
    checked: one.mailbox.id === from.mailbox.id && one.address === from.address,
    onSelect: () => onChange({ mailboxId: one.mailbox.id, from: one.address }),
  }))
  return (
    <span className="c-from">
      <span>{t('composer:from')}</span>
      <Menu
        align="start"
        label={t('composer:from')}
        trigger={
          <button
            type="button"
            className="c-own x g1"
            aria-label={t('composer:fromChoose', { address: from.address })}
            data-tip={title(from)}
          >
            <span className="cut">{from.address}</span>
            <Icon icon={ChevronDown} small />
          </button>
        }
        items={items}
      />
    </span>
  )
}
