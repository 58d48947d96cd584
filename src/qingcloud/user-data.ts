import { changing } from './action.ts'
import { longText, text } from './parameters.ts'

/** What instances are handed at their first start. */
export const userDataActions = [
  changing(
    'UploadUserDataAttachment',
    { attachment_content: longText, attachment_name: text.optional() },
    ({ attachment_content: content }, { cloud }) => ({ attachment_id: cloud.ledger.attach(content) }),
    { direct: true, note: 'Kept, and handed to nobody: nothing of ours runs in an instance' },
  ),
]
