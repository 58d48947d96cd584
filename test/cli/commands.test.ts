import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, suite, test } from 'node:test'
import { parse } from 'yaml'
import { kindNames, kinds } from '../../src/model/kinds.ts'
import { all } from '../../src/model/model.ts'
import type { WireOf } from '../../src/client/wire.ts'
import { trialServer } from './trial.ts'

const root = join(import.meta.dirname, '../..')
const zh = { env: { LANG: 'zh_CN.UTF-8' } }

suite('the command line against a server', async () => {
  const { cli, store, turns, close } = await trialServer()
  const folder = mkdtempSync(join(tmpdir(), 'causeway cli '))
  after(async () => {
    await close()
    rmSync(folder, { recursive: true })
  })
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text)
    return join(folder, name)
  }

  test('one resource from creation to deletion, by name and by id', async () => {
    const created = await cli('create vpc name=lab cidr=10.9.0.0/16 description=try -o json')
    assert.equal(created.code, 0, created.err)
    const { id } = JSON.parse(created.out) as { id: string }
    assert.match(id, /^rtr-/)
    assert.equal((await cli(`set vpc lab description=done`)).code, 0)
    assert.match((await cli(`get vpc ${id}`)).out, /Description\s+done/)
    assert.match((await cli('get vpcs')).out, new RegExp(`${id}\\s+lab\\s`))
    assert.equal((await cli(`delete rtr lab`)).code, 0)
    assert.equal((await cli('get vpc lab')).code, 2)
  })

  test('children: added, changed, shown, applied, rolled back, deleted', async () => {
    await cli('create security-group name=sg1')
    assert.equal((await cli('add sg sg1 rules name=ssh protocol=tcp ports=22 priority=3')).code, 0)
    const before = await cli('get sg sg1')
    assert.match(before.out, /draft waits/)
    const plan = await cli('plan sg sg1')
    assert.match(plan.out, /^\+ rules\[ssh\] \{name: ssh, .*ports: 22\}$/)
    assert.match((await cli('apply sg sg1')).err, /generation 2/)
    assert.match((await cli('apply sg sg1')).err, /nothing to apply/)
    assert.equal((await cli('set sg sg1 rules/ssh ports=2222')).code, 0)
    assert.match((await cli('plan sg sg1')).out, /~ rules\[ssh\]\.ports: 22 → 2222/)
    assert.equal((await cli('discard sg sg1')).code, 0)
    assert.match((await cli('plan sg sg1')).out, /nothing to apply/)
    assert.equal((await cli('delete sg sg1 rules/22')).code, 0)
    await cli('apply sg sg1')
    assert.match((await cli('history sg sg1')).out, /^Generation[^]*\n3 [^]*\n2 [^]*\n1 /)
    assert.match((await cli('rollback sg sg1 2')).err, /generation 4/)
    assert.match((await cli('get sg sg1')).out, /Rules\nID[^]*sgr-\w+\s+ssh/)
  })

  test('a listener goes by its port, whatever other numbers say the same, and where its balancer logs is told in words', async () => {
    const listeners = '[{port: 80, options: [redirect-to-https]}, {protocol: tcp, port: 443}]'
    assert.equal((await cli(['create', 'lb', 'name=ported', 'eips=[{}]', `listeners=${listeners}`])).code, 0)
    assert.equal((await cli('set lb ported listeners/443 name=tls')).code, 0)
    assert.match((await cli('get lb ported')).out, /lbl-\w+ +tls +tcp +443/)
    assert.match((await cli('get lb ported -o wide')).out, /Access log +off$/m)
    const remote = 'accessLog.remote={address: 192.0.2.9, protocol: tcp}'
    assert.equal((await cli(['set', 'lb', 'ported', 'accessLog.local=true', remote])).code, 0)
    const wide = await cli('get lb ported -o wide')
    assert.match(wide.out, /Access log +kept on the machine, to 192\.0\.2\.9:514 by tcp \(rfc3164\)$/m)
    await cli('delete lb ported')
  })

  test('a part of an attribute that is set leaves the others as they are, however deep it is', async () => {
    await cli('create lb name=parts eips=[{}] accessLog.local=true accessLog.remote.address=198.18.0.9')
    assert.equal((await cli('set lb parts accessLog.remote.port=601 accessLog.remote.protocol=tcp')).code, 0)
    assert.equal((await cli('set lb parts accessLog.local=false')).code, 0)
    const told = JSON.parse((await cli('get lb parts -o json')).out) as WireOf<'load-balancer'>
    const remote = { address: '198.18.0.9', protocol: 'tcp', port: 601, format: 'rfc3164' }
    assert.deepEqual(told.accessLog, { local: false, remote })
    assert.equal((await cli('set lb parts accessLog.remote=')).code, 0)
    const off = JSON.parse((await cli('get lb parts -o json')).out) as WireOf<'load-balancer'>
    assert.deepEqual(off.accessLog, { local: false, remote: null })
    await cli('delete lb parts')
  })

  test('a listener shows what was said of it, and all of it when asked; so does a plan', async () => {
    await cli('create lb name=brief eips=[{}]')
    const told = await cli(
      'add lb brief listeners port=8080 lastPort= stickiness.type=insert stickiness.cookie=SHOP options=compress',
    )
    assert.equal(told.code, 0, told.err)
    await cli('add lb brief listeners/8080/backends address=198.18.0.7 port=80 backup=true')
    assert.match(
      (await cli('plan lb brief')).out,
      /^\+ listeners\[lbl-\w+\] \{protocol: http, port: 8080, stickiness: \{type: insert, cookie: SHOP, lifetimeS: 0\}, options: \[compress\], backends: \[\{address: 198.18.0.7, port: 80, backup: true\}\]\}$/m,
    )
    const brief = (await cli('get lb brief')).out
    assert.match(brief, /Protocol\s+Port\s+Stickiness\s+Health check\s+Options\n/)
    assert.match(brief, /http\s+8080\s+insert SHOP 0\s+tcp every 10 s, 2 down \/ 5 up\s+compress\n/)
    assert.match((await cli('get lb brief -o wide')).out, /Redirect status.*Tunnel timeout.*Drain time/)
    await cli('set lb brief listeners/8080 stickiness.lifetimeS=60')
    assert.match((await cli('get lb brief')).out, /insert SHOP 60/)
    const mistyped = await cli('set lb brief listeners/81 port=82')
    assert.match(mistyped.err, /8080 \(lbl-\w+\)/)
    assert.match((await cli('delete lb brief listeners/8080')).err, /deleted Load balancer brief listeners\/8080/)
  })

  test('a plan says who gains and who loses, and with --commands what the machine would do', async () => {
    await cli('create security-group name=planned')
    await cli('create vpc name=planned cidr=10.7.0.0/16')
    await cli('create subnet name=planned vpc=planned cidr=10.7.0.0/24')
    for (const name of ['one', 'two']) await cli(`create server name=${name} subnet=planned securityGroup=planned`)
    await cli('add sg planned rules protocol=tcp ports=5432')
    const { out } = await cli('plan sg planned')
    assert.match(out, /^Newly reaches: one \(10\.7\.0\.\d+\) and 1 more → one \(.*\) and 1 more: tcp 5432$/m)
    assert.doesNotMatch(out, /nft/)
    assert.match((await cli('plan sg planned --commands')).out, /ip netns exec cw-i-\w+ nft -f -/)
    await cli('apply sg planned')
    await cli('delete sg planned rules/5432')
    assert.match((await cli('plan sg planned', zh)).out, /^不再可达： one .* tcp 5432$/m)
  })

  test('an apply on trial: watched, confirmed, taken back, listed; what cannot be asked is refused', async () => {
    await cli('create security-group name=tried')
    await cli('add sg tried rules protocol=tcp ports=22')
    const running = async () => {
      for (;;) {
        const trials = JSON.parse((await cli('trials -o json')).out) as { id: string; state: string }[]
        const found = trials.find(({ state }) => state === 'running')
        if (found) return found.id
      }
    }
    const kept = cli('apply sg tried --watch 60s')
    assert.equal((await cli(`confirm ${await running()}`)).code, 0)
    assert.deepEqual([(await kept).code, /generation 2 of .* tried stays/.test((await kept).err)], [0, true])
    await cli('set sg tried rules/22 ports=23')
    const taken = cli('apply sg tried --watch 1m')
    assert.equal((await cli(`revert ${await running()}`)).code, 1)
    assert.equal((await taken).code, 1)
    assert.match((await taken).err, /somebody asked for it\. Generation 2 of .* tried runs again/)
    await cli('set sg tried rules/22 ports=24')
    assert.equal((await cli('apply sg tried --confirm', { answer: 'y' })).code, 0)
    assert.match((await cli('trials', zh)).out, /已确认[^]*已撤回[^]*已确认/)
    for (const wrong of ['apply sg tried --watch 4s', 'apply sg tried --watch 2h', 'apply -f x.yaml --watch 60s']) {
      assert.equal((await cli(wrong)).code, 2, wrong)
    }
    assert.match((await cli('confirm trial-none')).err, /there is no trial trial-none/)
  })

  test('a part of an attribute changes that part only', async () => {
    await cli('create vpc name=part cidr=10.8.0.0/16')
    await cli('create subnet name=part vpc=part cidr=10.8.0.0/24')
    await cli(['create', 'lb', 'name=part', 'subnet=part', 'listeners=[{port: 80, check: {protocol: http, fall: 4}}]'])
    assert.equal((await cli('set lb part listeners/80 check.rise=2')).code, 0)
    assert.equal((await cli('set lb part listeners/80 client-limits.requests-per-s=5')).code, 0)
    assert.equal((await cli('add lb part listeners protocol=tcp port=81')).code, 0)
    // A figure alone does not say which limit it is, and what has none is no gap in the table.
    const rows = (await cli('get lb part')).out.split('\n')
    const at = rows.find(row => row.includes('Limits per client'))?.indexOf('Limits per client') ?? 0
    const limits = rows.filter(row => row.startsWith('lbl-')).map(row => row.slice(at).split('  ')[0])
    assert.deepEqual(limits, ['Requests/s 5', '–'])
    assert.equal((await cli('delete lb part listeners/81')).code, 0)
    // Who says how often UDP is asked has said nothing of how.
    assert.equal((await cli('add lb part listeners protocol=udp port=53 check.interval-s=3')).code, 0)
    const { out: parts } = await cli('get lb part')
    assert.match(parts, /^lbl-\w+ +udp +53 .*udp every 3 s/m)
    assert.equal((await cli('delete lb part listeners/53')).code, 0)
    const { out } = await cli('get lb part -o json')
    const [listener] = (JSON.parse(out) as { listeners: { check: object }[] }).listeners
    const check = { protocol: 'http', path: '/', intervalS: 10, timeoutS: 5, fall: 4, rise: 2 }
    assert.partialDeepStrictEqual(listener?.check, check)
    assert.equal((await cli('add lb part listeners/80/backends address=203.0.113.7 port=80')).code, 0)
    assert.match((await cli('get lb part')).out, /Backends · 80\n[^]*203\.0\.113\.7/)
  })

  test('next hops are written in a word', async () => {
    await cli('create vpc name=hop cidr=10.7.0.0/16')
    await cli('create route-table name=hop vpc=hop')
    assert.equal((await cli('add rt hop routes destination=203.0.113.9 next-hop=router:hop')).code, 0)
    assert.match((await cli('get rt hop')).out, /203\.0\.113\.9\/32\s+–\s+router hop|203\.0\.113\.9\/32\s+router hop/)
    const wrong = await cli('add rt hop routes destination=203.0.113.9 next-hop=elsewhere')
    assert.equal(wrong.code, 2)
    assert.match(wrong.err, /router:<id>, nat-gateway:<id>, address:<address>/)
  })

  for (const topology of ['topology-a', 'topology-b']) {
    const path = join(root, 'examples', `${topology}.yaml`)
    test(`${topology}.yaml: planned, asked for, applied, and then there is nothing to do`, async () => {
      const before = store.snapshot().revision
      assert.equal((await cli(['apply', '-f', path])).code, 1, 'nobody can be asked')
      assert.match((await cli(['apply', '-f', path], { answer: 'n' })).err, /Nothing was changed/)
      const planned = await cli(['plan', '-f', path])
      assert.match(planned.out, /7 to create, 0 to change/)
      assert.equal(store.snapshot().revision, before)
      const done = await cli(['apply', '-f', path], { answer: 'y' })
      assert.equal(done.code, 0, done.err)
      const reached = store.snapshot().revision
      assert.match((await cli(['apply', '-f', path])).out, /Nothing to do/)
      assert.equal(store.snapshot().revision, reached)
      for (const resource of store.snapshot().resources.values()) {
        if (resource.name === 'way-out' || resource.name.startsWith('web'))
          assert.deepEqual(resource.draft, resource.live)
      }
    })
  }

  test('everything, printed as YAML and applied again, is nothing to do', async () => {
    const { out } = await cli('get -o yaml')
    assert.deepEqual(Object.keys(parse(out) as object).slice(0, 2), ['zones', 'security-groups'])
    await cli('apply -f - --yes', { input: out })
    assert.match((await cli('apply -f - --prune', { input: out })).out, /Nothing to do/)
  })

  test('a change in a file shows old and new, and is applied', async () => {
    const text = 'eips: [{name: web-ip, bandwidthMbps: 50}]\nload-balancers: [{name: web, description: hello}]\n'
    const changed = await cli(['apply', '-f', file('change.yaml', text), '--yes'])
    assert.match(changed.out, /~ Public IP web-ip\n {4}~ bandwidthMbps: 100 → 50/)
    assert.match(changed.out, /~ description: "" → hello/)
    assert.match((await cli(['apply', '-f', file('change.yaml', text)], zh)).out, /无需改动/)
  })

  test('--prune deletes what the file does not name, of the kinds that it names', async () => {
    await cli('create ip-set name=keep type=ip')
    await cli('create ip-set name=gone type=ip members=10.0.0.0/8')
    const path = file('sets.yaml', 'ip-sets: [{name: keep, type: ip}]')
    assert.match((await cli(['apply', '-f', path])).out, /Nothing to do/)
    const pruned = await cli(['apply', '-f', path, '--prune', '--yes'])
    assert.match(pruned.out, /^- IP\/port set gone$/m)
    assert.doesNotMatch((await cli('get ip-sets')).out, /gone/)
  })

  test('refusals come whole, with their place, in the language of the person', async () => {
    const line = 'create vpc name=bad cidr=10.0.0.1/8 type=huge'
    const english = await cli(line)
    assert.equal(english.code, 1)
    assert.match(english.err, /^refused:\n {2}type: must be one of[^]*\n {2}cidr: has bits/)
    assert.match((await cli(line, zh)).err, /^被拒绝：\n {2}type: 应为以下之一[^]*\n {2}cidr: 网段/)
  })

  test('what was mistyped is said all at once, with what was probably meant', async () => {
    const { code, err } = await cli('create vpc name=x cdr=10.0.0.0/8 eip type')
    assert.equal(code, 2)
    assert.match(err, /cdr[^]*did you mean cidr\?[^]*\neip: write it as[^]*\ntype: write it as/)
    assert.match((await cli('get lod-balancers')).err, /did you mean load-balancers\?/)
    assert.match(
      (await cli('create subnet name=x vpc=nowhere cidr=10.0.0.0/24')).err,
      /vpc: there is no VPC network named nowhere/,
    )
    assert.equal((await cli('frobnicate')).code, 2)
    assert.equal((await cli('get vpcs --frob')).code, 2)
  })

  test('tables align Chinese, and cannot be made to move the cursor', async () => {
    await cli(['create', 'ip-set', 'name=办公网络', 'type=ip'])
    await cli(['create', 'ip-set', 'name=b', 'type=port', 'members=80,8000-8010'])
    const { out } = await cli('get ip-sets', zh)
    const lines = out.split('\n')
    const width = (text: string) => Array.from(text).reduce((sum, each) => sum + (each > '\u2e7f' ? 2 : 1), 0)
    const columns = ['类型', 'ip', 'port'].map(word => {
      const line = lines.find(each => each.includes(`  ${word} `)) ?? ''
      return width(line.slice(0, line.indexOf(`  ${word} `)))
    })
    assert.equal(new Set(columns).size, 1, out)
    assert.equal(
      columns.every(each => each > 0),
      true,
      out,
    )
  })

  test('diagnose says what is missing, and what to do', async () => {
    const { code, out } = await cli('diagnose web')
    assert.equal(code, 1)
    assert.match(out, / → /)
    const one = await cli('diagnose web listeners/80/backends/region-2 -o json')
    assert.equal(one.code, 1)
    assert.ok((JSON.parse(one.out) as { items: unknown[] }).items.length > 0)
    const alone = await cli('diagnose part')
    assert.match(alone.out, /no way|route|lead/)
  })

  test('health lists how backends turned, by name, and how much of the day they served', async () => {
    const none = await cli('health web')
    assert.deepEqual([none.code, none.out], [0, 'No backend has been looked at yet.'])
    const [backend] = [...all(store.snapshot(), 'load-balancer')]
      .filter(({ name }) => name === 'web')
      .flatMap(({ draft }) => draft.listeners.flatMap(({ backends }) => backends.map(({ id }) => id)))
    const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1000).toISOString()
    turns.add('box', [
      { backend: backend ?? '', at: at(4000), state: 'active', reason: 'HTTP 200' },
      { backend: backend ?? '', at: at(1000), state: 'unavailable', reason: 'connection refused' },
    ])
    const { code, out, err } = await cli('health web')
    assert.equal(code, 0)
    const [heads = '', newest = '', oldest = ''] = out.split('\n')
    assert.match(heads, /^Time +Backend +State +Reason +Before +For +Machine$/)
    assert.match(newest, /web\/\S+ +unavailable +connection refused +active +50 min +box$/)
    assert.match(oldest, / active +HTTP 200 +– +– +box$/)
    assert.match(err, /^web\/\S+ \(box\): served 7[45]\.?\d* % of the last 24 h$/)
    assert.match((await cli('health web', { env: { LANG: 'zh_CN.UTF-8' } })).err, /最近 24 小时可用率 7[45]/)
    const one = await cli('health web listeners/80/backends/region-2 -o json')
    assert.equal((JSON.parse(one.out) as unknown[]).length, 2)
    assert.equal((await cli('health nothing')).code, 2)
  })

  test('--wait says what it waits for, and that it came to nothing', async () => {
    await cli('create eip name=waiting')
    const { code, err } = await cli('set eip waiting bandwidth-mbps=20 --wait 0.3')
    assert.equal(code, 1)
    assert.match(
      err,
      /waiting for Public IP waiting: pending: no agent\nPublic IP waiting is still pending after 0\.3 s: no agent/,
    )
  })

  test('status counts, and leaves with 1 while nothing reaches a kernel', async () => {
    const { code, out } = await cli('status')
    assert.equal(code, 1)
    assert.match(out, /no agent has reported/)
    assert.match(out, /VPC network\s+–\s+\d/)
  })

  test('a server that does not answer is told as that', async () => {
    const { code, err } = await cli('get vpcs --url http://127.0.0.1:1')
    assert.equal(code, 1)
    assert.match(err, /no answer from http:\/\/127\.0\.0\.1:1 \(ECONNREFUSED\)/)
    assert.equal((await cli('get vpcs --url nonsense')).code, 2)
  })

  test('every kind can be listed by its word, its plural and its prefix', async () => {
    for (const kind of kindNames) {
      const words = [kind, kinds[kind].plural, ...(kinds[kind].prefix === null ? [] : [kinds[kind].prefix])]
      const runs = await Promise.all(words.map(word => cli(`get ${word} -o json`)))
      assert.equal(new Set(runs.map(({ code, out }) => `${code} ${out}`)).size, 1)
      assert.equal(runs[0]?.code, 0)
    }
  })
})

test('what the README says to type by hand works, in both languages', async () => {
  for (const readme of ['README.md', 'README.zh-CN.md']) {
    const { cli, close } = await trialServer()
    try {
      await cli('create security-group name=web')
      await cli('add security-group web rules protocol=tcp ports=80')
      const lines =
        readFileSync(join(root, readme), 'utf8').match(/^\.\/causeway (?:create|add|apply [a-z]).*$/gm) ?? []
      assert.ok(lines.length >= 6)
      for (const line of lines) {
        const { code, err } = await cli(line.replace('./causeway ', ''))
        assert.equal(code, 0, `${line}: ${err}`)
      }
    } finally {
      await close()
    }
  }
})
