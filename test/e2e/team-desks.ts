import { expect } from '@playwright/test'
import { answered } from './hands'
import { newProfile, startPostern, synced, type Desk, type Team } from './harness'

/** A desk with a profile of its own on the team's mailboxes, which nobody has let into a team yet. */
export const startDesk = (team: Team, name: string, imapPort = team.imapCable.port): Promise<Desk> =>
  startPostern({
    profile: newProfile(),
    provision: {
      ...team.provision,
      agent: { name },
      mailboxes: team.provision.mailboxes.map((one) => ({ ...one, imap: { ...one.imap, port: imapPort } })),
    },
    size: { width: 1280, height: 800 },
  })

/**
 * Desks of one team, each with its own profile on the same mailboxes; the first is the owner's. How people join is `team.spec`'s.
 * @param othersPort where all but the owner reach the mailboxes
 */
export async function startDesks(
  team: Team,
  names: readonly string[],
  othersPort = team.imapCable.port,
): Promise<Desk[]> {
  const desks = await Promise.all(
    names.map((name, index) => startDesk(team, name, index === 0 ? undefined : othersPort)),
  )
  await Promise.all(desks.map(({ page }) => synced(page)))
  const [owner, ...others] = desks.map(({ page }) => page)
  if (!owner) throw new Error('no desk')
  const wait = { timeout: 30_000 }
  const mailboxId = 1
  await answered(owner, 'team.create', { mailboxId })
  for (const [index, joiner] of others.entries()) {
    const { id, code } = await answered(owner, 'team.invite', { name: names[index + 1] ?? '', role: 'agent' })
    await answered(joiner, 'team.join', { code, mailboxId })
    await expect
      .poll(async () => (await answered(owner, 'team.state', {})).invites.find((one) => one.id === id)?.state, wait)
      .toBe('asked')
    await answered(owner, 'team.approve', { id })
    await expect.poll(async () => (await answered(joiner, 'team.state', {})).membership, wait).toBe('member')
  }
  return desks
}
