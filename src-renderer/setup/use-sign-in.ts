import { useEffect, useRef, useState } from 'react'
import type { CallInput, CallOutput } from '../../src-preload/contract'
import { asCallError, call, type CallError } from '../client'
import { useQuery } from '../live'

export type SignInState = CallOutput<'app.signInState'>

export interface SignIn {
  /** Set while there is one, finished or not. */
  id: string | null
  state: SignInState | undefined
  error: CallError | null
  done: boolean
  begin: (input: Omit<CallInput<'app.signIn'>, 'signInId'>) => void
  reset: () => void
}

/** One sign-in by browser or code, from "Allow" to its end; it is given up when the page goes. */
export function useSignIn(): SignIn {
  const [id, setId] = useState<string | null>(null)
  const [error, setError] = useState<CallError | null>(null)
  const { data } = useQuery('app.signInState', id === null ? null : { signInId: id })
  const state = id === null ? undefined : data
  const done = state?.state === 'done'
  const live = useRef<{ id: string | null; done: boolean }>({ id: null, done: false })
  useEffect(() => {
    live.current = { id, done }
  })
  useEffect(
    () => () => {
      // A finished one is kept by whoever asked for it, or forgotten with the program.
      if (live.current.id !== null && !live.current.done)
        void call('app.cancelSignIn', { signInId: live.current.id }).catch(() => undefined)
    },
    [],
  )
  const reset = () => {
    if (id !== null) void call('app.cancelSignIn', { signInId: id }).catch(() => undefined)
    setId(null)
    setError(null)
  }
  return {
    id,
    state,
    error,
    done,
    reset,
    begin: (input) => {
      if (id !== null) void call('app.cancelSignIn', { signInId: id }).catch(() => undefined)
      const signInId = crypto.randomUUID()
      setId(null)
      setError(null)
      call('app.signIn', { signInId, ...input }).then(
        () => setId(signInId),
        (thrown: unknown) => setError(asCallError(thrown)),
      )
    },
  }
}
