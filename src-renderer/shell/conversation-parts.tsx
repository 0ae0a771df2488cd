import { ReplyOrNote } from '../composer/note'
import { prepareReply } from '../composer/reply'
import { writeToLink } from '../composer/write-to'
import { Conversation, prepareConversations, type ComposerSlot } from '../conversation/conversation'
import { useQuery } from '../live'
import type { Status } from '../../src-preload/contract'
import { call } from '../client'
import { isDone, setStatus, tellFailure } from '../state/acts'
import { onFirstHand } from '../state/hand'
import { useList } from '../state/list'
import { openConversationId } from '../state/places'
import { useShortcuts } from '../state/shortcuts'

/** Gets ready for the first conversation; what takes much memory waits until somebody is there. */
export function prepare(): void {
  prepareConversations()
  onFirstHand(prepareReply)
}

const composer = (slot: ComposerSlot) => <ReplyOrNote key={slot.conversation.id} {...slot} />
const onMailto = (url: string) => void writeToLink(url)

/** The conversation with its composer. */
export function ConversationParts({ id }: { id: number }) {
  return (
    <>
      <Conversation id={id} composer={composer} onMailto={onMailto} />
      <CloseKey id={id} />
    </>
  )
}

type Shown = { readonly id: number; readonly status: Status }
let presses = 0
let pressed: Promise<void> = Promise.resolve()

/** A press of E. One that comes while an act is under way is for the conversation that is open after it. */
function press(shown: Shown): void {
  const isFirst = presses++ === 0
  pressed = pressed
    .then(() => closeOrOpen(isFirst ? shown : null))
    .catch(tellFailure)
    .finally(() => presses--)
}

async function closeOrOpen(shown: Shown | null): Promise<void> {
  const id = openConversationId()
  if (id === null) return
  const status = shown?.id === id ? shown.status : (await call('conversations.get', { id })).status
  await setStatus([id], isDone(status) ? 'open' : 'closed')
}

/** The key E closes or reopens the open conversation, unless others are picked. Draws nothing. */
function CloseKey({ id }: { id: number }) {
  const status = useQuery('conversations.get', { id }, [id]).data?.status
  useShortcuts([
    {
      act: 'closeOrOpen',
      run: () => {
        if (status === undefined || useList.getState().picked.size > 0) return false
        press({ id, status })
        return undefined
      },
    },
  ])
  return null
}
