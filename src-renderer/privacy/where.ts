import { t } from '../text'
import { listText } from '../text/lists'

/** The mailboxes of a grant by name; null: all of them. */
export const whereText = (
  ids: readonly number[] | null,
  mailboxes: readonly { readonly id: number; readonly name: string }[],
): string =>
  ids === null
    ? t('privacy:access.allMailboxes')
    : listText(ids.flatMap((id) => mailboxes.find((one) => one.id === id)?.name ?? []))
