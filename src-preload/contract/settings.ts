import * as z from 'zod'
import { noSignature, Signature } from './identity'
import { OauthClient } from './sign-in'

export const Theme = z.enum(['system', 'light', 'dark'])
export type Theme = z.infer<typeof Theme>

/** What each setting may hold. */
const value = z.object({
  workspaceName: z.string().max(80),
  agentName: z.string().max(80),
  theme: Theme,
  density: z.enum(['comfortable', 'compact']),
  /** Seconds between Send and the first try to leave. */
  undoSeconds: z.int().min(0).max(60),
  /** Single-letter shortcuts (R, E, J, K ...). */
  letterShortcuts: z.boolean(),
  /** Keys that the person chose, by act; an empty list where none is to do it. What they mean is the window's. */
  keys: z.record(z.string().max(40), z.array(z.string().max(40)).max(4)),
  /** What "Send and close" does by default. */
  afterSend: z.enum(['closed', 'pending', 'open']),
  /** Below the agent's messages, where the mailbox has none of its own. */
  signature: Signature,
  /** Connections that nobody announced, or that lead to another host than announced, are refused; else only shown. */
  blockUnexpectedHosts: z.boolean(),
  /** What is told by the system's notifications. `mine`: what is assigned to the person, and mentions. */
  notify: z.enum(['all', 'new', 'mine', 'nothing']),
  /** Beside mail: notes that name the person, conversations given to them, mail in conversations that they follow. */
  notifyMentions: z.boolean(),
  notifyGiven: z.boolean(),
  notifyGivenGroup: z.boolean(),
  notifyFollowed: z.boolean(),
  /** Mailboxes of which nothing is told, by id. */
  notifyNotFor: z.array(z.int()).max(1000),
  /** With sender and subject; else only that there is mail. */
  notifyContent: z.boolean(),
  /** Quiet hours, minutes after midnight; equal: none. They may go over midnight. */
  quietFrom: z.int().min(0).max(1439),
  quietTo: z.int().min(0).max(1439),
  /** OAuth clients of one's own, by mail server. */
  oauthClients: z.array(OauthClient).max(50),
  /** The sidebar's views in this person's order, and those that it leaves out: names of built-in or saved views. */
  sidebarViews: z.object({ order: z.array(z.string().max(40)).max(500), hidden: z.array(z.string().max(40)).max(500) }),
  /** Minutes without a hand on the computer after which Postern locks; 0 is never. */
  lockMinutes: z.int().min(0).max(1440),
  /** Lock when the computer goes to sleep. */
  lockOnSleep: z.boolean(),
  /** Durations and faults go into reports; see the calls `reports.*`, which alone change it. */
  troubleshooting: z.boolean(),
  /** Where *Contact support* writes to. */
  supportAddress: z.union([z.literal(''), z.email().max(320)]),
  /** Widths, closed panes, last place: per window size class. Opaque to the store. */
  layout: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])),
})

/** Some settings to change. Not made of `Settings`: its defaults would come with it and reset all that was not named. */
export const SettingsChange = value.omit({ troubleshooting: true }).partial()

/** What the organisation may give people to begin with, who may all change it. */
export const SettingsToBeginWith = value
  .pick({
    theme: true,
    density: true,
    undoSeconds: true,
    letterShortcuts: true,
    afterSend: true,
    blockUnexpectedHosts: true,
    notify: true,
    notifyContent: true,
    quietFrom: true,
    quietTo: true,
    lockMinutes: true,
    lockOnSleep: true,
    supportAddress: true,
  })
  .partial()

const { shape } = value

/** Settings of this installation, kept in the store. Every key has a default, so an empty table is a valid one. */
export const Settings = z.object({
  workspaceName: shape.workspaceName.default(''),
  agentName: shape.agentName.default(''),
  theme: shape.theme.default('system'),
  density: shape.density.default('comfortable'),
  undoSeconds: shape.undoSeconds.default(10),
  letterShortcuts: shape.letterShortcuts.default(true),
  keys: shape.keys.default({}),
  afterSend: shape.afterSend.default('closed'),
  signature: shape.signature.default(noSignature),
  blockUnexpectedHosts: shape.blockUnexpectedHosts.default(true),
  notify: shape.notify.default('mine'),
  notifyMentions: shape.notifyMentions.default(true),
  notifyGiven: shape.notifyGiven.default(true),
  notifyGivenGroup: shape.notifyGivenGroup.default(true),
  notifyFollowed: shape.notifyFollowed.default(true),
  notifyNotFor: shape.notifyNotFor.default([]),
  notifyContent: shape.notifyContent.default(true),
  quietFrom: shape.quietFrom.default(0),
  quietTo: shape.quietTo.default(0),
  oauthClients: shape.oauthClients.default([]),
  sidebarViews: shape.sidebarViews.default({ order: [], hidden: [] }),
  lockMinutes: shape.lockMinutes.default(15),
  lockOnSleep: shape.lockOnSleep.default(true),
  troubleshooting: shape.troubleshooting.default(false),
  supportAddress: shape.supportAddress.default(''),
  layout: shape.layout.default({}),
})
export type Settings = z.infer<typeof Settings>
