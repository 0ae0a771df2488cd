import * as z from 'zod'
import type { Shapes } from '../defer'

/** Calls between app, store and mail. Same form as the window's calls; not reachable from the window. */
export type CallTable = Record<string, Shapes>
export type TableInput<T extends CallTable, N extends keyof T> = z.input<T[N]['input']>
export type TableParsed<T extends CallTable, N extends keyof T> = z.output<T[N]['input']>
export type TableOutput<T extends CallTable, N extends keyof T> = z.output<T[N]['output']>
/** The functions that one side must offer for a table. */
export type Handlers<T extends CallTable> = {
  readonly [N in keyof T]: (input: TableParsed<T, N>) => Promise<z.input<T[N]['output']>> | z.input<T[N]['output']>
}

export const nothing = z.object({})
export const done = z.object({})
