import { Alert, Button, Flex } from 'antd'
import type { Forecast, ForecastProposal } from '../../client/forecast-wire.ts'
import type { WireOf } from '../../client/wire.ts'
import { useWords } from '../i18n/language.ts'
import { useSession } from '../server/session.ts'
import { useServer } from '../server/use-server.ts'
import { useAct } from '../ui/use-act.ts'
import { words } from './words.ts'

interface Props {
  readonly resource: WireOf<'nat-gateway'> | WireOf<'vpc'>
  readonly forecast: Forecast
}

/** What would keep an appliance from running out, each with a button where one click does it. */
export function Proposals({ resource, forecast: { proposals, exhaustedAt } }: Props) {
  const { language } = useWords()
  const { mayChange } = useSession()
  return proposals.map(proposal => (
    <Alert
      key={proposal.do}
      type="warning"
      showIcon
      className="toolbar"
      title={(exhaustedAt === null ? words.crowded : words.soon)[language]}
      description={
        <Flex vertical gap={8} align="start">
          <span>{proposal.message}</span>
          {mayChange && resource.kind === 'nat-gateway' && <OneClick gateway={resource} proposal={proposal} />}
          <details>
            <summary>{words.commands[language]}</summary>
            <pre>{proposal.commands.join('\n')}</pre>
          </details>
        </Flex>
      }
    />
  ))
}

function OneClick({
  gateway,
  proposal,
}: {
  readonly gateway: WireOf<'nat-gateway'>
  readonly proposal: ForecastProposal
}) {
  const { language, option } = useWords()
  const { server } = useServer()
  const act = useAct()
  const { id } = gateway
  if (proposal.do === 'resize' && proposal.size !== undefined) {
    const size = option('size', proposal.size)
    const say = (sentence: string) => sentence.replace('{size}', size)
    const resize = () => server.patch('nat-gateway', id, { size: proposal.size })
    return (
      <Button type="primary" onClick={() => void act(resize, say(words.resized[language]))}>
        {say(words.resize[language])}
      </Button>
    )
  }
  if (proposal.do !== 'add-eips' || !proposal.names) return null
  const { names, rules = [] } = proposal
  async function add() {
    const bought = names.map(name => ({ name, bandwidthMbps: 10 }))
    const { eips, snatRules } = await server.patch('nat-gateway', id, { eips: [...gateway.eips, ...bought] })
    const added = eips.filter(eip => !gateway.eips.includes(eip))
    const fuller = snatRules.map(rule => (rules.includes(rule.id) ? { ...rule, eips: [...rule.eips, ...added] } : rule))
    await server.patch('nat-gateway', id, { snatRules: fuller })
  }
  return (
    <Button type="primary" onClick={() => void act(add, words.added[language])}>
      {words.addEips[language].replace('{count}', String(names.length))}
    </Button>
  )
}
