import { lazy, Suspense } from 'react'
import { later, useHeldKeys } from '../ui/later'

/** Conversation and composer come as one chunk, fetched while the list is first looked at. */
const load = () => import('./conversation-parts')
const Parts = lazy(() => load().then((module) => ({ default: module.ConversationParts })))

/** Whoever opens something here may press its keys at once. */
function Coming() {
  useHeldKeys()
  return <section className="pane" />
}

const newMessage = later(() => import('../composer/new-message').then((module) => module.NewMessage), Coming)
/** A message that the team begins; whoever asks for it types on at once. */
export const NewMessagePane = newMessage.Shown

/** Fetches the code of the conversation, and of a new one, ahead of the first click. */
export function prepareConversationPane(): void {
  newMessage.prepare()
  void load().then((module) => module.prepare())
}

export function ConversationPane({ id }: { id: number }) {
  return (
    <Suspense fallback={<Coming />}>
      <Parts id={id} />
    </Suspense>
  )
}
