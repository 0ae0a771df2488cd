import { useLook } from './look'

/** Where the link under the pointer or the focus really leads, at the foot of the pane. */
export function LinkTarget() {
  const target = useLook((state) => state.target)
  return target === null ? null : (
    <div className="link-target" dir="ltr" aria-hidden="true">
      <span className="cut">{target}</span>
    </div>
  )
}
