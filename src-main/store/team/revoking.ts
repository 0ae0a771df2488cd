import type { Writer } from '../file/database'

/** Once a person was taken out, the wizard stays until the mailbox was closed to them too. */
export function wantRevoked(tx: Writer, member: string): void {
  tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES(?, 'true')", `revoke:${member}`)
}
/** A computer was lost or given away: the mailbox's password lies in its keychain. */
export function wantDeviceRevoked(tx: Writer, device: string): void {
  tx.run("INSERT OR REPLACE INTO team_info(key, value) VALUES(?, 'true')", `revoke-device:${device}`)
}
/** @param whose a member or a device */
export function accessRevoked(tx: Writer, whose: string): void {
  tx.run('DELETE FROM team_info WHERE key IN (?, ?)', `revoke:${whose}`, `revoke-device:${whose}`)
  tx.changes.touched('team')
}
