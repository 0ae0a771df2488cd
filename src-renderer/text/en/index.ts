import { accounts } from './accounts'
import { common } from './common'
import { composer } from './composer'
import { conversation } from './conversation'
import { customer } from './customer'
import { definitions } from './definitions'
import { depth } from './depth'
import { errors } from './errors'
import { fields } from './fields'
import { groups } from './groups'
import { identity } from './identity'
import { inbox } from './inbox'
import { presence } from './presence'
import { privacy } from './privacy'
import { register } from './register'
import { reports } from './reports'
import { search } from './search'
import { sending } from './sending'
import { settings } from './settings'
import { setup } from './setup'
import { sharing } from './sharing'
import { support } from './support'
import { team } from './team'
import { keys } from './keys'
import { labels } from './labels'
import { threads } from './threads'
import { transfers } from './transfers'
import { tried } from './tried'
import { views } from './views'
import { work } from './work'

/** All words that people read, by place. A new place adds its file here. */
export const en = {
  accounts,
  common,
  composer,
  conversation,
  customer,
  definitions,
  depth,
  errors,
  fields,
  groups,
  identity,
  inbox,
  keys,
  labels,
  presence,
  privacy,
  register,
  reports,
  search,
  sending,
  settings,
  setup,
  sharing,
  support,
  team,
  threads,
  transfers,
  tried,
  views,
  work,
} as const
