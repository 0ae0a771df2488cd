import * as z from 'zod'
import { Address, Id, type AutoKind, type Status } from '../../src-preload/contract/mail'

/** Statuses as stored; never renumber. */
const statuses: readonly Status[] = ['open', 'pending', 'closed', 'spam']
export const statusNumber = (status: Status): number => statuses.indexOf(status)
export const statusOf = (stored: number): Status => statuses[stored] ?? 'open'

const autoKinds: readonly AutoKind[] = ['none', 'auto-reply', 'bounce', 'newsletter', 'notification']
export const autoKindOf = (stored: string): AutoKind => autoKinds.find((kind) => kind === stored) ?? 'none'

const People = z.object({
  replyTo: z.array(Address).default([]),
  to: z.array(Address).default([]),
  cc: z.array(Address).default([]),
  bcc: z.array(Address).default([]),
  deliveredTo: z.array(z.string()).optional(),
})
export type People = z.infer<typeof People>
const Recipients = People.omit({ replyTo: true, deliveredTo: true })
export type Recipients = z.infer<typeof Recipients>
const Ids = z.array(Id)
const Texts = z.array(z.string())

const json = (text: string): unknown => JSON.parse(text)
export const parsePeople = (text: string): People => People.parse(json(text))
/** As `parsePeople` reads it; empty lists are left out, as most are. */
export const packPeople = (people: People): string =>
  JSON.stringify(Object.fromEntries(Object.entries(people).filter(([, list]) => list !== undefined && list.length > 0)))
export const parseRecipients = (text: string): Recipients => Recipients.parse(json(text))
export const parseAddress = (text: string): Address => Address.parse(json(text))
export const parseIds = (text: string): number[] => Ids.parse(json(text))
export const parseTexts = (text: string): string[] => Texts.parse(json(text))

/** Who a person on a list is: the name, or the address when there is none. */
export const displayName = (name: string, address: string): string => (name.trim() === '' ? address : name.trim())
