import { randomBytes } from 'node:crypto'
import { fstatSync } from 'node:fs'
import { open, readlink, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { WireProblem } from '../client/wire.ts'
import type { Words } from '../model/define.ts'
import { isFull } from '../store/store-failed.ts'
import type { Language } from './answer.ts'

/** More than a change writes, and nothing that a file system could make smaller. */
const trialBytes = randomBytes(64 * 1024)
const stderrLink = '/proc/self/fd/2'

/** What keeps a server from writing its state, or its log where that is a file. */
export type WritingProblems = (language: Language) => Promise<readonly WireProblem[]>

interface Found {
  readonly code: WireProblem['code']
  readonly at: string
  readonly message: Words
}

/** However often somebody asks, the disk is tried as often as this. */
const trialMs = 500

/** Finds out by trying what keeps a server from writing, with what to do; nothing where it keeps its state in memory. */
export function writingProblems(state: string | undefined): WritingProblems {
  if (state === undefined) return () => Promise.resolve([])
  let [tried, found] = [Number.NEGATIVE_INFINITY, Promise.resolve<readonly Found[]>([])]
  return async language => {
    if (performance.now() - tried > trialMs) {
      tried = performance.now()
      found = Promise.all([stateProblems(state), logProblems()]).then(all => all.flat())
    }
    return (await found).map(each => ({ ...each, message: each.message[language] }))
  }
}

async function stateProblems(state: string): Promise<readonly Found[]> {
  const path = join(state, '.trial')
  try {
    const file = await open(path, 'w', 0o600)
    try {
      await file.writeFile(trialBytes)
      // Some disks refuse what is written no sooner than here.
      await file.sync()
    } finally {
      await file.close()
    }
    return []
  } catch (error) {
    if (isFull(error)) return [{ code: 'disk-full', at: state, message: fullState }]
    const { code = '', message } = error as NodeJS.ErrnoException
    return [{ code: 'store-failed', at: state, message: closedState[code] ?? otherwise(message) }]
  } finally {
    await rm(path, { force: true }).catch(() => {})
  }
}

async function logProblems(): Promise<readonly Found[]> {
  if (!fstatSync(2).isFile()) return []
  const { bavail, bsize } = await statfs(stderrLink)
  if (bavail * bsize >= trialBytes.length) return []
  return [{ code: 'disk-full', at: await readlink(stderrLink), message: fullLog }]
}

const fullState: Words = {
  en: 'the disk of the state directory is full: changes are refused, and of what happens meanwhile nothing is kept; free space there',
  zh: '状态目录所在磁盘已满：修改会被拒绝，期间发生的事也不会留下记录；请释放空间',
}
const fullLog: Words = {
  en: 'the disk of the server log is full: what goes wrong is told nowhere; free space there',
  zh: '服务器日志所在磁盘已满：出错时无处可查；请释放空间',
}
const closedState: Readonly<Record<string, Words>> = {
  EROFS: {
    en: 'the state directory is on a disk that is mounted read-only: changes are refused; see in `dmesg` why, mend the disk and mount it writable',
    zh: '状态目录所在磁盘为只读挂载：修改会被拒绝；请用 `dmesg` 查看原因，修复磁盘并以可写方式重新挂载',
  },
  ENOENT: {
    en: 'the state directory is gone: what is changed now is lost when the server ends; save the network (`causeway get -o yaml > network.yaml`), bring the directory back and restart the server',
    zh: '状态目录已不存在：此后的修改会在服务器退出时丢失；请先保存网络（`causeway get -o yaml > network.yaml`），恢复该目录并重启服务器',
  },
  EACCES: {
    en: 'the user of the server may not write into the state directory; give the directory back to it (restarting `causeway up` does)',
    zh: '服务器的运行用户无权写入状态目录；请把该目录的权限还给它（重启 `causeway up` 即可）',
  },
}

function otherwise(reason: string): Words {
  return {
    en: `the state directory cannot be written to (${reason}): changes are refused; see in \`dmesg\` what the disk says`,
    zh: `无法写入状态目录（${reason}）：修改会被拒绝；请用 \`dmesg\` 查看磁盘的情况`,
  }
}
