import { common } from './common'
import { errors } from './errors'
import { inbox } from './inbox'
import { search } from './search'

/** All words that people read, by place. A new place adds its file here. */
export const en = { common, errors, inbox, search } as const
