import type { Trouble } from '../../src-preload/contract/calls/team'

type Gravity = 'good' | 'plain' | 'warn' | 'bad'

const byKind: Readonly<Record<Trouble['kind'], Gravity>> = {
  removal: 'bad',
  lost: 'bad',
  forked: 'bad',
  flood: 'bad',
  differs: 'bad',
  held: 'warn',
  newer: 'warn',
  limit: 'warn',
  clock: 'warn',
  link: 'warn',
  gap: 'plain',
  refused: 'plain',
}

/**
 * How bad what needs a person is: `bad` where mail or the team is in danger, `plain` where it may well settle by itself, `good`
 * where it is settled and only told.
 */
export const gravityOf = (trouble: Trouble): Gravity =>
  'tried' in trouble && trouble.tried?.came === 'refused' ? 'good' : byKind[trouble.kind]
