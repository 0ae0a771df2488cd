import * as z from 'zod'
import { Id, Time } from '../mail'
import { Failure } from '../errors'
import { TeamCarrier, TeamLinkState } from '../team-link'
import { DeviceId, Role, Tried, Whose } from '../team'
import { done, nothing, store, type CallDef } from './define'

/** An id of the roster: made by the program. */
const MemberId = z.string().max(60)
const Permissions = z.array(z.string().max(60)).max(50)

/** Something that a person should know of, with one act each at most. */
export const Trouble = z.discriminatedUnion('kind', [
  /** Came after its writer was taken out: nothing of it counts unless the owner takes it over. */
  z.object({ kind: z.literal('held'), member: MemberId, name: z.string(), events: z.int(), notes: z.int() }),
  /** A device signed two different batches of one number. */
  z.object({ kind: z.literal('forked'), device: DeviceId, name: z.string() }),
  /** Others have seen what is not here. `asked`: they were asked for it. */
  z.object({ kind: z.literal('gap'), device: DeviceId, name: z.string(), missing: z.int(), asked: z.boolean() }),
  /** Came and was refused: not ours, damaged, signed falsely, of another team. */
  z.object({ kind: z.literal('refused'), reason: z.string(), count: z.int() }),
  /** Of a newer Postern: kept, and read after the update. */
  z.object({ kind: z.literal('newer'), count: z.int() }),
  z.object({ kind: z.literal('clock'), doubt: z.enum(['set-back', 'server-differs']), minutes: z.int() }),
  z.object({
    kind: z.literal('link'),
    state: TeamLinkState,
    error: Failure.nullable(),
  }),
  /** What the owner's console summed up is not what the events here come to. */
  z.object({ kind: z.literal('differs') }),
  /** Near what the mailbox can carry: computers, changes in a day, messages in the folder. */
  z.object({
    kind: z.literal('limit'),
    what: z.enum(['devices', 'events', 'messages']),
    count: z.int(),
    most: z.int(),
  }),
  /** Writes more in an hour than a person can. */
  z.object({ kind: z.literal('flood'), device: DeviceId, name: z.string(), events: z.int() }),
  /** A computer was taken out, and the mailbox's password lies in its keychain. */
  z.object({ kind: z.literal('lost'), device: DeviceId, name: z.string(), tried: Tried.nullable() }),
  /** Taken out of the team, but the mailbox still opens with what they know, until a try has shown that it does not. */
  z.object({ kind: z.literal('removal'), member: MemberId, name: z.string(), tried: Tried.nullable() }),
])
export type Trouble = z.infer<typeof Trouble>

export const TeamState = z.object({
  membership: z.enum(['none', 'joining', 'member', 'owner', 'removed']),
  mailboxId: Id.nullable(),
  you: MemberId.nullable(),
  members: z.array(
    z.object({
      id: MemberId,
      name: z.string(),
      address: z.string(),
      role: Role,
      permissions: Permissions,
      removedAt: Time.nullable(),
      heardAt: Time.nullable(),
    }),
  ),
  devices: z.array(
    z.object({
      id: DeviceId,
      member: MemberId,
      memberName: z.string(),
      name: z.string(),
      addedAt: Time,
      heardAt: Time.nullable(),
      this: z.boolean(),
      gone: z.boolean(),
      /** It destroys its copy when it hears that it was taken out. `at`: when it did; `kept`, `lost`: unsent texts that it handed over, and those that it could not. */
      erase: z.object({ at: Time.nullable(), kept: z.int(), lost: z.int() }).nullable(),
      owner: z.boolean(),
    }),
  ),
  invites: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      role: Role,
      endsAt: Time,
      state: z.enum(['open', 'asked', 'ended']),
      /** `words`: three numbers below 256; both sides read the same words. */
      asks: z.object({ name: z.string(), address: z.string(), device: z.string(), words: z.array(z.int()) }).nullable(),
    }),
  ),
  /** While joining: the three words for the owner to compare; null until the owner's key was seen. */
  words: z.array(z.int()).nullable(),
  link: TeamLinkState,
  /** Where the messages travel; the token is not told. */
  carrier: z.object({ kind: z.enum(['mailbox', 'nats']), url: z.string() }),
  /** Events recorded here that wait to go out. */
  waiting: z.int(),
  /** This computer is new and looks for the team of a recovery code; `nothing`: there is none in that mailbox. */
  recovering: z.enum(['looking', 'nothing']).nullable(),
  /** From what a new computer starts: when it was made, how many of the others have confirmed it. */
  summary: z.object({ at: Time, confirmed: z.int(), of: z.int() }).nullable(),
  trouble: z.array(Trouble),
})
export type TeamState = z.infer<typeof TeamState>

/** The team: who belongs to it, with which rights, on which devices. Only the owner's device can change it. */
export const teamCalls = {
  'team.state': store(
    'read',
    'read',
    () => nothing,
    () => TeamState,
  ),
  /** Makes a team of this installation. The recovery code is shown once. */
  'team.create': store(
    'write',
    'manage-team',
    () => z.object({ mailboxId: Id, carrier: TeamCarrier.optional() }),
    () => z.object({ recoveryCode: z.string() }),
  ),
  'team.checkRecovery': store(
    'read',
    'manage-team',
    () => z.object({ code: z.string().max(100) }),
    () => z.object({ right: z.boolean() }),
  ),
  'team.invite': store(
    'write',
    'manage-team',
    () =>
      z.object({
        name: z.string().trim().min(1).max(100),
        role: Role.exclude(['owner']),
        permissions: Permissions.default([]),
        /** Another computer of somebody who is in the team; role and name are theirs. */ member:
          MemberId.nullable().default(null),
      }),
    () => z.object({ id: z.string(), code: z.string(), endsAt: Time }),
  ),
  'team.withdraw': store(
    'write',
    'manage-team',
    () => z.object({ id: z.string().max(60) }),
    () => done,
  ),
  'team.approve': store(
    'write',
    'manage-team',
    () => z.object({ id: z.string().max(60) }),
    () => done,
  ),
  'team.join': store(
    'write',
    'settings',
    () => z.object({ code: z.string().max(200), mailboxId: Id, carrier: TeamCarrier.optional() }),
    () => done,
  ),
  /** Gives up a request to join, or leaves a team that has taken this device out; what was recorded here stays. */
  'team.leave': store(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  'team.setRole': store(
    'write',
    'manage-team',
    () => z.object({ member: MemberId, role: Role.exclude(['owner']), permissions: Permissions.default([]) }),
    () => done,
  ),
  /** Takes a person out, with all devices; the others get a new key. */
  'team.remove': store(
    'write',
    'manage-team',
    () => z.object({ member: MemberId, /** Their computers destroy their copy. */ erase: z.boolean().default(false) }),
    () => done,
  ),
  /** Takes a computer out; it destroys its copy at its next contact. */
  'team.retireDevice': store(
    'write',
    'manage-team',
    () => z.object({ device: DeviceId }),
    () => done,
  ),
  /** The messages travel another way from now on; what was sent so far is put there too. */
  'team.setCarrier': store(
    'write',
    'manage-team',
    () => z.object({ carrier: TeamCarrier }),
    () => done,
  ),
  'team.nameDevice': store(
    'write',
    'manage-team',
    () => z.object({ device: DeviceId, name: z.string().trim().max(100) }),
    () => done,
  ),
  /** The mailbox was closed to who was taken out: it was tried (`app.tryFormer`), or the owner says so where nothing can be. */
  'team.accessRevoked': store(
    'write',
    'manage-team',
    () => z.object({ whose: Whose }),
    () => done,
  ),
  /** What a person who was taken out wrote afterwards: takes it over under the owner's name, or puts it aside for good. */
  'team.settleHeld': store(
    'write',
    'manage-team',
    () => z.object({ member: MemberId, take: z.boolean() }),
    () => done,
  ),
  /** Whether this computer was away from the team for too long; answered also then, as is `team.lookAgain`. */
  'team.lease': store(
    'read',
    'settings',
    () => nothing,
    () =>
      z.object({
        days: z.int().nullable(),
        /** The most that policy allows. */ mostDays: z.int().nullable(),
        contactAt: Time.nullable(),
        ended: z.boolean(),
      }),
  ),
  'team.setLease': store(
    'write',
    'manage-team',
    () => z.object({ days: z.int().min(1).max(365).nullable() }),
    () => done,
  ),
  /** Looks at the carrier anew, now. */
  'team.lookAgain': store(
    'read',
    'settings',
    () => nothing,
    () => done,
  ),
  /** What was refused is told no more. */
  'team.forgetRefused': store(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  /** Takes the owner's summary for what differs from it here. */
  'team.takeOwners': store(
    'write',
    'settings',
    () => nothing,
    () => done,
  ),
  /** With the recovery code on a new computer, which is in no team: it looks for the team in the mailbox and becomes the owner's. */
  'team.startRecovery': store(
    'write',
    'settings',
    () => z.object({ code: z.string().max(100), mailboxId: Id, carrier: TeamCarrier.optional() }),
    () => done,
  ),
  /** With the recovery code: this device becomes the owner's. */
  'team.recover': store(
    'write',
    'settings',
    () => z.object({ code: z.string().max(100) }),
    () => done,
  ),
} as const satisfies Record<string, CallDef>
