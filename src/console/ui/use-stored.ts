import { useState } from 'react'

/** State that this browser remembers: how somebody likes to look at things, never what they look at. */
export function useStored<T>(name: string, otherwise: T): [T, (value: T) => void] {
  const key = `causeway.${name}`
  const [value, setValue] = useState<T>(() => {
    const text = localStorage.getItem(key)
    return text === null ? otherwise : (JSON.parse(text) as T)
  })
  return [
    value,
    next => {
      localStorage.setItem(key, JSON.stringify(next))
      setValue(next)
    },
  ]
}
