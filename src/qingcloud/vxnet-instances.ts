import { find, vpcOf, type Id, type Model, type Server } from '../model/model.ts'
import { listing, reading, type Call } from './action.ts'
import { asksFor, page } from './describe.ts'
import { instanceView } from './instance-view.ts'
import { linksOf } from './nic-view.ts'
import { list, text } from './parameters.ts'
import { serversIn } from './vxnet-view.ts'

/** Who is in a network. */
export const vxnetInstanceActions = [
  reading(
    'DescribeVxnetInstances',
    {
      ...listing,
      vxnet: text,
      instances: list(text).optional(),
      image: list(text).optional(),
      instance_type: list(text).optional(),
    },
    (asked, call) => {
      const asks = asksFor(call, asked)
      const found = serversIn(call.model(), asked.vxnet)
        .filter(server => (asked.instances?.includes(server.id) ?? true) && asks(server))
        .map(server => memberView(server, asked.vxnet, call))
        .filter(
          ({ status, image_id: image, instance_type: type }) =>
            (asked.status?.includes(status) ?? true) &&
            (asked.image?.includes(image) ?? true) &&
            (asked.instance_type?.includes(type) ?? true),
        )
      return page(asked, 'instance_set', found)
    },
  ),
]

/** An instance as a member of a network: all that it is, and its link there. */
function memberView(server: Server, vxnet: Id, call: Call) {
  const model = call.model()
  const link = linksOf(model, server).find(({ subnet }) => subnet === vxnet)
  return {
    ...(instanceView(server, call) as { readonly status: string; readonly instance_type: string }),
    vxnet_id: vxnet,
    private_ip: link?.address ?? '',
    nic_id: link?.mac ?? '',
    image_id: server.now.image,
    sequence: link?.sequence ?? 0,
    dhcp_options: dhcpOptionsOf(server, model),
  }
}

/** What its router tells a server; nothing where there is nothing. */
function dhcpOptionsOf(server: Server, model: Model): object {
  const told = find(model, 'vpc', vpcOf(model, server))?.draft.dhcpOptions.find(each => each.server === server.id)
  return told ? { router_static_id: told.id, val2: told.options.join(';') } : {}
}
