import { get, type LoadBalancer, type Model, type RouteTable } from '../../model/model.ts'

/** The tables that a balancer's packets are looked up in, its own first. */
export function tablesOf(model: Model, balancer: LoadBalancer): RouteTable[] {
  const { subnet, routeTable } = balancer.now
  const own = routeTable ? [get(model, 'route-table', routeTable)] : []
  return subnet ? [...own, get(model, 'route-table', get(model, 'subnet', subnet).now.routeTable!)] : own
}
