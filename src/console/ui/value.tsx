import { CheckOutlined, MinusOutlined } from '@ant-design/icons'
import { Space, Tag } from 'antd'
import { z } from 'zod'
import type { PolicyStatus } from '../../client/policy-wire.ts'
import type { WireIssuance, WireOf } from '../../client/wire.ts'
import { markOf } from '../../model/define.ts'
import { kinds, type KindName } from '../../model/kinds.ts'
import { innerOf } from '../../model/refs.ts'
import { useWords, type Vocabulary } from '../i18n/language.ts'
import { IssuanceTag } from './certificate-state.tsx'
import { VerdictTag } from './verdict-tag.tsx'
import { kindOfId, ResourceLink } from './resource-link.tsx'

type Schema = z.core.$ZodType
interface Shown {
  readonly name: string
  readonly schema: Schema | undefined
  readonly value: unknown
}

/** Attributes of rules that ask for nothing when they are null. */
const matchesAny: ReadonlySet<string> = new Set(['ports', 'peer', 'source'])

/** An attribute's value as people read it: ids as links, words for enumerations, marks for yes and no. */
export function Value({ name, schema, value }: Shown) {
  const words = useWords()
  if (value === null && matchesAny.has(name)) return <span className="faint">{words.t('value.any')}</span>
  if (value === null || value === undefined || value === '') return <span className="faint">–</span>
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="faint">–</span>
    const element = schema && elementOf(schema)
    if (isChild(element)) return words.t('value.entries', { count: value.length })
    return (
      <Space size={[8, 2]} wrap>
        {value.map((each: unknown) => (
          <Value key={JSON.stringify(each)} name={name} schema={element} value={each} />
        ))}
      </Space>
    )
  }
  if (typeof value === 'boolean') return <Truth value={value} words={words} />
  if (typeof value === 'object') return <Whole name={name} value={value as Readonly<Record<string, unknown>>} />
  const kind = typeof value === 'string' && schema && mayRefer(schema) ? referred(schema, value) : undefined
  if (kind && typeof value === 'string') return <ResourceLink kind={kind} id={value} />
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  if (name === 'notBefore' || name === 'notAfter') return words.when(text)
  return name === 'tags' ? <Tag variant="outlined">{text}</Tag> : words.option(name, text)
}

function Truth({ value, words }: { readonly value: boolean; readonly words: Vocabulary }) {
  return value ? (
    <span>
      <CheckOutlined aria-hidden /> {words.t('value.yes')}
    </span>
  ) : (
    <span className="faint">
      <MinusOutlined aria-hidden /> {words.t('value.no')}
    </span>
  )
}

/** Objects that stand in one place: next hops, health checks, who holds an EIP. */
function Whole({ name, value }: { readonly name: string; readonly value: Readonly<Record<string, unknown>> }) {
  const words = useWords()
  const { t, option, label } = words
  const text = (key: string) => String(value[key])
  if (name === 'verdict') return <VerdictTag verdict={value as unknown as PolicyStatus} />
  if (name === 'issuance') return <IssuanceTag issuance={value as unknown as WireIssuance} />
  if (name === 'accessLog') return logText(value as unknown as WireOf<'load-balancer'>['accessLog'], words)
  const id = value['id']
  if (typeof id === 'string') {
    const kind = kindOfId(id)
    const type = typeof value['type'] === 'string' ? `${option(name, value['type'])} ` : ''
    return (
      <span>
        {type}
        {kind ? <ResourceLink kind={kind} id={id} /> : id}
      </span>
    )
  }
  if (name === 'check') {
    const values = {
      protocol: option('protocol', value['protocol']),
      interval: text('intervalS'),
      fall: text('fall'),
      rise: text('rise'),
    }
    return value['protocol'] === 'none' ? option('protocol', 'none') : t('value.check', values)
  }
  return (
    <span>
      {Object.entries(value)
        // Text of many lines is for a place of its own.
        .filter(([, each]) => each !== null && !(typeof each === 'string' && each.includes('\n')))
        .map(([key, each]) =>
          key === 'type'
            ? option(name, each)
            : name === 'clientLimits' || key === 'lifetimeS'
              ? `${label(key, name)} ${String(each)}`
              : String(each),
        )
        .join(name === 'clientLimits' ? ' · ' : ' ')}
    </span>
  )
}

/** Where the access log of a balancer goes. */
function logText({ local, remote }: WireOf<'load-balancer'>['accessLog'], { t }: Vocabulary): string {
  const places = [
    ...(local ? [t('value.log-local')] : []),
    ...(remote
      ? [t('value.log-remote', { ...remote, protocol: remote.protocol.toUpperCase(), format: formats[remote.format] })]
      : []),
  ]
  return places.join(' · ') || t('value.log-off')
}

const formats = { rfc3164: 'RFC 3164', rfc5424: 'RFC 5424' } as const

/** The schema of an attribute of a kind; undefined for what only the server knows, e.g. who holds an EIP. */
export function schemaOf(kind: KindName, attribute: string): Schema | undefined {
  const shape: Readonly<Record<string, Schema>> = { ...kinds[kind].now.shape, ...kinds[kind].spec.shape }
  return shape[attribute]
}

/** Whether an attribute is text of many lines. */
export function isLongText(schema: Schema | undefined): boolean {
  return schema !== undefined && markOf(bare(schema))?.text !== undefined
}

function bare(schema: Schema): Schema {
  const inner = innerOf(schema)
  return inner ? bare(inner) : schema
}

function elementOf(schema: Schema): Schema | undefined {
  const list = bare(schema)
  return list instanceof z.ZodArray ? list.element : undefined
}

function isChild(schema: Schema | undefined): boolean {
  return schema !== undefined && markOf(schema)?.child !== undefined
}

function mayRefer(schema: Schema): boolean {
  const plain = bare(schema)
  return markOf(plain)?.ref !== undefined || plain instanceof z.ZodUnion
}

function referred(schema: Schema, value: string): KindName | undefined {
  const [only, ...more] = markOf(bare(schema))?.ref ?? []
  return only !== undefined && more.length === 0 ? (only as KindName) : kindOfId(value)
}
