import type { Conversation, DraftKind } from '../../src-preload/contract'
import { later, useHeldKeys } from '../ui/later'
import './composer.css'

export type Kind = Exclude<DraftKind, 'new'>

export interface ReplyProps {
  conversation: Conversation
  /** What was asked for last, with a key or at a message. `n` grows with each. */
  request: { n: number; kind: Kind; messageId: number } | null
  visibleTextOf: (messageId: number) => Promise<string | null>
  /** Turns to the note. */
  onNote?: () => void
}

/** Height of the last composer in CSS pixels: the next one keeps its place with it. */
let usualHeight = 220

function keepHeight(height: number): void {
  usualHeight = height || usualHeight
}

/** The place of a composer that is not there yet; what is typed for one that was `asked` for waits. */
export function Room({ asked }: { asked: boolean }) {
  useHeldKeys(asked)
  return <div className="composer" style={{ blockSize: usualHeight }} aria-busy="true" />
}

const editors = later(
  () => import('./open-reply').then((module) => module.OpenReply),
  ({ request }) => <Room asked={request !== null} />,
)

/** Fetches the code of the editor, the largest part of the window, ahead of the first reply. */
export const prepareReply = editors.prepare

/** The composer at the foot of a conversation. Its editor is made once somebody `stays`, so that walking through the list costs nothing. */
export function Reply({ stays, ...props }: ReplyProps & { stays: boolean }) {
  // whoever asks to write does not wait: the next letter is meant for the text
  return stays || props.request ? <editors.Shown {...props} keepHeight={keepHeight} /> : <Room asked={false} />
}
