import * as z from 'zod'
import { defer } from '../defer'
import { Bytes, Id, Time } from '../mail'
import { TeamCarrier, TeamLinkState } from '../team-link'
import { done, nothing } from './define'
import { Failure } from '../errors'

/** Where a message lies with its carrier: a UID, a sequence number. */
const Place = z.string().max(40)
const Generation = z.string().max(100)

/** Served by store to mail: the team's messages, which mail carries and cannot read. */
export const teamForMail = {
  /** Null: no team, nothing is to be carried. */
  'team.link': defer(
    () => nothing,
    () =>
      z.object({
        link: z.object({ mailboxId: Id, team: z.string(), device: z.string(), carrier: TeamCarrier }).nullable(),
      }),
  ),
  /** The next message that is due; it comes again until it is reported as sent. */
  'team.outgoing': defer(
    () => nothing,
    () =>
      z.object({
        pack: Bytes.nullable(),
        hashes: z.array(z.string()),
        nextDueAt: Time.nullable(),
        /** It is what a new console reads first. */ summary: z.boolean(),
      }),
  ),
  'team.sent': defer(
    () => z.object({ hashes: z.array(z.string()), generation: Generation, place: Place.nullable() }),
    () => z.object({ /** Messages that are of no use to anybody any more. */ prune: z.array(Place) }),
  ),
  /** `upTo`: what lies there and before need not be read, a snapshot says it. `wholeRoster`: every record from the first one on is here. */
  'team.known': defer(
    () => z.object({ generation: Generation }),
    () => z.object({ places: z.array(Place), upTo: Place.nullable(), wholeRoster: z.boolean() }),
  ),
  /** `more`: others follow at once. */
  'team.arrived': defer(
    () =>
      z.object({
        generation: Generation,
        messages: z.array(z.object({ place: Place, pack: Bytes })).max(500),
        more: z.boolean().default(false),
      }),
    () => done,
  ),
  /** All that lies there now, all of it taken in. */
  'team.folder': defer(
    () => z.object({ generation: Generation, places: z.array(Place) }),
    () => z.object({ prune: z.array(Place) }),
  ),
  /** The server's clock, heard just now. */
  'team.time': defer(
    () => z.object({ serverAt: Time }),
    () => done,
  ),
  'team.status': defer(
    () =>
      z.object({
        state: TeamLinkState,
        error: Failure.nullable(),
        messages: z.int(),
      }),
    () => done,
  ),
} as const
