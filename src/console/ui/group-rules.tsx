import { Button, Flex, Tabs } from 'antd'
import { useState } from 'react'
import type { Child } from '../form/child-dialog.tsx'
import { useWords } from '../i18n/language.ts'
import type { ChildPanelProps } from '../pages/kind-page.ts'
import { useServer } from '../server/use-server.ts'
import { useSession } from '../server/session.ts'
import { ChildTable } from './child-table.tsx'
import { useAct } from './use-act.ts'

/** What people admit most often, one click each. */
const shortcuts = [
  { name: 'ping', protocol: 'icmp', icmpType: 8 },
  { name: 'ssh', protocol: 'tcp', ports: '22' },
  { name: 'http', protocol: 'tcp', ports: '80' },
  { name: 'https', protocol: 'tcp', ports: '443' },
]

/** A group's rules, 下行 and 上行 apart. */
export function GroupRules(props: ChildPanelProps) {
  const { resource, list } = props
  const { t } = useWords()
  const { server } = useServer()
  const { mayChange } = useSession()
  const act = useAct()
  const [direction, setDirection] = useState('ingress')
  const rules = (resource[list.attribute] as readonly Child[]).filter(rule => rule['direction'] === direction)
  const add = (rule: object) =>
    act(
      () => server.children.add(resource.kind, resource.id, [list.attribute], { ...rule, direction }),
      t('done.changed'),
    )
  return (
    <>
      <Tabs
        size="small"
        activeKey={direction}
        onChange={setDirection}
        items={(['ingress', 'egress'] as const).map(each => ({ key: each, label: t(`rules.${each}`) }))}
      />
      <ChildTable
        key={direction}
        {...props}
        items={rules.toSorted((a, b) => Number(a['priority']) - Number(b['priority']))}
        given={{ direction }}
        extra={
          mayChange && (
            <Flex gap={4} align="center" role="group" aria-label={t('rules.shortcuts')}>
              <span className="faint">{t('rules.shortcuts')}</span>
              {shortcuts.map(rule => (
                <Button key={rule.name} size="small" onClick={() => void add(rule)}>
                  {rule.name}
                </Button>
              ))}
            </Flex>
          )
        }
      />
    </>
  )
}
