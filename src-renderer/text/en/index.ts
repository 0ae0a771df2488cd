import { common } from './common'
import { composer } from './composer'
import { conversation } from './conversation'
import { errors } from './errors'
import { inbox } from './inbox'
import { search } from './search'

/** All words that people read, by place. A new place adds its file here. */
export const en = { common, composer, conversation, errors, inbox, search } as const
