import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoOptions } from '../cli/programs.ts'
import { causewayClient } from '../client/client.ts'
import { spawnInSandbox } from '../dataplane/sandbox.ts'
import { narrator } from '../demo/narrator.ts'
import { plan } from '../demo/plan.ts'
import { build, omissionsOf, tryOut, type Stage } from '../demo/play.ts'
import { remoteClient, type RemoteClient, SandboxEnded } from '../demo/remote-client.ts'
import type { Site } from '../demo/script.ts'
import { tableText } from '../demo/verdict.ts'
import { clientNetns } from '../demo/world.ts'
import { enterArgv, sandboxFile } from './exec.ts'
import { selfArgv } from './launch.ts'
import { makePlaces, placesOf, type Places } from './places.ts'

const usualPort = 7480

/** Plays the demo: everything in a sandbox but the API, which listens on loopback. Leaves nothing behind. */
export async function runDemo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const topologies = options.topology === 'both' ? (['a', 'b'] as const) : ([options.topology] as const)
  const known = new Set(topologies.flatMap(topology => [...omissionsOf(topology).keys()]))
  const unknown = options.skip.filter(name => !known.has(name))
  if (unknown.length > 0) {
    console.error(`there is no step ${unknown.join(', ')} to leave out; there are: ${[...known].join(', ')}`)
    return 2
  }
  const tell = narrator(
    { write: text => void process.stdout.write(text), live: process.stdout.isTTY },
    options.language,
  )
  const places = placesOf(mkdtempSync(join(tmpdir(), 'causeway-demo-')))
  makePlaces(places, null)
  const listen = `127.0.0.1:${await freePort(usualPort)}`
  const children: ChildProcess[] = []
  const leaving = new AbortController()
  const client = causewayClient({ url: `http://${listen}`, language: options.language === 'zh' ? 'zh-CN' : 'en' })
  try {
    let visitor: RemoteClient | undefined
    await tell.during(
      {
        en: 'Start the server, and in a sandbox a simulated internet and the agent',
        zh: '启动服务，并在沙箱中启动模拟互联网与 agent',
      },
      async () => {
        const server = startServer(places.state, listen)
        const sandbox = startSandbox(places.state)
        children.push(sandbox, server)
        writeFileSync(sandboxFile(places), String(sandbox.pid))
        if (!sandbox.stdin || !sandbox.stdout) throw new Error('the sandbox has no pipes')
        visitor = remoteClient(sandbox.stdin, sandbox.stdout)
        const failed = Promise.race([endOf(server, 'server'), endOf(sandbox, 'sandbox')])
        await Promise.race([
          Promise.all([visitor.ready, agentReports(client, AbortSignal.any([signal, leaving.signal]))]),
          failed,
        ])
        return []
      },
    )
    if (!visitor || signal.aborted) return 130
    const held = await play(options, topologies, { client, visitor, narrator: tell })
    if (options.once || signal.aborted) return held ? 0 : 1
    await lookAround({ client, visitor, narrator: tell }, listen, places)
    await once(signal, 'abort')
    return held ? 0 : 1
  } catch (error) {
    if (!(error instanceof SandboxEnded)) throw error
    tell.line(sandboxEnded[options.language])
    return 1
  } finally {
    leaving.abort()
    client.close()
    for (const child of children) await end(child)
    rmSync(places.state, { recursive: true, force: true })
  }
}

const sandboxEnded = {
  en: 'The sandbox ended, see above. It needs user namespaces (unshare -rnm true must work, or run the demo as root) and libnftables.so.1.',
  zh: '沙箱已退出，原因见上。需要用户命名空间（unshare -rnm true 应能执行，或以 root 运行）以及 libnftables.so.1。',
}

/** Builds every topology first and tries them out then, so that backends come up side by side. */
async function play(options: DemoOptions, topologies: readonly Site['topology'][], stage: Stage): Promise<boolean> {
  const { narrator: tell } = stage
  const started = performance.now()
  const sites: Site[] = []
  for (const topology of topologies) sites.push(await build(topology, new Set(options.skip), stage))
  const endings = new Map<string, Awaited<ReturnType<typeof tryOut>>>()
  for (const site of sites) endings.set(site.topology.toUpperCase(), await tryOut(site, stage))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  tell.heading({
    en: `What the client got, ${seconds} s after the first call`,
    zh: `客户端得到的结果（自首次调用起 ${seconds} 秒）`,
  })
  tell.line(tableText(new Map([...endings].map(([name, { replies }]) => [name, replies])), options.language))
  return [...endings.values()].every(({ held }) => held)
}

/** Puts a server into the first network and says how to look around. */
async function lookAround({ client, narrator: tell }: Stage, listen: string, places: Places): Promise<void> {
  const subnet = (await client.list('subnet', { limit: 1 })).items[0]
  const server = subnet && (await client.create('server', { name: 'demo-server', subnet: subnet.id }))
  const url = `http://${listen}`
  const env = listen.endsWith(`:${usualPort}`) ? '' : `CAUSEWAY_URL=${url} `
  tell.heading({
    en: 'It stays up until you type Ctrl-C. Look around:',
    zh: '演示将持续运行，按 Ctrl-C 结束。可以这样查看：',
  })
  for (const line of [
    url,
    `${env}./causeway get load-balancers`,
    `${env}./causeway events`,
    ...(server ? [`${env}./causeway exec --state ${places.state} ${server.name} -- ip route`] : []),
    [...enterArgv(places), 'ip', 'netns', 'exec', clientNetns, 'sh'].join(' '),
  ]) {
    tell.line(`  ${line}`)
  }
}

function startServer(state: string, listen: string): ChildProcess {
  const [program, ...args] = selfArgv('server', {
    state,
    listen,
    zone: 'local',
    pool: [`demo=${plan.pool}`],
    reserved: [],
    user: null,
    version: 'demo',
    aloud: false,
  })
  return spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function startSandbox(state: string): ChildProcess {
  const userNamespace = process.getuid?.() !== 0
  return spawnInSandbox(selfArgv('demo-inside', { state }), { userNamespace, stdio: ['pipe', 'pipe', 'inherit'] })
}

/** Resolves when the agent has brought its machine to what there is. */
async function agentReports(client: ReturnType<typeof causewayClient>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const status = await client.status().catch(() => null)
    if (status?.agents.some(agent => agent.present && agent.synced >= status.revision)) return
    await sleep(30)
  }
}

async function endOf(child: ChildProcess, name: string): Promise<never> {
  await once(child, 'exit')
  throw new Error(`the ${name} ended before it was there; see above`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.stdin?.end()
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), 3000)
  await gone
  clearTimeout(force)
}

/** This port of loopback if nobody has it, else any free one. */
async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const probe = createServer()
    try {
      await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(port, '127.0.0.1', resolve))
      const address = probe.address()
      return typeof address === 'object' && address ? address.port : wanted
    } catch {
      continue
    } finally {
      await new Promise(resolve => probe.close(resolve))
    }
  }
  throw new Error('no free port on 127.0.0.1')
}
