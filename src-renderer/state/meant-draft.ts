import { create } from 'zustand'

/** The draft that was chosen last from the list of drafts. A conversation can have several, and opens with the oldest else. */
export interface MeantDraft {
  readonly conversationId: number
  readonly draftId: number
}

export const useMeantDraft = create<{ meant: MeantDraft | null }>()(() => ({ meant: null }))

/** Says which draft is meant; null: whichever its conversation opens with. */
export function meanDraft(meant: MeantDraft | null): void {
  useMeantDraft.setState({ meant })
}
