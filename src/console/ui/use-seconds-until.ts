import { useEffect, useState } from 'react'

/** How many whole seconds are left until a moment, counting down; 0 once it has come. */
export function useSecondsUntil(momentMs: number): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const tick = () => setNow(Date.now())
    tick()
    if (momentMs <= Date.now()) return
    const timer = setInterval(() => {
      tick()
      if (Date.now() >= momentMs) clearInterval(timer)
    }, 250)
    return () => clearInterval(timer)
  }, [momentMs])
  return Math.max(0, Math.ceil((momentMs - now) / 1000))
}
