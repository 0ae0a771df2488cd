import type { Message } from '../../src-preload/contract'

const byMachine = ({ autoKind }: Message): boolean => autoKind === 'bounce' || autoKind === 'auto-reply'

/** The message that a reply answers: the newest from outside, never a machine's answer while there is another. */
export function answeredMessage(messages: readonly Message[]): Message | undefined {
  return (
    messages.findLast((message) => message.direction === 'in' && !byMachine(message)) ??
    messages.findLast((message) => !byMachine(message)) ??
    messages.at(-1)
  )
}
