import type { Reader } from '../file/database'

/** Whether every record from the first one on is here: then none that lets this computer in lies elsewhere. */
export const wholeRoster = (read: Reader): boolean =>
  read.get<{ whole: number | null }>('SELECT count(DISTINCT version) = max(version) AS whole FROM team_rosters')
    ?.whole === 1
