import * as z from 'zod'
import { conversationCalls } from './calls/conversations'
import { labelCalls } from './calls/labels'
import { mailboxCalls } from './calls/mailboxes'
import { settingsCalls } from './calls/settings'
import { viewCalls } from './calls/views'
import { workCalls } from './calls/work'

/** The page of the list that a window opens with. */
export const firstPage = {
  view: 'inbox',
  mailboxId: null,
  tag: null,
  label: null,
  saved: null,
  order: 'newest',
  unreadOnly: false,
  offset: 0,
  limit: 100,
} as const

/** What a window draws first: the answers of the calls that it asks then. */
export const lastSeen = () =>
  z.object({
    settings: settingsCalls['settings.get'].output,
    mailboxes: mailboxCalls['mailboxes.list'].output,
    sync: mailboxCalls['sync.status'].output,
    list: conversationCalls['conversations.list'].output,
    counts: conversationCalls['counts.get'].output,
    views: viewCalls['views.list'].output,
    tags: workCalls['tags.list'].output,
    labels: labelCalls['labels.list'].output,
    people: workCalls['people.list'].output,
  })
export type LastSeen = z.output<ReturnType<typeof lastSeen>>
