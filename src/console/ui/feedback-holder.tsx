import { App } from 'antd'
import { useEffect } from 'react'
import { giveFeedback } from './feedback.ts'

/** Where messages, notices and questions appear. */
export function FeedbackHolder() {
  return (
    <App component={false}>
      <Giver />
    </App>
  )
}

function Giver() {
  const given = App.useApp()
  useEffect(() => giveFeedback(given), [given])
  return null
}
