import { close, open } from '../dataplane/libc.ts'
import { enter, netnsPath } from '../dataplane/netns.ts'

/** Runs a synchronous function in a namespace. What it opens stays there, and processes that it starts live there. */
export function within<T>(netns: string, run: () => T): T {
  const fd = open(netnsPath(netns))
  try {
    return enter(fd, run)
  } finally {
    close(fd)
  }
}
