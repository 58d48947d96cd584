import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { kindNames, kinds, type KindName } from '../../model/kinds.ts'
import type { Id } from '../../model/model.ts'
import { paths } from '../paths.ts'
import { useServer } from '../server/use-server.ts'

/** A resource by name, with its id, as a link to its page. */
export function ResourceLink({ kind, id }: { readonly kind: KindName; readonly id: Id }) {
  const { queries } = useServer()
  const { data: name = '' } = useQuery(queries.name(kind, id))
  return (
    <Link className="resource-link" to={paths.detail(kind, id)} title={id}>
      {name === '' ? id : name}
      {name === '' || name === id ? null : <small>{id}</small>}
    </Link>
  )
}

/** The kind that an id belongs to, by its prefix; undefined for children and regions. */
export function kindOfId(id: Id): KindName | undefined {
  const prefix = id.slice(0, id.lastIndexOf('-'))
  return kindNames.find(kind => kinds[kind].prefix === prefix)
}
