import type {
  CallInput,
  CallName,
  CallOutput,
  ErrorCode,
  ErrorDetail,
  PosternEvent,
  WireError,
} from '../src-preload/contract'

type Answer<T> = { ok: true; value: T } | { ok: false; error: WireError }

declare global {
  interface Window {
    /** Put there by the preload script. The receiving process validates every input, so its types hold here. */
    readonly postern: {
      call<N extends CallName>(name: N, input: CallInput<N>): Promise<Answer<CallOutput<N>>>
      on(listener: (event: PosternEvent) => void): () => void
    }
  }
}

/** What a refused call rejects with. `code` and `detail` make the sentence (`errorText` in text/). */
export class CallError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly detail: ErrorDetail = {},
  ) {
    super(code)
    this.name = 'CallError'
  }
}

/** Anything thrown, as a CallError: what did not come from a call is `internal`. */
export function asCallError(thrown: unknown): CallError {
  return thrown instanceof CallError ? thrown : new CallError('internal')
}

let actedAt = -Infinity

/** When a person last did something, on `performance.now()`'s clock: what it changed is to be seen at once. */
export const lastAct = (): number => actedAt

/** Asks app or store for a person's act. Rejects with a `CallError`, never with anything else. */
export async function call<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  actedAt = performance.now()
  try {
    return await ask(name, input)
  } finally {
    actedAt = performance.now()
  }
}

/** The same for what is only looked up, by the window to stay fresh or for somebody who types: it changes nothing. */
export async function ask<N extends CallName>(name: N, input: CallInput<N>): Promise<CallOutput<N>> {
  let answer: Answer<CallOutput<N>>
  try {
    answer = await window.postern.call(name, input)
  } catch {
    throw new CallError('internal')
  }
  if (answer.ok) return answer.value
  throw new CallError(answer.error.code, answer.error.detail)
}

/** Hears every event that the window is told. Answers with the function that stops it. */
export function onEvent(listener: (event: PosternEvent) => void): () => void {
  return window.postern.on(listener)
}
