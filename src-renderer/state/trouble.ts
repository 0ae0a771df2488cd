import type { Trouble } from '../../src-preload/contract/calls/team'

/** How bad what needs a person is: `bad` where mail or the team is in danger, `plain` where it may well settle by itself. */
export const gravity: Readonly<Record<Trouble['kind'], 'plain' | 'warn' | 'bad'>> = {
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
