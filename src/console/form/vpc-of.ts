import type { Shown } from '../server/queries.ts'

/** The VPC that a resource says it is in. */
export function vpcOf(resource: Shown): string | undefined {
  const vpc = resource.kind === 'vpc' ? resource.id : resource['vpc']
  return typeof vpc === 'string' ? vpc : undefined
}
