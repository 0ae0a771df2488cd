/** The shared folder: messages with ascending names, which can be wiped, renumbered or slow to be seen. */
export class Server {
  generation = 'g1'
  appends = 0
  private next = 1
  private readonly messages = new Map<string, { pack: Uint8Array; visibleAt: number; summary: boolean }>()

  append(pack: Uint8Array, visibleAt: number, summary = false): string {
    const place = String(this.next++)
    this.appends++
    this.messages.set(place, { pack: Buffer.from(pack), visibleAt, summary })
    return place
  }
  wipe(): void {
    this.messages.clear()
    this.generation = `g${Number(this.generation.slice(1)) + 1}`
    this.next = 1
  }
  /** UIDVALIDITY changes; the messages stay, under other numbers. */
  renumber(): void {
    const all = [...this.messages.values()]
    this.wipe()
    for (const message of all) this.messages.set(String(this.next++), message)
  }
  remove(place: string): void {
    this.messages.delete(place)
  }
  list(now: number): string[] {
    return [...this.messages].filter(([, { visibleAt }]) => visibleAt <= now).map(([place]) => place)
  }
  summaries(): string[] {
    return [...this.messages].filter(([, { summary }]) => summary).map(([place]) => place)
  }
  pack(place: string): Uint8Array {
    return this.messages.get(place)?.pack ?? new Uint8Array()
  }
  packs(): Uint8Array[] {
    return [...this.messages.values()].map(({ pack }) => pack)
  }
}
