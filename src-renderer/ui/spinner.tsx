/** A small spinner for one item, never for the window. Say in words beside it what goes on. */
export function Spinner() {
  return <span className="spin" aria-hidden="true" />
}
