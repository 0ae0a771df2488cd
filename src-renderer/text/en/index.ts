import { accounts } from './accounts'
import { common } from './common'
import { composer } from './composer'
import { conversation } from './conversation'
import { customer } from './customer'
import { errors } from './errors'
import { inbox } from './inbox'
import { privacy } from './privacy'
import { search } from './search'
import { sending } from './sending'
import { settings } from './settings'
import { setup } from './setup'
import { support } from './support'
import { threads } from './threads'
import { transfers } from './transfers'
import { work } from './work'

/** All words that people read, by place. A new place adds its file here. */
export const en = { accounts, common, composer, conversation, customer, errors, inbox, privacy, search, sending, settings, setup, support, threads, transfers, work } as const
