import { lazy } from 'react'

/** Conversation and composer come as one chunk, fetched while the list is first looked at. */
const load = () => import('./conversation-parts')
const Parts = lazy(() => load().then((module) => ({ default: module.ConversationParts })))

/** Fetches the code of the conversation ahead of the first click. */
export function prepareConversationPane(): void {
  void load().then((module) => module.prepare())
}

export function ConversationPane({ id }: { id: number }) {
  return <Parts id={id} />
}
