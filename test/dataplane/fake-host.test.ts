import { fakeHost } from '../../src/dataplane/fake-host.ts'
import { FakeKernel } from '../../src/dataplane/fake-kernel.ts'
import { hostContract } from './host-contract.ts'

const kernel = new FakeKernel()
hostContract({ newHost: () => fakeHost({ kernel }), runs: 100 })
