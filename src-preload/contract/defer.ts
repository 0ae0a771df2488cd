import type * as z from 'zod'

/** What a call takes and what it answers. */
export interface Shapes<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly input: I
  readonly output: O
}

/**
 * The schemas of a call, each made when it is first asked for: a start uses few of those that a process knows.
 */
export function defer<I extends z.ZodType, O extends z.ZodType>(input: () => I, output: () => O): Shapes<I, O> {
  let madeInput: I | undefined
  let madeOutput: O | undefined
  return {
    get input() {
      return (madeInput ??= input())
    },
    get output() {
      return (madeOutput ??= output())
    },
  }
}
