/**
 * A small spinner for one item, never for the window. Say in words beside it what goes on.
 * @param share how much is done, 0 to 1, where that is known: then it is a ring that fills and stands still. A turning one makes the
 *   window draw all the time, which takes a tenth of the processor from the very work that it stands for.
 */
export function Spinner({ share = null }: { share?: number | null }) {
  if (share === null) return <span className="spin" aria-hidden="true" />
  const done = Math.round(share * 100)
  return (
    <span
      className="spin still"
      aria-hidden="true"
      style={{ backgroundImage: `conic-gradient(var(--accent-text) ${done}%, var(--line-strong) 0)` }}
    />
  )
}
