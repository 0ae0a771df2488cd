import type { labelCalls } from '../../../src-preload/contract/calls/labels'
import type { Handlers } from '../../../src-preload/contract/internal'
import { listLabels, mailboxesWithLabels, setLabel } from '../mail/labels'
import type { StoreService } from '../service'

/** Labels that the mail server keeps. */
export function labels(service: StoreService): Handlers<typeof labelCalls> {
  return {
    'labels.list': () => ({ labels: listLabels(service.read), mailboxIds: mailboxesWithLabels(service.read) }),
    'conversations.label': ({ ids, label, on }) => setLabel(service.open.acts, ids, label, on),
  }
}
