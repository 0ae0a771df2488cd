import type { LogBody, LogVerdict } from '../../../src-preload/contract/support'
import { logger } from '../../shared/log'
import { nameOfDevice } from '../team/members'
import type { Workspace } from '../workspace'
import type { Mark } from './access-log'
import { endDoubtedGrants, newestGrant } from './grants'
import { acceptHeads, headFault, ownMark } from './log-heads'

const log = logger('store')

/** Holds the access log against what is kept of it elsewhere: its head in the keychain (R58), and what the team was told. */
export class LogWitness {
  /** Of the heads that app kept, those that the log does not go through; undefined until app told. */
  private unmet: readonly Mark[] | undefined

  /** `tell`: the head goes to the keychain. `verified`: there is a new verdict. */
  constructor(
    private readonly workspace: Workspace,
    private readonly on: { tell: (head: Mark) => void; verified: () => void },
  ) {}

  /** App tells the heads that it kept outside the database: the log must go through each. @returns whether it does */
  setMarks(marks: readonly Mark[]): boolean {
    const { accessLog, db } = this.workspace
    this.unmet = marks.filter((mark) => mark.entries > 0 && !accessLog.passes(db.read, mark))
    const [first] = this.unmet
    if (first) {
      this.workspace.doubtedGrants = newestGrant(db.read)
      log.error('the access log does not go through a head that was kept', { entries: first.entries })
      void this.verify()
      return false
    }
    this.tellHead()
    if (accessLog.lastVerdict?.witnessed === false) void this.verify()
    else this.check()
    return true
  }

  /** The head goes to the keychain as soon as it is sure that the one there is not a witness against this database. */
  tellHead(): void {
    if (this.unmet === undefined || this.unmet.length > 0) return
    this.on.tell(this.workspace.accessLog.head(this.workspace.db.read))
  }

  /** Whether the log goes through what the team was told of it, and the logs of the others through what they told. */
  check(): void {
    const { accessLog, db, device } = this.workspace
    const own = ownMark(db.read, device.id)
    if ((own && !accessLog.passes(db.read, own)) || headFault(db.read, device.id)) void this.verify()
  }

  async verify(): Promise<LogVerdict> {
    const { accessLog, db, device } = this.workspace
    const told = ownMark(db.read, device.id)
    const { unmet } = this
    const held = { marks: [...(unmet ?? []), ...(told ? [told] : [])], witnessed: unmet !== undefined }
    const verdict = await accessLog.verify(db.read, held, () => {
      const fault = headFault(db.read, device.id)
      return fault && { ...fault, of: nameOfDevice(db.read, fault.device) }
    })
    // The keychain has answered meanwhile: what it holds was not looked at.
    if (unmet === undefined && this.unmet !== undefined) return this.verify()
    this.on.verified()
    return verdict
  }

  /** A person has seen the alarm: it stands in the log, and the head is kept anew from here. Whoever may still look is granted that anew. */
  acknowledge(who: LogBody['who']): void {
    const { accessLog, db, device } = this.workspace
    const mark = this.unmet?.[0]
    const fault = accessLog.lastVerdict?.fault
    if (!mark) {
      if (fault) this.acknowledgeTold(fault, who)
      return
    }
    const found = accessLog.head(db.read).entries
    db.write((tx) => {
      endDoubtedGrants(tx, this.workspace, who)
      accessLog.append(tx, {
        who,
        act: 'restored-older',
        detail: { expected: mark.entries, found, head: mark.hash },
      })
    })
    db.write((tx) => acceptHeads(tx, device.id))
    this.workspace.doubtedGrants = 0
    this.unmet = []
    this.tellHead()
    void this.verify()
  }

  /** The same for what the team was told: it holds from what the device tells now on. */
  private acknowledgeTold(fault: NonNullable<LogVerdict['fault']>, who: LogBody['who']): void {
    const { accessLog, db } = this.workspace
    const expected = (fault.of === null ? ownMark(db.read, fault.device)?.entries : undefined) ?? fault.entry
    db.write((tx) => {
      accessLog.append(tx, {
        who,
        act: 'restored-older',
        object: { kind: 'device', id: fault.device },
        detail: { expected, found: fault.entry - 1, ...(fault.of === null ? {} : { of: fault.of.slice(0, 120) }) },
      })
      acceptHeads(tx, fault.device)
    })
    void this.verify()
  }
}
