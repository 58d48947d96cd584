/** Run by linux-host.test.ts inside a sandbox. */
import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { close, newProc, open } from '../../src/dataplane/libc.ts'
import { createNetns, deleteNetns, netnsPath } from '../../src/dataplane/netns.ts'
import { readSysctls, writeSysctls } from '../../src/dataplane/sysctl.ts'

const count = 60
const name = 'ipv4/conf/all/arp_ignore'
const absent = 'ipv4/conf/all/there-is-no-such-thing'
const wanted = (i: number) => String(i % 4)

test('a new view of /proc can be had, or a thousand namespaces are slow', () => {
  const fd = newProc()
  assert.notEqual(fd, null)
  close(fd!)
})

test('each of many namespaces has its own settings, through however many views, and no view stays open', () => {
  const names = Array.from({ length: count }, (_, i) => `cw-settings-${i}`)
  const spaces = names.map(each => {
    createNetns(each, () => {})
    return open(netnsPath(each))
  })
  try {
    for (const [i, fd] of spaces.entries()) assert.deepEqual(writeSysctls(fd, { [name]: wanted(i) }), [])
    const descriptors = readdirSync('/proc/self/fd').length
    for (const [i, fd] of spaces.entries())
      assert.deepEqual(readSysctls(fd, [name, absent]), { [name]: wanted(i), [absent]: null })
    assert.equal(readdirSync('/proc/self/fd').length, descriptors)
    const [refused] = writeSysctls(spaces[0]!, { [name]: 'many' })
    assert.match(refused ?? '', /^net\/ipv4\/conf\/all\/arp_ignore = many: EINVAL/)
  } finally {
    for (const fd of spaces) close(fd)
    for (const each of names) deleteNetns(each)
  }
})
