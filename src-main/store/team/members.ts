import type { Reader } from '../file/database'
import { getSettings } from '../settings'

/** Who works on a device, for lines that people read. */
export function nameOfDevice(read: Reader, device: string): string {
  const member = read.get<{ name: string }>(
    'SELECT m.name FROM team_devices d JOIN team_members m ON m.member = d.member WHERE d.device = ?',
    device,
  )
  if (member) return member.name
  return getSettings(read).agentName
}
