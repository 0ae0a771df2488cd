import { Conversation, prepareConversations } from '../conversation/conversation'
import { goNewMessage } from '../state/places'

export { prepareConversations }

/** The conversation with its composer. */
export function ConversationParts({ id }: { id: number }) {
  return <Conversation id={id} composer={() => null} onMailto={() => goNewMessage()} />
}
