import { Button, Collapse, Form, Input, InputNumber, Radio } from 'antd'
import { useState, type ReactNode } from 'react'
import type { Scenario } from '../../client/scenario.ts'
import { useWords } from '../i18n/language.ts'
import { scenarioOf, type Draft } from './draft.ts'
import { TopologyDrawing } from './topology-drawing.tsx'
import { filled, problemWords, words } from './words.ts'

interface Props {
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  readonly onReady: (scenario: Scenario) => void
}

/** Asks for the few things that matter. */
export function ScenarioForm({ draft, onChange, onReady }: Props) {
  const { language } = useWords()
  const [tried, setTried] = useState(false)
  const read = scenarioOf(draft)
  const problems = tried && 'problems' in read ? read.problems : []
  const set = <Field extends keyof Draft>(field: Field, value: Draft[Field]) => onChange({ ...draft, [field]: value })
  const item = (field: keyof Draft, control: ReactNode, help?: string) => {
    const wrong = problems.filter(problem => problem.field === field)
    return (
      <Form.Item
        label={words[field][language]}
        htmlFor={`scenario-${field}`}
        required
        validateStatus={wrong.length > 0 ? 'error' : ''}
        extra={help}
        help={
          wrong.length > 0
            ? wrong.map(problem => (
                <div key={JSON.stringify(problem)} role="alert">
                  {filled(problemWords[problem.code][language], { line: 'line' in problem ? problem.line : '' })}
                </div>
              ))
            : undefined
        }
      >
        {control}
      </Form.Item>
    )
  }
  const text = (field: 'name' | 'path' | 'cidr' | 'subnet') => (
    <Input id={`scenario-${field}`} value={draft[field]} onChange={event => set(field, event.target.value)} />
  )
  return (
    <Form
      layout="vertical"
      className="scenario-form"
      onFinish={() => {
        setTried(true)
        if ('scenario' in read) onReady(read.scenario)
      }}
    >
      <Form.Item label={words.topology[language]}>
        <Radio.Group
          className="topology-choice"
          aria-label={words.topology[language]}
          value={draft.topology}
          onChange={event => set('topology', event.target.value as Draft['topology'])}
        >
          {(['a', 'b'] as const).map(topology => (
            <Radio key={topology} value={topology} className={draft.topology === topology ? 'chosen' : ''}>
              <strong>{words[topology][language]}</strong>
              <TopologyDrawing topology={topology} />
              <span className="faint">{words[`${topology}About`][language]}</span>
            </Radio>
          ))}
        </Radio.Group>
      </Form.Item>
      <div className="scenario-fields">
        {item('name', text('name'))}
        {item(
          'port',
          <InputNumber id="scenario-port" className="wide" value={draft.port} onChange={value => set('port', value)} />,
        )}
        {item('path', text('path'))}
      </div>
      {item(
        'backends',
        <Input.TextArea
          id="scenario-backends"
          autoSize={{ minRows: 3, maxRows: 12 }}
          value={draft.backends}
          onChange={event => set('backends', event.target.value)}
        />,
        words.backendsAbout[language],
      )}
      <Collapse
        ghost
        items={[
          {
            key: 'advanced',
            label: words.advanced[language],
            children: (
              <div className="scenario-fields">
                {item('cidr', text('cidr'))}
                {item('subnet', text('subnet'))}
              </div>
            ),
          },
        ]}
        {...(problems.some(({ field }) => field === 'cidr' || field === 'subnet') ? { activeKey: 'advanced' } : {})}
      />
      <Button type="primary" htmlType="submit">
        {words.next[language]}
      </Button>
    </Form>
  )
}
