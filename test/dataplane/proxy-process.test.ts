import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { proxyArguments } from '../../src/dataplane/proxy-process.ts'

test('HAProxy keeps free buffers for all of its threads, which it does not by itself, and writes nothing into them', () => {
  const settings = (...before: readonly string[]) =>
    execFileSync('haproxy', [...before, '-dMhelp'], { encoding: 'utf8' })
  const shared = /^\s*no-global\s*\|\*\s+global /m
  assert.match(settings(...proxyArguments), shared)
  assert.match(settings(...proxyArguments), /^\s*poison\s*\|\*\s+no-poison /m)
  assert.doesNotMatch(settings('-dMno-global'), shared)
})
