import * as z from 'zod'
import type { MailForApp, StoreForApp } from '../../src-preload/contract/internal'
import { MailboxSettings, ServerSettings, type Mailbox } from '../../src-preload/contract/mailboxes'
import { MailUse } from '../../src-preload/contract/sign-in'
import type { Tried } from '../../src-preload/contract/team'
import { PosternError } from '../../src-preload/contract/errors'
import type { Rpc } from '../shared/port-rpc'
import type { Keys } from './keys'
import type { Mailboxes } from './mailboxes'

/** What opens one server of a mailbox. */
const Password = z.object({ use: MailUse, server: ServerSettings, password: z.string() })
export type Password = z.infer<typeof Password>
const Kept = z.array(Password.extend({ /** When another took its place, ms. */ until: z.int() }))

/** One server's of several passwords. */
const passwordFor = (use: MailUse, among: readonly Password[]): string | undefined =>
  among.find((one) => one.use === use)?.password

const entry = (mailboxId: number): string => `mailbox:${mailboxId}:former`

/** Passwords that were replaced since somebody was taken out of the team, until a try has shown that they open no more. */
export class FormerPasswords {
  constructor(private readonly keys: Keys) {}

  async keep(mailboxId: number, passwords: readonly Password[], until: number): Promise<void> {
    const kept = [...(await this.all(mailboxId)), ...passwords.map((one) => ({ ...one, until }))]
    await this.keys.setSecret(entry(mailboxId), JSON.stringify(kept))
  }

  /** Those that were in use at a time and were replaced since, one a server. */
  async at(mailboxId: number, time: number): Promise<Password[]> {
    const later = (await this.all(mailboxId)).filter(({ until }) => until >= time)
    return later.filter(({ use }, index) => later.findIndex((one) => one.use === use) === index)
  }

  async forget(mailboxId: number): Promise<void> {
    if ((await this.keys.secret(entry(mailboxId))) !== null) await this.keys.removeSecret(entry(mailboxId))
  }

  private async all(mailboxId: number): Promise<z.infer<typeof Kept>> {
    const stored = await this.keys.secret(entry(mailboxId))
    return stored === null ? [] : Kept.parse(JSON.parse(stored))
  }
}

/** Proves that the team's mailbox is closed to somebody who was taken out: what they know is tried on the real server. */
export class FormerAccess {
  constructor(
    private readonly mailboxes: Mailboxes,
    private readonly store: () => Rpc<StoreForApp>,
    private readonly mail: () => Rpc<MailForApp>,
  ) {}

  /** What can be tried. @throws PosternError `not-found`: they were not taken out, or it is settled */
  async facts(whose: string): Promise<{ address: string; password: boolean; replaced: boolean; certain: boolean }> {
    const { mailbox, known, replaced, certain } = await this.look(whose)
    return { address: mailbox.address, password: known.length > 0, replaced, certain }
  }

  /** @param password the new one, when it is not here yet: kept when the server takes it and refuses the old one */
  async try(whose: string, password: string | null): Promise<Tried> {
    const { mailbox, current, known, replaced } = await this.look(whose)
    if (known.length === 0) throw new PosternError('not-found', 'no password can be tried')
    const next = password ?? (replaced ? passwordFor('imap', current) : undefined)
    let host = mailbox.imap.host
    const came = async (): Promise<Tried['came']> => {
      for (const old of known) {
        host = old.server.host
        if (await this.opens(mailbox, old)) return 'opens'
      }
      if (next === undefined) return 'refused'
      host = mailbox.imap.host
      // A server that refuses everything at the moment has shown nothing.
      if (!(await this.opens(mailbox, { use: 'imap', server: mailbox.imap, password: next }))) return 'neither'
      if (password !== null) await this.replace(mailbox, password, current)
      return 'refused'
    }
    const tried = await came().then(
      (result): Tried => ({ at: Date.now(), host, came: result, error: null }),
      (thrown: unknown): Tried => {
        const { code, detail } = PosternError.from(thrown)
        return { at: Date.now(), host, came: 'failed', error: { code, detail } }
      },
    )
    await this.store().call('team.tried', { whose, tried })
    const { people } = await this.store().call('team.former', {})
    if (!people.some(({ open }) => open)) await this.mailboxes.former.forget(mailbox.id)
    return tried
  }

  private async opens({ id }: Mailbox, { use, server, password }: Password): Promise<boolean> {
    return (await this.mail().call('login.try', { mailboxId: id, use, server, password })).opens
  }

  /** An outgoing server with a password of its own keeps it. */
  private async replace(mailbox: Mailbox, password: string, current: readonly Password[]): Promise<void> {
    const smtp = passwordFor('smtp', current)
    await this.mailboxes.update(mailbox.id, MailboxSettings.parse(mailbox), {
      password,
      smtpPassword: smtp === passwordFor('imap', current) ? undefined : smtp,
    })
  }

  /** `known`: passwords that they know, one a server; `current`: those that the mailbox is signed in to with now. */
  private async look(
    whose: string,
  ): Promise<{ mailbox: Mailbox; known: Password[]; current: Password[]; replaced: boolean; certain: boolean }> {
    const { mailboxId, people } = await this.store().call('team.former', {})
    const person = people.find((one) => one.whose === whose)
    const mailbox = mailboxId === null ? undefined : await this.mailboxes.find(mailboxId)
    if (!person || !mailbox) throw new PosternError('not-found', 'nobody who was taken out')
    const replaced = await this.mailboxes.former.at(mailbox.id, person.since)
    const current = await this.mailboxes.passwords(mailbox)
    const known = [...replaced, ...current.filter(({ use }) => !replaced.some((one) => one.use === use))]
    return { mailbox, known, current, replaced: replaced.some(({ use }) => use === 'imap'), certain: person.certain }
  }
}
