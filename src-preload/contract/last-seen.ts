import * as z from 'zod'
import { askedFirst } from './asked-first'
import { calls, type CallOutput } from './calls'

type Name = (typeof askedFirst)[number][0]

/** The answers to what a window asks first, by call. */
export type LastSeen = { readonly [N in Name]: CallOutput<N> }

/** Takes them as they are: all must be there, and each be one that its call gives. */
export const lastSeen = () => {
  const answers = z.record(z.string(), z.unknown())
  return z.custom<LastSeen>((value) => {
    const { data } = answers.safeParse(value)
    return data !== undefined && askedFirst.every(([name]) => calls[name].output.safeParse(data[name]).success)
  })
}
