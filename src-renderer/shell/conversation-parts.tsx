import { ReplyOrNote } from '../composer/note'
import { prepareReply } from '../composer/reply'
import { writeToLink } from '../composer/write-to'
import { Conversation, prepareConversations, type ComposerSlot } from '../conversation/conversation'
import { useQuery } from '../live'
import { isDone, setStatus } from '../state/acts'
import { onFirstHand } from '../state/hand'
import { useList } from '../state/list'
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

/** The key E closes or reopens the open conversation, unless others are picked. Draws nothing. */
function CloseKey({ id }: { id: number }) {
  const status = useQuery('conversations.get', { id }, [id]).data?.status
  useShortcuts([
    {
      act: 'closeOrOpen',
      run: () => {
        if (status === undefined || useList.getState().picked.size > 0) return false
        void setStatus([id], isDone(status) ? 'open' : 'closed')
        return undefined
      },
    },
  ])
  return null
}
