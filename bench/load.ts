import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync } from 'node:child_process'
import { end, outputIn, startIn } from './processes.ts'

/** What one run of wrk found. */
export interface Load {
  readonly perSecond: number
  readonly p99Ms: number
}

const seconds = 3

/**
 * Asks a URL from a namespace as often as it answers, over 64 connections that stay open, or that end with each answer; every answer
 * must be a good one.
 */
export async function loadOf(netns: string, url: string, connections: 'kept' | 'new' = 'kept'): Promise<Load> {
  const ending = connections === 'new' ? ['-H', 'Connection: close'] : []
  // A packet that was lost is sent again after a second, or three: late, and not wrong.
  const options = ['-t2', '-c64', `-d${seconds}s`, '--timeout', '10s', '--latency', ...ending]
  const said = await outputIn(netns, ['wrk', ...options, url])
  const perSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(said)?.[1])
  const [, figure, unit = ''] = /^\s+99%\s+([\d.]+)(us|ms|s)/m.exec(said) ?? []
  const p99Ms = Number(figure) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? Number.NaN)
  if (!(perSecond > 0 && p99Ms > 0) || /Non-2xx|Socket errors/.test(said))
    throw new Error(`${url} from ${netns}: ${said}`)
  return { perSecond, p99Ms }
}

const cache = join(import.meta.dirname, '../node_modules/.cache/nginx')
const program = join(cache, 'usr/sbin/nginx')

/** Fetches nginx as Debian has it, without installing it. */
export function fetchNginx(): void {
  if (existsSync(program)) return
  mkdirSync(cache, { recursive: true })
  const here = { cwd: cache, stdio: 'pipe' } as const
  execFileSync('apt-get', ['download', 'nginx'], here)
  execFileSync('sh', ['-c', 'dpkg -x nginx_*.deb .'], here)
}

/** Serves `/small` and `/100k` on port 80 of a namespace, until told to stop. */
export async function serveFiles(netns: string): Promise<() => Promise<void>> {
  const directory = mkdtempSync('/run/nginx-')
  writeFileSync(join(directory, '100k'), Buffer.alloc(100 * 1024, 'x'))
  writeFileSync(join(directory, 'conf'), configOf(directory))
  const child = startIn(netns, [program, '-p', directory, '-e', 'stderr', '-c', 'conf'], {
    stdio: 'ignore',
    detached: true,
  })
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`nginx ended with ${code}`)
  })
  const there = outputIn(netns, [
    'curl',
    '-sf',
    '--retry',
    '50',
    '--retry-connrefused',
    '--retry-delay',
    '0',
    'http://127.0.0.1/small',
  ])
  await Promise.race([there, failed])
  failed.catch(() => {})
  return async () => {
    await end(child)
    rmSync(directory, { recursive: true })
  }
}

const configOf = (directory: string) => `
user root;
daemon off;
master_process off;
pid ${directory}/pid;
error_log stderr;
events { worker_connections 4096; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=10;
  client_body_temp_path ${directory}/a;
  proxy_temp_path ${directory}/b;
  fastcgi_temp_path ${directory}/c;
  uwsgi_temp_path ${directory}/d;
  scgi_temp_path ${directory}/e;
  server {
    listen 80;
    root ${directory};
    location = /small { return 200 "ok\\n"; }
  }
}
`
